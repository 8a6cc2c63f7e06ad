"""The web sites of the world. PROBES is the table of the operating systems' connectivity checks.

Sources: AOSP's NetworkStack, captive.apple.com, Microsoft's NCSI documentation, Firefox's preferences
captivedetect.canonicalURL and network.connectivity-service, the distributions' NetworkManager packages.
"""

from typing import NamedTuple

from portvagt_sim.addresses import Pair


class Probe(NamedTuple):
    """One connectivity check: what is asked over plain HTTP, and the answer that means "online"."""

    system: str
    host: str
    path: str
    status: int
    content_type: str
    body: str


PLAIN = "text/plain"
HTML = "text/html"
APPLE = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n"
FIREFOX = '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>'
NETWORK_MANAGER = "NetworkManager is online\n"

PROBES = [
    Probe("Android", "connectivitycheck.gstatic.com", "/generate_204", 204, PLAIN, ""),
    Probe("Chromium", "www.gstatic.com", "/generate_204", 204, PLAIN, ""),
    Probe("Android", "clients3.google.com", "/generate_204", 204, PLAIN, ""),
    Probe("Android", "play.googleapis.com", "/generate_204", 204, PLAIN, ""),
    Probe("Apple", "captive.apple.com", "/hotspot-detect.html", 200, HTML, APPLE),
    Probe("Windows", "www.msftconnecttest.com", "/connecttest.txt", 200, PLAIN, "Microsoft Connect Test"),
    Probe("Windows", "www.msftncsi.com", "/ncsi.txt", 200, PLAIN, "Microsoft NCSI"),
    Probe("Firefox", "detectportal.firefox.com", "/canonical.html", 200, HTML, FIREFOX),
    Probe("Firefox", "detectportal.firefox.com", "/success.txt", 200, PLAIN, "success\n"),
    Probe("GNOME", "nmcheck.gnome.org", "/check_network_status.txt", 200, PLAIN, NETWORK_MANAGER),
    Probe("Ubuntu", "connectivity-check.ubuntu.com", "/", 204, PLAIN, ""),
    Probe("Debian", "network-test.debian.org", "/nm", 200, PLAIN, NETWORK_MANAGER),
    Probe("KDE", "networkcheck.kde.org", "/", 200, PLAIN, "OK\n"),
    Probe("Fedora", "fedoraproject.org", "/static/hotspot.txt", 200, PLAIN, "OK"),
]
PROBE_HOSTS = list(dict.fromkeys(probe.host for probe in PROBES))

PLAIN_SITE = "www.example.com"
OTHER_SITE = "shop.example.org"
# no probe, yet at the address of one, as on a content delivery network
NEIGHBOUR_SITE = "cdn.example.net"

SITES = {
    PLAIN_SITE: Pair("198.19.0.80", "2001:db8:100::80"),
    OTHER_SITE: Pair("198.19.0.81", "2001:db8:100::81"),
    **{
        host: Pair(f"198.19.1.{number}", f"2001:db8:101::{number:x}")
        for number, host in enumerate(PROBE_HOSTS, start=1)
    },
}
SITES[NEIGHBOUR_SITE] = SITES[PROBE_HOSTS[0]]

ANSWERS = {(probe.host, probe.path): probe for probe in PROBES}


def answer(host: str, path: str) -> tuple[int, str, str]:
    """Status, content type and body for a request to a site of the world."""
    probe = ANSWERS.get((host, path))
    if probe:
        return probe.status, probe.content_type, probe.body
    if host in SITES and host not in PROBE_HOSTS:
        return 200, HTML, f"<!doctype html><title>{host}</title><h1>{host}</h1>\n"
    return 404, PLAIN, "not found\n"
