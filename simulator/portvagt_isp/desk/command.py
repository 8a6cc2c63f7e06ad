"""`portvagt-isp desk`: the abuse desk, served by waitress."""

import argparse
import logging

import waitress
from django.core.wsgi import get_wsgi_application

from portvagt_isp.desk import accounts, configuration, django_settings

THREADS = 8
HEADERS = {"x-forwarded-for", "x-forwarded-proto"}


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C. Raises IspError."""
    desk = configuration.read(args.config)
    django_settings.configure(desk)
    accounts.prepare()
    if not accounts.listed():
        print("portvagt-isp: nobody has an account yet; type: portvagt-isp user add NAME --role act", flush=True)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    print(f"portvagt-isp: the desk is at {desk.url}", flush=True)
    proxy = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": HEADERS} if desk.behind_proxy else {}
    waitress.serve(
        get_wsgi_application(),
        host=desk.address,
        port=desk.port,
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=True,
        **proxy,
    )
    return 0
