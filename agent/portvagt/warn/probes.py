"""Where operating systems and browsers look for a captive portal, over plain HTTP on port 80.

dnsmasq puts the addresses of HOSTS into the sets that nft redirects to the portal, for a device at the gate or in the
garden; those of GENTLE_HOSTS also for a device whose notice is gentle.
Left out on purpose: www.google.com (Android's fallback), www.apple.com (iOS before 7) and spectrum.s3.amazonaws.com
(Kindle), because people and programs use these hosts, or their addresses, for other things.
"""

from collections import namedtuple

# A device that hears of a portal here says so, and goes on using the network.
GENTLE = True
# A device that hears of a portal here takes the network for unusable until the probe is answered: Android leaves the
# Wi-Fi for the mobile network (NetworkMonitor: not validated), Apple's Captive Network Assistant drops it when closed.
CLASSIC = False

Probe = namedtuple("Probe", ("host", "path", "asker", "gentle"))

PROBES = (
    # AOSP packages/modules/NetworkStack/res/values/config.xml: default_captive_portal_http_url and …_fallback_urls
    Probe("connectivitycheck.gstatic.com", "/generate_204", "Android; Chromium 156 as well, as seen", CLASSIC),
    Probe("play.googleapis.com", "/generate_204", "Android, as a fallback", CLASSIC),
    # AOSP frameworks/base ConnectivityService and NetworkMonitor before that module (Android 4 to 7)
    Probe("connectivitycheck.android.com", "/generate_204", "Android 6 and 7", CLASSIC),
    Probe("clients3.google.com", "/generate_204", "Android 4 and 5", CLASSIC),
    # the manufacturers' overlays of that config.xml; v2fly domain-list-community data/connectivity-check
    Probe("connect.rom.miui.com", "/generate_204", "Xiaomi", CLASSIC),
    Probe("connectivitycheck.platform.hicloud.com", "/generate_204", "Huawei", CLASSIC),
    Probe("connectivitycheck.platform.hihonorcloud.com", "/generate_204", "Honor", CLASSIC),
    # Chromium components/captive_portal/core/captive_portal_detector.cc: kDefaultURL
    Probe("www.gstatic.com", "/generate_204", "Chromium, ChromeOS", GENTLE),
    # https://support.apple.com/101555: "Internet connectivity validation for networks that use captive portals"
    Probe("captive.apple.com", "/hotspot-detect.html", "iOS, macOS", CLASSIC),
    # Windows, HKLM\SYSTEM\CurrentControlSet\Services\NlaSvc\Parameters\Internet: ActiveWebProbeHost and …HostV6;
    # then the browser goes to /redirect: learn.microsoft.com/windows-hardware/drivers/mobilebroadband/captive-portals
    Probe("www.msftconnecttest.com", "/connecttest.txt", "Windows 10 and 11", GENTLE),
    Probe("www.msftconnecttest.com", "/redirect", "Windows 10 and 11, to show the page", GENTLE),
    Probe("ipv6.msftconnecttest.com", "/connecttest.txt", "Windows 10 and 11", GENTLE),
    Probe("www.msftncsi.com", "/ncsi.txt", "Windows Vista to 8.1", GENTLE),
    Probe("ipv6.msftncsi.com", "/ncsi.txt", "Windows Vista to 8.1", GENTLE),
    # Firefox: captivedetect.canonicalURL, network.connectivity-service.IPv4.url and …IPv6.url
    Probe("detectportal.firefox.com", "/canonical.html", "Firefox", GENTLE),
    Probe("detectportal.firefox.com", "/success.txt", "Firefox", GENTLE),
    # NetworkManager: [connectivity] uri= in each distribution's /usr/lib/NetworkManager/conf.d
    Probe("nmcheck.gnome.org", "/check_network_status.txt", "GNOME", GENTLE),
    Probe("network-test.debian.org", "/nm", "Debian", GENTLE),
    Probe("connectivity-check.ubuntu.com", "/", "Ubuntu", GENTLE),
    Probe("fedoraproject.org", "/static/hotspot.txt", "Fedora", GENTLE),
    Probe("ping.archlinux.org", "/nm-check.txt", "Arch Linux", GENTLE),
    Probe("conncheck.opensuse.org", "/", "openSUSE", GENTLE),
    Probe("networkcheck.kde.org", "/", "KDE", GENTLE),
)
HOSTS = frozenset([probe.host for probe in PROBES])
GENTLE_HOSTS = frozenset([probe.host for probe in PROBES if probe.gentle])

_ADDRESS = "0123456789."


def is_own(authority: str) -> bool:
    """Whether a request's authority is the page's: an address and a port, as in 192.168.1.1:8025.

    What nft redirects was meant for port 80, whose URLs name no port. A name is never ours: a page elsewhere could
    have its own name resolve to this router (DNS rebinding) and then read the page.
    """
    host, colon, port = _split(authority)
    if not colon or not port or any(digit not in _ADDRESS[:10] for digit in port):
        return False
    return host.startswith("[") or (host != "" and all(letter in _ADDRESS for letter in host))


def may_redirect(authority: str, accept: str) -> bool:
    """Whether a request to someone else's host is a probe, or a person who opens a page.

    Other sites share the probes' addresses; what asks them for something else than a page gets no page.
    """
    return _split(authority)[0] in HOSTS or "text/html" in accept


def _split(authority: str) -> "tuple[str, str, str]":
    if authority.startswith("["):  # RFC 3986, 3.2.2
        host, _, rest = authority.partition("]")
        return host, rest[:1], rest[1:]
    return authority.partition(":")
