"""The internet's web server: every site of sites.py, over HTTP and HTTPS, on both families."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from portvagt_sim.internet.sites import answer
from portvagt_sim.namespaces import listening_socket

HTTP_PORT, HTTPS_PORT = 80, 443
SILENCE_SECONDS = 10.0


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = SILENCE_SECONDS
    server: "_Server"

    def setup(self) -> None:
        """Handshake here, in the connection's own thread, so that a silent client delays nobody."""
        if self.server.tls:
            self.request.settimeout(SILENCE_SECONDS)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def do_GET(self) -> None:
        """Answer from the table of sites."""
        status, content_type, body = answer(self.headers.get("Host", "").split(":")[0], self.path.split("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body.encode())

    do_HEAD = do_GET  # noqa: N815 (the library's name)

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    def __init__(self, listener: socket.socket, tls: ssl.SSLContext | None) -> None:
        super().__init__(("", 0), _Site, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.tls = tls

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away, or that fails the handshake, is everyday life."""


class WebServer:
    """The web server in the internet's namespace."""

    def __init__(self, netns: str, tls: ssl.SSLContext) -> None:
        self._netns = netns
        self._tls = tls
        self._servers: list[_Server] = []

    def start(self) -> None:
        """Listen on ports 80 and 443."""
        for port, tls in ((HTTP_PORT, None), (HTTPS_PORT, self._tls)):
            server = _Server(listening_socket(self._netns, port), tls)
            threading.Thread(target=server.serve_forever, args=(0.05,), name=f"web {port}", daemon=True).start()
            self._servers.append(server)

    def stop(self) -> None:
        """Stop listening."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
