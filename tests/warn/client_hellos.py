"""Real ClientHellos, as OpenSSL says them."""

import ssl


def client_hello(name="www.example.com", protocols=("h2", "http/1.1"), versions=None):
    """The first flight of a client: one record."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(list(protocols))
    if versions:
        context.minimum_version, context.maximum_version = versions
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    raise AssertionError("a handshake with nobody")


def said_to_client(answer):
    """The reason of the error that a client reports when it reads `answer` after its hello."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="www.example.com")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        incoming.write(answer)
    try:
        client.do_handshake()
    except ssl.SSLError as error:
        return error.reason
    raise AssertionError("the client is content")


def records(hello, size, version=b"\x03\x01"):
    """The same hello in TLS records of `size` bytes of it each (RFC 8446, 5.1)."""
    message = hello[5:]
    parts = [message[start : start + size] for start in range(0, len(message), size)]
    return b"".join(b"\x16" + version + len(part).to_bytes(2) + part for part in parts)


def padded(hello, size):
    """A hello of `size` bytes after its header; what it says then is nonsense, and nobody looks."""
    body = hello[9:] + bytes(size - len(hello[9:]))
    return records(b"\x16\x03\x01\x00\x00\x01" + size.to_bytes(3) + body, 1 << 14)
