"""Certificates for the tests: right ones, and each kind of wrong one."""

import datetime

import trustme

YESTERDAY = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)


class Identities:
    """Paths: `ca`, `other_ca`; and (certificate, key) of `server`, `expired`, `misnamed`, `client`, …"""

    def __init__(self, directory):
        self._directory = directory
        authority, stranger = trustme.CA(), trustme.CA()
        self.ca, self.other_ca = directory / "ca.crt", directory / "other-ca.crt"
        authority.cert_pem.write_to_path(self.ca)
        stranger.cert_pem.write_to_path(self.other_ca)
        self.server = self._write("server", authority.issue_cert("localhost"))
        self.expired = self._write("expired", authority.issue_cert("localhost", not_after=YESTERDAY))
        self.misnamed = self._write("misnamed", authority.issue_cert("mqtt.isp.example"))
        self.client = self._write("client", authority.issue_cert(common_name="cpe-test"))
        self.collector = self._write("collector", authority.issue_cert(common_name="collector"))
        self.foreign_client = self._write("foreign", stranger.issue_cert(common_name="cpe-test"))

    def _write(self, name, issued):
        certificate, key = self._directory / f"{name}.crt", self._directory / f"{name}.key"
        certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        key.write_bytes(issued.private_key_pem.bytes())
        return certificate, key
