import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from portpicker import pick_unused_port

from portvagt_sim import runtimes
from portvagt_sim.certificates import Authority

ROOT = Path(__file__).parents[2]
STAND_IN = Path(__file__).with_name("guard_stand_in.py")
RUNTIMES = ("cpython", "micropython")
HEAP_KB = 1024
API_HOST = "portal.example.net"


def eventually(condition, seconds=30):
    """The first true value of condition(), waiting for it."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        time.sleep(0.02)
    return value


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class House:
    """A portal process on the loopback interface, and a stand-in for the guard that it asks."""

    def __init__(self, directory, runtime, api=False):
        """`api`: with a certificate for API_HOST and a captive-portal API."""
        self.directory = directory
        self.runtime = runtime
        self.socket = directory / "portal/portal.sock"
        self.port, self.tls_port, self.api_port = (pick_unused_port() for _ in range(3))
        self.certificate, self.key = directory / "portal.crt", directory / "portal.key"
        self.guard = self.portal = None
        self.log = directory / "log"
        self.socket.parent.mkdir()
        self.tell({})
        config, logo = directory / "config", directory / "logo.svg"
        logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>')
        config.write_text(
            f"config main 'main'\n\tlist lan 'lo'\n\tlist lan 'missing0'\n\toption run_dir '{directory}'\n"
            f"config warn 'warn'\n\toption port '{self.port}'\n\toption tls_port '{self.tls_port}'\n"
            "\toption isp_name 'Example Net'\n"
            f"\toption isp_logo '{logo}'\n\toption colour '#1D4ED8'\n\toption api_port '{self.api_port}'\n"
            + (self._api_options() if api else "")
        )
        self._configuration = config

    def start(self):
        self.start_guard()
        self._start_portal()

    def _start_portal(self):
        with self.log.open("w") as log:
            chosen = runtimes.runtime(self.runtime)
            command = [*chosen.command(HEAP_KB), "--config", str(self._configuration), "portal"]
            environment = {**os.environ, **chosen.environment}
            self.portal = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=self.directory)
        eventually(self._portal_accepts)

    def _portal_accepts(self):
        assert self.portal.poll() is None, "the portal has ended"
        return accepts(self.port)

    def restart_portal(self, meanwhile):
        """Start the portal anew; `meanwhile()` is called while there is none."""
        self.portal.kill()
        self.portal.wait()
        meanwhile()
        self._start_portal()

    def _api_options(self):
        self.authority = self.install_certificate()
        return (
            f"\toption api_host '{API_HOST}'\n\toption api_certificate '{self.certificate}'\n"
            f"\toption api_key '{self.key}'\n"
        )

    def install_certificate(self, name="web"):
        """Put a certificate of a new authority in place: the authority's certificate."""
        authority = Authority(self.directory, name)
        issued = authority.issue(name, API_HOST)
        issued.key.replace(self.key)
        issued.certificate.replace(self.certificate)
        return authority.certificate

    def tell(self, cases):
        """Let the guard answer with these cases: address → case."""
        new = self.directory / "cases.new"
        new.write_text(json.dumps(cases))
        new.replace(self.directory / "cases")

    def start_guard(self):
        command = [sys.executable, str(STAND_IN), str(self.socket), str(self.directory / "cases")]
        self.guard = subprocess.Popen(command)
        eventually(self._guard_listens)

    def _guard_listens(self):
        with socket.socket(socket.AF_UNIX) as sock:
            return sock.connect_ex(str(self.socket)) == 0

    def kill_guard(self):
        self.guard.kill()
        self.guard.wait()

    def close(self):
        for process in filter(None, (self.portal, self.guard)):
            process.kill()
            process.wait()

    def raw(self, data, address="127.0.0.1", port=None):
        """All that the portal sends back for some bytes, until it closes."""
        with socket.create_connection((address, port or self.port), 10) as sock:
            sock.sendall(data)
            return b"".join(iter(lambda: sock.recv(65536), b""))

    def get(self, target="/", headers="", host=None, method="GET", body=b"", address="127.0.0.1"):
        """(status, header text, body) of one request."""
        host = host or f"{f'[{address}]' if ':' in address else address}:{self.port}"
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{headers}{length}\r\n"
        answer = self.raw(head.encode() + body, address)
        top, _, content = answer.partition(b"\r\n\r\n")
        return int(top.split(b" ")[1]), top.decode(), content.decode()

    def freeze_guard(self):
        self.guard.send_signal(signal.SIGSTOP)


def started(runtime, **options):
    # not pytest's own directory: a Unix socket's path has at most 107 bytes
    with tempfile.TemporaryDirectory(prefix="portal") as directory:
        house = House(Path(directory), runtime, **options)
        try:
            house.start()
            yield house
        except AssertionError as error:
            raise AssertionError(f"{error}\n{house.log.read_text()}") from error
        finally:
            house.close()


@pytest.fixture(scope="module", params=RUNTIMES)
def house(request):
    yield from started(request.param)


@pytest.fixture(params=RUNTIMES)
def own_house(request):
    """A house for one test, which may end its processes."""
    yield from started(request.param)
