"""The agent's usual configuration in the world, and the certificates that it names."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from portvagt_sim import addresses as plan
from portvagt_sim.certificates import Authority
from portvagt_sim.router import uci
from portvagt_sim.router.router import CPE_ID, Site

PORTAL_PORT = 8025
TLS_PORT = 8026


class Secret(NamedTuple):
    """A file for the router's `state_dir`: its name, what is copied, and the role that alone may read it, if any."""

    name: str
    source: Path
    reader: str | None


def secrets(site: Site) -> Iterator[Secret]:
    """The router's identity, as provisioning would put it there, and the captive-portal API's, if it has a name."""
    authority = site.isp.authority
    identity = authority.issue(CPE_ID)
    yield Secret("ca.crt", authority.certificate, None)
    yield Secret("cpe.crt", identity.certificate, None)
    yield Secret("cpe.key", identity.key, "reporter")
    if host := api_host(site.settings):
        yield from _api_secrets(site.web, host)


def _api_secrets(web: Authority, host: str) -> Iterator[Secret]:
    identity = web.issue("portal", host)
    yield Secret("portal.crt", identity.certificate, None)
    yield Secret("portal.key", identity.key, "portal")


def api_host(settings: uci.Settings) -> str:
    """The name for the captive-portal API; "" without one."""
    return str(settings.get("warn", {}).get("api_host", ""))


def whole(site: Site, run_dir: PurePosixPath, state_dir: PurePosixPath, leases: PurePosixPath) -> uci.Settings:
    """The configuration with the site's changes in it."""
    api = {"warn": {"api_certificate": f"{state_dir}/portal.crt", "api_key": f"{state_dir}/portal.key"}}
    usual = _usual(run_dir, state_dir, leases)
    return uci.merged(uci.merged(usual, api if api_host(site.settings) else {}), site.settings)


def _usual(run_dir: PurePosixPath, state_dir: PurePosixPath, leases: PurePosixPath) -> uci.Settings:
    return {
        "main": {
            "enabled": 1,
            "policy": "stop",
            "lan": ["br-lan"],
            "run_dir": str(run_dir),
            "state_dir": str(state_dir),
            "leases": str(leases),
        },
        "block": {"relay": list(plan.RELAY)},
        "warn": {
            "port": PORTAL_PORT,
            "tls_port": TLS_PORT,
            "isp_name": "Example Net",
            "isp_phone": "70 12 34 56",
            "language": "da",
        },
        "report": {
            "enabled": 1,
            "cpe_id": CPE_ID,
            "broker": plan.BROKER_NAME,
            "port": plan.BROKER_PORT,
            "ca": f"{state_dir}/ca.crt",
            "certificate": f"{state_dir}/cpe.crt",
            "key": f"{state_dir}/cpe.key",
        },
    }
