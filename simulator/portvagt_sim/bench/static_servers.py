"""Servers in C that hand out a file: what a page costs at least."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portvagt_sim.addresses import LAN_ROUTER
from portvagt_sim.namespaces import listens
from portvagt_sim.program import Program

READY_SECONDS = 10.0
# one process, as the portal is one; whatever else it writes goes into its directory
NGINX = """
daemon off;
master_process off;
pid {directory}/pid;
error_log {directory}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    gzip_static on;
    types {{ text/html html; }}
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen {address}:{port};
        root {root};
    }}
}}
"""


def _nginx(directory: Path, root: Path, port: int) -> list[str]:
    configuration = directory / "nginx.conf"
    configuration.write_text(NGINX.format(directory=directory, root=root, address=LAN_ROUTER.v4, port=port))
    return ["nginx", "-c", str(configuration), "-e", str(directory / "error.log")]


def _busybox(_directory: Path, root: Path, port: int) -> list[str]:
    return ["busybox", "httpd", "-f", "-p", f"{LAN_ROUTER.v4}:{port}", "-h", str(root)]


SERVERS: dict[str, Callable[[Path, Path, int], list[str]]] = {"nginx": _nginx, "busybox httpd": _busybox}


@contextmanager
def serving(name: str, netns: str, directory: Path, plain: bytes, coded: bytes, port: int) -> Iterator[Program]:
    """One of SERVERS with the two forms of one page in `directory`, which is made for it."""
    root = directory / "root"
    root.mkdir(parents=True)
    for path in (directory, root):
        path.chmod(0o755)
    (root / "index.html").write_bytes(plain)
    (root / "index.html.gz").write_bytes(coded)
    server = Program(name, netns, SERVERS[name](directory, root, port), directory / "log")
    try:
        server.wait_until(lambda: listens(netns, port), READY_SECONDS, f"it listens on port {port}")
        yield server
    finally:
        server.stop()
