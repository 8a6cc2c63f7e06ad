"""Lines for dnsmasq, which fills the sets of our table that hold names: probe hosts, and what the garden leaves open.

Where two lines fit a name, dnsmasq takes the longer one (rfc1035.c, extract_addresses): a probe host below a help site
is a probe host only.

And where there is a captive-portal API: its announcement (RFC 8910) over DHCPv4 and DHCPv6, and its name, which must
resolve to this router. dnsmasq can't announce it in router advertisements; odhcpd can (docs/captive-portal-api.md).
"""

from portvagt.block.ruleset import TABLE
from portvagt.warn import capport, probes

_PROBE, _GENTLE = ("probe",), ("gentle",)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.config import Config


def lines(config: "Config") -> "list[str]":
    """`nftset=…`, one a name, and of the API `dhcp-option=…` and `interface-name=…`."""
    found = [_line(host, _PROBE + _GENTLE if host in probes.GENTLE_HOSTS else _PROBE) for host in sorted(probes.HOSTS)]
    found += [_line(host, ("allow",)) for host in config.warn.help_site]
    return found + _api(config) if config.warn.api_host else found


def _api(config: "Config") -> "list[str]":
    uri = capport.uri(config.warn)
    options = ["dhcp-option={},{}".format(option, uri) for option in ("114", "option6:103")]
    return options + ["interface-name={},{}".format(config.warn.api_host, interface) for interface in config.main.lan]


def _line(host: str, sets: "tuple[str, ...]") -> str:
    return "nftset=/{}/{}".format(
        host, ",".join(["4#inet#{0}#{1}4,6#inet#{0}#{1}6".format(TABLE, each) for each in sets])
    )
