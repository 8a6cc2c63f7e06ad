"""The init script under busybox's ash in a root of its own, with stand-ins that say what procd would be told."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from builder import uci
from builder.package import Package
from portvagt import config
from portvagt_sim.guest import root as guest
from portvagt_sim.router import agent

STAND_INS = Path(__file__).parent / "sdk" / "procd.sh"
FUNCTIONS = guest.FILES / "lib" / "functions.sh"
DNSMASQ = """#!/bin/sh
echo "Compile time options: IPv6 ubus {}"
"""
OURS = """#!/bin/sh
echo nftset=/a.example/4#inet#portvagt#probe4
echo interface-name=home.example,br-lan
"""
# in the busybox of OpenWrt's default images, all but timeout(1), which our package depends on
APPLETS = ("awk", "cat", "chmod", "cmp", "cp", "find", "grep", "mkdir", "mv", "pgrep", "rm", "sed", "sh", "sleep")
PACKAGES_OF_UCI = ("dhcp", "firewall", "portvagt")
FURTHER_APPLETS = ("timeout", "touch")


class Router:
    """A root directory with busybox, our package, and programs that only answer."""

    def __init__(self, root: Path, package: Package) -> None:
        self.root = root
        self._busybox()
        self._packaged = {file.path: file.content.decode(errors="replace") for file in package.files}
        for file in package.files:
            self.write(file.path, self._packaged[file.path], file.mode)
        self.write("/usr/bin/portvagt", OURS, 0o755)
        self.write("/lib/functions/network.sh", 'network_get_device() { eval "$1=br-$2"; }\n')
        self.write("/dev/null", "")
        self.write("/stand-ins.sh", STAND_INS.read_text() + FUNCTIONS.read_text())
        self.write("/usr/sbin/nft", '#!/bin/sh\necho "nft $*" >&3\n', 0o755)
        self.write("/etc/init.d/dnsmasq", '#!/bin/sh\necho "dnsmasq $1" >&3\n', 0o755)
        self.write("/bin/chown", "#!/bin/sh\n", 0o755)
        self.write("/sbin/ujail", "", 0o755)
        self.write("/etc/passwd", "".join(f"portvagt-{n}:x:{r.uid}:{r.uid}:::\n" for n, r in agent.ROLES.items()))
        self.write("/etc/group", "".join(f"portvagt-{n}:x:{r.uid}:\n" for n, r in agent.ROLES.items()))
        self.dnsmasq("nftset")
        self.uci("dhcp dns dnsmasq port 53")
        (root / "tmp").mkdir()

    def _busybox(self) -> None:
        program = shutil.which("busybox")
        assert program
        for line in [program, *_libraries(program)]:
            target = self.root / line.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(line, target)
        for name in (*APPLETS, *FURTHER_APPLETS):
            path = self.root / "bin" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(program)

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def dnsmasq(self, feature: str) -> None:
        self.write("/usr/sbin/dnsmasq", DNSMASQ.format(feature), 0o755)

    def uci(self, *lines: str) -> None:
        """UCI's files: `PACKAGE SECTION TYPE OPTION VALUE` a line, behind what our package brings."""
        texts = {package: self._packaged.get(f"/etc/config/{package}", "") for package in PACKAGES_OF_UCI}
        for package, section, kind, option, value in (line.split() for line in lines):
            texts[package] += f"config {kind} '{section}'\n\toption {option} '{value}'\n"
        for package, text in texts.items():
            self.write(f"/etc/config/{package}", text)

    def run(self, command: str) -> list[str]:
        """What the init script says at a command of its own."""
        return self.command(f". /stand-ins.sh; exec 3>&1; . /etc/init.d/portvagt; ended() {{ :; }}; {command}")

    def command(self, line: str) -> list[str]:
        """What a line of shell prints here; it must not complain."""
        argv = ["chroot", str(self.root), "/bin/sh", "-c", line]
        environment = {"PATH": f"/usr/sbin:/usr/bin:/sbin:/bin:{os.defpath}"}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=30, check=False)
        assert done.stderr == ""
        return done.stdout.splitlines()


def _libraries(program: str) -> list[str]:
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return [word for word in listed.split() if word.startswith("/")]


