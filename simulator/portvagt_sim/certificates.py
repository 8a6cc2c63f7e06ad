"""Certificates made on the fly: the ISP's authority for broker, relay and routers, and one for web sites."""

import ssl
from pathlib import Path
from typing import NamedTuple

import trustme


class Identity(NamedTuple):
    """The files of one certificate: both PEM."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority and the directory that its files are written to."""

    def __init__(self, directory: Path, name: str) -> None:
        """Create the authority; its certificate is `{directory}/{name}-ca.crt`."""
        self._directory = directory
        self._ca = trustme.CA(organization_name=f"{name} test authority")
        self.certificate = directory / f"{name}-ca.crt"
        self._ca.cert_pem.write_to_path(self.certificate)

    def issue(self, common_name: str, *names: str) -> Identity:
        """Issue a certificate with that common name for host names or IP addresses (none: a client's)."""
        issued = self._ca.issue_cert(*names, common_name=common_name)
        identity = Identity(self._directory / f"{common_name}.crt", self._directory / f"{common_name}.key")
        identity.certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        identity.key.write_bytes(issued.private_key_pem.bytes())
        return identity

    def server_context(self, common_name: str, *names: str) -> ssl.SSLContext:
        """A server's TLS context for those names."""
        identity = self.issue(common_name, *names)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(identity.certificate, identity.key)
        return context
