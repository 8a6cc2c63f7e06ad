"""`portvagt check`: what this router lacks, and how to mend it."""

import os

from portvagt import directories, runtime
from portvagt.block import ruleset
from portvagt.report import credentials, link
from portvagt.report.refusals import Unusable
from portvagt.warn import logo
from portvagt.warn.certificate import Certificate
from portvagt.watch import bpf, conntrack, rtnetlink, sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portvagt.config import Config


OK = "ok"


def _interfaces(config: "Config") -> str:
    if not sources.lan_interfaces(config.main.lan):
        return "no interface {} here; name the home's bridge in 'list lan'".format(", ".join(config.main.lan))
    return ""


def _conntrack(config: "Config") -> str:
    try:
        sock = runtime.netlink_socket(conntrack.PROTOCOL, conntrack.GROUPS)
        runtime.attach_filter(sock, bpf.mail_filter(conntrack.MAIL_PORTS))
        sock.close()
    except OSError as error:
        return "no conntrack events ({}); run as root and install kmod-nf-conntrack-netlink".format(error)
    return ""


def _conntrack_events(config: "Config") -> str:
    try:
        with open("/proc/sys/net/netfilter/nf_conntrack_events") as setting:
            value = setting.read().strip()
    except OSError:
        return "connection tracking is not active; load nf_conntrack"
    return "run: sysctl -w net.netfilter.nf_conntrack_events=1" if value == "0" else ""


def _neighbours(config: "Config") -> str:
    try:
        runtime.netlink_socket(rtnetlink.PROTOCOL, rtnetlink.GROUPS).close()
    except OSError as error:
        return "no rtnetlink socket ({})".format(error)
    return ""


def _table(config: "Config") -> str:
    """A dry run (-c), so that a running guard's rules stay as they are, whichever version's they are."""
    path = config.main.run_dir + "/check.nft"
    directories.make(config.main.run_dir)
    try:
        with open(path, "w") as file:
            file.write(ruleset.REMOVAL + ruleset.text(config, []))
        status = runtime.run("nft -c -f {0} 2> {0}.error".format(path))
        with open(path + ".error") as file:
            said = file.read(200).split("\n")[0]
    except OSError as error:
        return "{} can't be written: {}".format(config.main.run_dir, error)
    for each in (path, path + ".error"):
        os.remove(each)
    return "" if status == 0 else "nft refuses the ruleset; run as root, install nftables: {}".format(said)


def _page_port(config: "Config") -> str:
    try:
        runtime.tcp_listener(0, config.main.lan[0]).close()
    except OSError as error:
        return "the page can't be bound to {}: {}".format(config.main.lan[0], error)
    return ""


def _logo(config: "Config") -> str:
    try:
        logo.load(config.warn.isp_logo)
    except logo.BadLogo as error:
        return "{} {}".format(config.warn.isp_logo, error)
    return ""


def _api(config: "Config") -> str:
    """As far as it can be seen from here: whether devices know the authority, only they can say."""
    warn = config.warn
    if not warn.api_host:
        return OK + ", off"
    try:
        runtime.https().server_context(warn.api_certificate, warn.api_key)
        pem = credentials.content("api_certificate", warn.api_certificate)
        return _of_certificate(Certificate(credentials.certificates(pem)[0]), warn.api_certificate, warn.api_host)
    except (Unusable, ImportError) as error:
        return str(error)
    except ValueError as error:
        return "{}: can't be read as a certificate: {}".format(warn.api_certificate, error)


def _of_certificate(certificate: Certificate, path: str, host: str) -> str:
    if not certificate.is_for(host):
        return "{}: is for {}, not for {}".format(path, ", ".join(certificate.names) or "no name", host)
    now = runtime.wall_clock()
    if now is not None and certificate.ends <= now:
        return "{}: has expired; devices do without the API until there is a new one".format(path)
    if now is not None and certificate.begins > now:
        return "{}: is not valid yet".format(path)
    return ""


def _report_files(config: "Config") -> str:
    if not config.report.enabled:
        return ""
    for path in (config.report.ca, config.report.certificate, config.report.key):
        try:
            with open(path, "rb"):
                pass
        except OSError as error:
            return "{} can't be read: {}".format(path, error)
    return ""


def _clock(config: "Config") -> str:
    return "" if runtime.wall_clock() else "not set yet; reporting waits for NTP, protection does not"


def _link(config: "Config") -> str:
    if not config.report.enabled:
        return ""
    try:
        name, _ = link.choose()
    except ImportError as error:
        return str(error)
    return OK + ", " + name


def _has(module: str) -> bool:
    try:
        __import__(module)
    except ImportError:
        return False
    return True


# what is looked at: function that returns how to mend it; "", or something that begins with OK, when all is well
PROBES: "tuple[tuple[str, Callable[[Config], str]], ...]" = (
    ("LAN interface", _interfaces),
    ("conntrack events", _conntrack),
    ("conntrack event setting", _conntrack_events),
    ("neighbour table", _neighbours),
    ("nftables ruleset", _table),
    ("page in the home's network", _page_port),
    ("logo on the page", _logo),
    ("captive-portal API", _api),
    ("certificates", _report_files),
    ("MQTT library", _link),
    ("clock", _clock),
)


def run(config: "Config") -> int:
    """Print a line for each probe; 0 when nothing is missing, else 1."""
    print("configuration: ok")
    print("runtime: {}, health by {}".format(runtime.NAME, "psutil" if _has("psutil") else "/proc"))
    missing = 0
    for name, probe in PROBES:
        said = probe(config) or OK
        missing += not said.startswith(OK)
        print("{}: {}".format(name, said))
    return 1 if missing else 0
