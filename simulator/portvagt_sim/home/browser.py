"""A browser without a window: one HTTP request from a device. It follows no redirect.

Runs as a program on a device: the request is JSON on standard input, the answer JSON on standard output.
"""

import http.client
import json
import socket
import ssl
import sys
from typing import Any
from urllib.parse import urlsplit

SECONDS = 5.0
MAX_BODY = 1 << 20
FAMILIES = {None: socket.AF_UNSPEC, 4: socket.AF_INET, 6: socket.AF_INET6}


def fetch(request: dict[str, Any]) -> dict[str, Any]:
    """Send the request {url, method, headers, body, family, authority}; raises OSError or HTTPException."""
    url = urlsplit(request["url"])
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    connection = http.client.HTTPConnection(url.hostname or "", port, timeout=SECONDS)
    connection.sock = _connect(url.hostname or "", port, request["family"])
    if url.scheme == "https":
        context = ssl.create_default_context(cafile=request["authority"])
        connection.sock = context.wrap_socket(connection.sock, server_hostname=url.hostname)
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    # http.client writes its own Host unless told
    headers = {"Host": url.netloc, **request["headers"]}
    connection.request(request["method"], target, request["body"], headers)
    response = connection.getresponse()
    return {
        "status": response.status,
        "headers": response.getheaders(),
        "body": response.read(MAX_BODY).decode("utf-8", "replace"),
    }


def _connect(host: str, port: int, family: int | None) -> socket.socket:
    """Connect to the first of the name's addresses that answers."""
    failure: OSError = OSError(f"{host} has no address")
    for kind, _type, _protocol, _name, address in socket.getaddrinfo(host, port, FAMILIES[family], socket.SOCK_STREAM):
        connection = socket.socket(kind, socket.SOCK_STREAM)
        connection.settimeout(SECONDS)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def main() -> None:
    """Run as a program."""
    try:
        answer = fetch(json.load(sys.stdin))
    except (OSError, http.client.HTTPException) as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
