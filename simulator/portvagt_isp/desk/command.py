"""`portvagt-isp desk`: the abuse desk, served by waitress."""

import argparse
import logging
import sqlite3

import waitress
from django.core.wsgi import get_wsgi_application

from portvagt_isp import store
from portvagt_isp.desk import accounts, configuration, django_settings
from portvagt_isp.desk.configuration import Desk
from portvagt_isp.errors import IspError

THREADS = 8
HEADERS = {"x-forwarded-for", "x-forwarded-proto"}


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C. Raises IspError."""
    desk = configuration.read(args.config)
    django_settings.configure(desk)
    accounts.prepare()
    _try_store(desk)
    if not accounts.listed():
        print("portvagt-isp: nobody has an account yet; type: portvagt-isp user add NAME --role act", flush=True)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    _serve(desk)
    return 0


def _try_store(desk: Desk) -> None:
    try:
        store.connect(desk.database).close()
    except sqlite3.Error as error:
        raise IspError(f"{desk.database}: {error}: may we write that file and its directory?") from error


def _serve(desk: Desk) -> None:
    proxy = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": HEADERS} if desk.behind_proxy else {}
    try:
        server = waitress.create_server(
            get_wsgi_application(),
            host=desk.address,
            port=desk.port,
            threads=THREADS,
            ident=None,
            clear_untrusted_proxy_headers=True,
            **proxy,
        )
    except OSError as error:
        raise IspError(f"{desk.address} port {desk.port}: {error.strerror}") from error
    print(f"portvagt-isp: the desk is at {desk.url}", flush=True)
    server.run()