def instances(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if line.startswith("instance "):
            current = found.setdefault(line.split()[1], [])
        elif line == "end":
            current = []
        else:
            current.append(line)
    return found


@pytest.fixture
def router(packages: dict[str, Package], common_path: Path, sandbox: None) -> Router:
    return Router(common_path, packages["portvagt"])


REPORTING = "portvagt report report enabled 1"
DNS = "dhcp dns dnsmasq port 53"


def test_three_instances_each_with_its_user(router: Router) -> None:
    router.uci(DNS, REPORTING)
    found = instances(router.run("start"))
    assert sorted(found) == sorted(agent.ROLES)
    for role, lines in found.items():
        heap = agent.ROLES[role].heap_kb
        copy = "/var/run/portvagt/config"
        assert f"param command /usr/bin/micropython -X heapsize={heap}k -m portvagt --config {copy} {role}" in lines
        assert {f"param user portvagt-{role}", f"param group portvagt-{role}"} <= set(lines)
        assert {"param respawn 3600 5 0", "param no_new_privs 1", "param stdout 1", "param stderr 1"} <= set(lines)
        assert f"param capabilities /etc/capabilities/portvagt-{'guard' if role == 'guard' else 'none'}.json" in lines
        (jail,) = [line for line in lines if line.startswith("jail ")]
        assert {"ronly", "log", "procfs"} <= set(jail.split())


def test_the_rules_are_there_before_the_network(router: Router) -> None:
    """OpenWrt's rcS goes by the names in /etc/rc.d; its dnsmasq and network are S19dnsmasq and S20network."""
    (start,) = router.run("echo $START")
    order = ["S19dnsmasq", f"S{start}portvagt", "S20network"]
    assert order == sorted(order)


def sleep_that_opens_the_door(after: int) -> str:
    door = "/var/run/portvagt/admin/admin.sock"
    return f'#!/bin/sh\necho slept >&3\necho >>/slept\n[ "$(grep -c "" /slept)" -lt {after} ] || echo >{door}\n'


def test_a_boot_waits_until_the_guard_watches(router: Router) -> None:
    (router.root / "bin" / "sleep").unlink()
    router.write("/bin/sleep", sleep_that_opens_the_door(3), 0o755)
    lines = router.run("boot; echo booted")
    assert lines[-4:] == ["slept", "slept", "slept", "booted"]


def test_a_boot_goes_on_without_a_guard(router: Router) -> None:
    (router.root / "bin" / "sleep").unlink()
    router.write("/bin/sleep", sleep_that_opens_the_door(1000), 0o755)
    assert router.run("boot; echo booted").count("slept") == 20
    router.uci(DNS, "portvagt main main enabled 0")
    assert "slept" not in router.run("boot")


def test_no_reporter_unless_it_is_asked_for(router: Router) -> None:
    assert sorted(instances(router.run("start"))) == ["guard", "portal"]


def test_each_may_write_only_what_is_its_own(router: Router) -> None:
    router.uci(DNS, REPORTING)
    found = instances(router.run("start"))
    writable = {role: [line for line in lines if line.startswith("mount_rw")] for role, lines in found.items()}
    assert writable == {
        "guard": ["mount_rw /var/run/portvagt", "mount_rw /etc/portvagt/guard"],
        "portal": [],
        "reporter": ["mount_rw /etc/portvagt/reporter"],
    }
    assert not [line for line in found["portal"] if "/etc/portvagt" in line]


def test_without_ujail_the_guard_stays_root_and_the_others_do_not(router: Router) -> None:
    (router.root / "sbin" / "ujail").unlink()
    found = instances(router.run("start"))
    assert not [line for line in found["guard"] if line.startswith("param user")]
    assert "param user portvagt-portal" in found["portal"]


def test_directories_are_those_of_the_simulated_router(router: Router) -> None:
    lines = router.run("start")
    tables = (("/var/run/portvagt", agent.RUN_DIRECTORIES), ("/etc/portvagt", agent.STATE_DIRECTORIES))
    for parent, directories in tables:
        for name, owner, group, mode in directories:
            path = router.root / parent.lstrip("/") / name
            assert path.stat().st_mode & 0o7777 == mode
            owners = [f"portvagt-{each}" if each != "root" else each for each in (owner, group)]
            assert f"chown {owners[0]}:{owners[1]} {parent}/{name}" in lines


def test_a_second_start_writes_nothing_to_flash(router: Router) -> None:
    router.run("start")
    flash = router.root / "etc"
    before = {path: path.stat().st_ctime_ns for path in flash.rglob("*")}
    router.run("start")
    assert {path: path.stat().st_ctime_ns for path in flash.rglob("*")} == before


def test_switched_off_there_is_nothing_left(router: Router) -> None:
    router.run("start")
    router.uci(DNS, "portvagt main main enabled 0")
    lines = router.run("start")
    assert not instances(lines)
    assert "nft delete table inet portvagt" in lines
    assert not (router.root / "tmp" / "dnsmasq.dns.d" / "portvagt.conf").exists()


@pytest.mark.parametrize("word", ["off", "false", "no", "disabled"])
def test_every_word_for_no(router: Router, word: str) -> None:
    router.uci(DNS, f"portvagt main main enabled {word}")
    assert not instances(router.run("start"))


def test_dnsmasq_gets_its_lines_once(router: Router) -> None:
    assert "dnsmasq restart" in router.run("start")
    lines = (router.root / "tmp" / "dnsmasq.dns.d" / "portvagt.conf").read_text()
    assert lines.startswith("nftset=/a.example/") and "interface-name=" in lines
    assert "dnsmasq restart" not in router.run("start")


def test_dnsmasqs_own_word_for_its_directory_counts(router: Router) -> None:
    router.write("/var/etc/dnsmasq.conf.dns", "port=53\nconf-dir=/tmp/dnsmasq.d\n")
    router.run("start")
    assert (router.root / "tmp" / "dnsmasq.d" / "portvagt.conf").exists()


def test_a_dnsmasq_without_sets_gets_no_line_that_it_would_die_of(router: Router) -> None:
    router.dnsmasq("no-nftset")
    lines = router.run("start")
    assert (
        router.root / "tmp" / "dnsmasq.dns.d" / "portvagt.conf"
    ).read_text() == "interface-name=home.example,br-lan\n"
    assert [line for line in lines if line.startswith("log ") and "dnsmasq-full" in line]


ZONES = (
    "firewall d defaults input ACCEPT",
    "firewall l zone name lan",
    "firewall l zone network lan",
    "firewall l zone input ACCEPT",
    "firewall g zone name guest",
    "firewall g zone network guest",
    "firewall g zone input REJECT",
    "firewall w zone name wan",
    "firewall w zone network wan",
    "firewall w zone input REJECT",
)


def test_the_page_is_let_in_where_a_zone_of_ours_refuses(router: Router) -> None:
    router.uci(DNS, *ZONES, "portvagt main main lan br-guest")
    portal = instances(router.run("start"))["portal"]
    assert portal.count("rule") == 1
    assert {"rule.src guest", "rule.dest_port 8025 8026", "rule.target ACCEPT"} <= set(portal)


def test_no_rule_where_the_zone_accepts(router: Router) -> None:
    router.uci(DNS, *ZONES)
    assert "rule" not in router.run("start")


@pytest.mark.parametrize(("feature", "lines"), [("DHCPv6", 1), ("no-DHCPv6", 0)])
def test_a_dnsmasq_without_dhcpv6_gets_no_line_for_it(router: Router, feature: str, lines: int) -> None:
    """It would not start, and the home had neither addresses nor names."""
    router.dnsmasq(f"nftset {feature}")
    router.write("/usr/bin/portvagt", "#!/bin/sh\necho dhcp-option=114,x\necho dhcp-option=option6:103,x\n", 0o755)
    router.run("start")
    text = (router.root / "tmp" / "dnsmasq.dns.d" / "portvagt.conf").read_text()
    assert text.count("dhcp-option=114") == 1 and text.count("option6:103") == lines


@pytest.mark.parametrize("role", agent.ROLES)
def test_one_instance_can_be_started_by_its_name(router: Router, role: str) -> None:
    """procd then adds it to those that run (rc.common)."""
    router.uci(DNS, REPORTING)
    assert [*instances(router.run(f"start {role}"))] == [role]


def test_the_firewall_is_not_asked_to_reload_which_procd_does(router: Router) -> None:
    """Its reload for a changed configuration reloads us, and a router would load both twice."""
    router.uci(DNS, *ZONES, "portvagt main main lan br-guest")
    assert not [line for line in router.run("start") + router.run("undo") if line.startswith("changed ")]


def test_a_configuration_that_the_agent_refuses_leaves_the_processes_alone(router: Router) -> None:
    router.write("/usr/bin/portvagt", "#!/bin/sh\necho 'portvagt: line 3: no' >&2\nexit 2\n", 0o755)
    lines = router.run("reload_service || echo refused")
    assert lines[-1] == "refused" and not instances(lines)
    assert [line for line in lines if "line 3: no" in line]


def test_undo(router: Router) -> None:
    router.run("start")
    lines = router.run("undo")
    assert lines[0] == "stop"
    assert {"nft delete table inet portvagt", "dnsmasq restart"} <= set(lines)
    assert not list((router.root / "tmp").rglob("portvagt.conf"))


def test_triggers(router: Router) -> None:
    lines = router.run("service_triggers")
    assert {f"reload_with {each}" for each in ("portvagt", "network", "firewall")} <= set(lines)
    assert {f"validation {section}" for section in config.KEYS} <= set(lines)


def test_checks_are_those_of_the_table(packages: dict[str, Package]) -> None:
    (script,) = [file for file in packages["portvagt"].files if file.path == "/etc/init.d/portvagt"]
    assert uci.checks() in script.content.decode()


def test_a_key_that_somebody_closed_again_is_readable_for_its_role(router: Router) -> None:
    """Its group is right already, as after a renewal that kept it."""
    router.write("/etc/portvagt/cpe.key", "secret", 0o600)
    key = router.root / "etc/portvagt/cpe.key"
    os.chown(key, 0, agent.ROLES["reporter"].uid)
    assert router.run("readable_key /etc/portvagt/cpe.key portvagt-reporter") == []
    assert key.stat().st_mode & 0o777 == 0o640
