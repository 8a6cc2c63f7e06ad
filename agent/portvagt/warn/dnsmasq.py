"""Lines for dnsmasq, which fills the sets of our table that hold names: probe hosts, and what the garden leaves open.

Where two lines fit a name, dnsmasq takes the longer one (rfc1035.c, extract_addresses): a probe host below a help site
is a probe host only.
"""

from portvagt.block.ruleset import TABLE
from portvagt.warn import probes

_PROBE, _GENTLE = ("probe",), ("gentle",)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.config import Config


def lines(config: "Config") -> "list[str]":
    """`nftset=…`, one a name."""
    found = [_line(host, _PROBE + _GENTLE if host in probes.GENTLE_HOSTS else _PROBE) for host in sorted(probes.HOSTS)]
    return found + [_line(host, ("allow",)) for host in config.warn.help_site]


def _line(host: str, sets: "tuple[str, ...]") -> str:
    return "nftset=/{}/{}".format(
        host, ",".join(["4#inet#{0}#{1}4,6#inet#{0}#{1}6".format(TABLE, each) for each in sets])
    )
