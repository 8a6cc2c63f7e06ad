"""Each image under plain QEMU: the package's init script starts the agent, and the stand-ins do their part."""

import re
import subprocess
from pathlib import Path

import pytest
from tests.router.booted import Booted, booted

from portvagt_sim.router import agent
from portvagt_sim.router.image import Image, build

REPORTING = """
option() { sed -i "s|^\\(.*option $1 \\).*|\\1'$2'|; s|#option $1 '|option $1 '|" /etc/config/portvagt; }
option cpe_id cpe-0001
option broker mqtt.isp.example
sed -i "/config report/,\\$ s|option enabled '0'|option enabled '1'|" /etc/config/portvagt
/etc/init.d/portvagt reload
"""
pytestmark = pytest.mark.timeout(400)  # two starts, on a machine that has other things to do
MALTA_SPARE_KIB = 15 * 1024  # MemAvailable of the same state differs by 6 MiB, by what is in the page cache
MALTA_GUARD_KIB, MALTA_TOGETHER_KIB = 2253, 8192


def test_three_processes_watch_answer_and_report(built: Image, serial: Path) -> None:
    with booted(built, serial) as router:
        router.wait_ready()
        assert router.run(REPORTING) == ""
        router.wait_ready()
        assert "policy stop, table loaded" in router.run("portvagt status")
        resident = {}
        for role, user in agent.ROLES.items():
            status = router.run(f"cat /proc/$(cat /var/run/instances/portvagt.{role}.child)/status")
            assert f"Uid:\t{user.uid}\t{user.uid}" in status, router.run("cat /var/log/*.log")
            capabilities = "0000000000001000" if role == "guard" else "0000000000000000"
            for name in ("CapPrm", "CapEff", "CapBnd"):
                assert f"{name}:\t{capabilities}" in status
            assert "NoNewPrivs:\t1" in status
            resident[role] = int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])
        assert "table inet fw4" in router.run("nft list ruleset")
        if built.machine.name == "malta":
            assert available_kib(router) > MALTA_SPARE_KIB
            assert resident["guard"] <= MALTA_GUARD_KIB and sum(resident.values()) <= MALTA_TOGETHER_KIB


def available_kib(router: Booted) -> int:
    (line,) = [line for line in router.run("cat /proc/meminfo").splitlines() if line.startswith("MemAvailable")]
    return int(line.split()[1])


@pytest.fixture
def flash(tmp_path: Path) -> Path:
    image = tmp_path / "flash.img"
    with image.open("wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-L", "flash", image], check=True)
    return image


def disk(built: Image, flash: Path) -> list[str]:
    drive = f"file={flash},format=raw,if=none,id=flash"
    return ["-drive", drive, "-device", f"{built.machine.disk},drive=flash"]


def test_etc_outlives_a_power_cut_where_there_is_flash(built: Image, serial: Path, flash: Path) -> None:
    with booted(built, serial, *disk(built, flash)) as router:
        router.wait_ready()
        router.run("echo kept >/etc/portvagt/file; sync")
    with booted(built, serial, *disk(built, flash)) as router:
        router.wait_ready()
        assert router.run("cat /etc/portvagt/file") == "kept\n"


@pytest.fixture
def x86() -> Image:
    """One machine, where what is asked is the same shell script on each."""
    return build("x86", print)


def test_a_clean_end_stops_the_agent_and_the_flash(x86: Image, serial: Path, flash: Path) -> None:
    with booted(x86, serial, *disk(x86, flash)) as router:
        router.wait_ready()
        router.run("echo kept >/etc/portvagt/file; poweroff")
        assert router.wait_off() == 0
    checked = subprocess.run(["dumpe2fs", "-h", flash], capture_output=True, text=True, check=True).stdout
    assert "needs_recovery" not in checked and "state:         clean" in checked


def test_supervision_as_procd_does_it(x86: Image, serial: Path) -> None:
    with booted(x86, serial) as router:
        router.wait_ready()
        child = "cat /var/run/instances/portvagt.guard.child"
        first = router.run(child)
        assert router.run("/etc/init.d/portvagt reload; " + child) == first
        router.run(f"kill -KILL {first}")
        router.wait_ready()
        assert router.run(child) != first
        router.run("/etc/init.d/portvagt restart; /etc/init.d/portvagt stop")
        assert router.run("pgrep -f -- '-m portvagt --config'") == ""
        router.run("/etc/init.d/portvagt start")
        router.wait_ready()
        router.run(
            "instance abandon portvagt.guard; kill -KILL $(cat /var/run/instances/portvagt.guard.child); sleep 7"
        )
        assert "does not answer" in router.run("portvagt status")
        router.run("instance start portvagt.guard")
        router.wait_ready()


def test_uci(x86: Image, serial: Path) -> None:
    with booted(x86._replace(append=f"{x86.append} agent=no"), serial) as router:
        router.wait_shell()
        assert router.run("uci get portvagt.main.policy") == "stop\n"
        router.run(
            "uci set portvagt.main.policy=observe; uci set portvagt.warn.isp_name='Example Net'; uci commit portvagt"
        )
        assert router.run("uci get portvagt.main.policy; uci -q get portvagt.warn.isp_name") == "observe\nExample Net\n"
        assert "portvagt.main.lan='br-lan'" in router.run("uci show portvagt").splitlines()
        assert router.run("pgrep -f -- '-m portvagt --config'") == ""
        router.run("/etc/init.d/portvagt start")
        router.wait_ready()
        assert "policy observe" in router.run("portvagt status")
