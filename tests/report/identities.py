"""Certificates for the tests: right ones, and each kind of wrong one."""

import datetime
import itertools

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.UTC)
FORMATS = {"pkcs8": PrivateFormat.PKCS8, "traditional": PrivateFormat.TraditionalOpenSSL}  # SEC 1 and PKCS #1
KEYS = {"ec": trustme.KeyType.ECDSA, "rsa": trustme.KeyType.RSA}


class Identities:
    """Paths: `ca`, `other_ca`; and (certificate, key) of `server`, `expired`, `misnamed`, `client`, …

    `clients` has (certificate, key) of each kind of key and file, `intermediate` has a chain of two certificates.
    """

    def __init__(self, directory):
        self._directory = directory
        authority, stranger = trustme.CA(), trustme.CA()
        self.ca, self.other_ca = directory / "ca.crt", directory / "other-ca.crt"
        authority.cert_pem.write_to_path(self.ca)
        stranger.cert_pem.write_to_path(self.other_ca)
        self.server = self._write("server", authority.issue_cert("localhost"))
        self.expired = self._write("expired", authority.issue_cert("localhost", not_after=NOW - DAY))
        self.early = self._write(
            "early", authority.issue_cert("localhost", not_before=NOW + DAY, not_after=NOW + 2 * DAY)
        )
        self.misnamed = self._write("misnamed", authority.issue_cert("mqtt.isp.example"))
        self.client = self._write("client", authority.issue_cert(common_name="cpe-test"))
        self.renewed = self._write("renewed", authority.issue_cert(common_name="cpe-renewed"))
        self.collector = self._write("collector", authority.issue_cert(common_name="collector"))
        self.intermediate = self._write("intermediate", authority.create_child_ca().issue_cert(common_name="cpe-test"))
        self.clients = {}
        for kind, form in itertools.product(KEYS, FORMATS):
            issued = authority.issue_cert(common_name="cpe-test", key_type=KEYS[kind])
            self.clients[f"{kind} {form}"] = self._write(f"{kind}-{form}", issued, form)
        self.foreign_client = self._write("foreign", stranger.issue_cert(common_name="cpe-test"))

    def _write(self, name, issued, form="traditional"):
        certificate, key = self._directory / f"{name}.crt", self._directory / f"{name}.key"
        certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        private = load_pem_private_key(issued.private_key_pem.bytes(), None)
        key.write_bytes(private.private_bytes(Encoding.PEM, FORMATS[form], NoEncryption()))
        return certificate, key
