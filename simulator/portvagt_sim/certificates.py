"""Certificates made on the fly: the ISP's authority for broker, relay and routers, and one for web sites."""

import contextlib
import fcntl
import hashlib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import trustme


class Identity(NamedTuple):
    """The files of one certificate: both PEM."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority and the directory that its files are written to."""

    def __init__(self, directory: Path, name: str, kept: Path | None = None) -> None:
        """Create the authority; its certificate is `{directory}/{name}-ca.crt`.

        kept  a directory: there the authority of that name is, and all that it has issued, the same each time
        """
        self._directory = directory
        self._kept = kept
        with _alone(kept):
            self._ca = _kept_authority(name, kept) if kept else _authority(name)
        self.certificate = directory / f"{name}-ca.crt"
        self._ca.cert_pem.write_to_path(self.certificate)

    def issue(self, common_name: str, *names: str) -> Identity:
        """Issue a certificate with that common name for host names or IP addresses (none: a client's)."""
        names_in_short = hashlib.sha256(" ".join(names).encode()).hexdigest()[:8]
        kept = _identity(self._kept, f"{common_name}-{names_in_short}") if self._kept else None
        identity = kept or _identity(self._directory, common_name)
        with _alone(self._kept):
            if not identity.key.exists():
                issued = self._ca.issue_cert(*names, common_name=common_name)
                identity.certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
                identity.key.write_bytes(issued.private_key_pem.bytes())
        return identity

    def server_context(self, common_name: str, *names: str) -> ssl.SSLContext:
        """A server's TLS context for those names."""
        identity = self.issue(common_name, *names)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(identity.certificate, identity.key)
        return context


@contextlib.contextmanager
def _alone(kept: Path | None) -> Iterator[None]:
    """Nobody else makes files in what is kept meanwhile: runs beside each other have the same one."""
    if kept is None:
        yield
        return
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _authority(name: str) -> trustme.CA:
    return trustme.CA(organization_name=f"{name} test authority")


def _kept_authority(name: str, directory: Path) -> trustme.CA:
    files = _identity(directory, f"{name}-ca")
    if not files.key.exists():
        new = _authority(name)
        files.certificate.write_bytes(new.cert_pem.bytes())
        files.key.write_bytes(new.private_key_pem.bytes())
    return trustme.CA.from_pem(files.certificate.read_bytes(), files.key.read_bytes())


def _identity(directory: Path, name: str) -> Identity:
    return Identity(directory / f"{name}.crt", directory / f"{name}.key")
