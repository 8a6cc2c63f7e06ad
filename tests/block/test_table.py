"""Our table in the real kernel, in the network namespace that the test run made for itself."""

import json
import subprocess
import time

import pytest

from portvagt import config
from portvagt.block import ruleset
from portvagt.block.table import Table, TableError, run_nft
from portvagt.watch.address import ip_bytes, mac_bytes

LAPTOP = mac_bytes("02:00:5e:00:00:01")
V4, V6 = ip_bytes("192.168.1.20"), ip_bytes("2001:db8:f000:1::20")


def nft(*arguments):
    return subprocess.run(["nft", "-j", *arguments], check=True, capture_output=True, text=True).stdout


def members(name):
    """What nft itself lists in one of our sets."""
    [listed] = [
        each["set"] for each in json.loads(nft("list", "set", "inet", "portvagt", name))["nftables"] if "set" in each
    ]
    return [each["elem"]["val"] if isinstance(each, dict) else each for each in listed.get("elem", [])]


@pytest.fixture
def settings(tmp_path, sandbox):
    (tmp_path / "guard").mkdir()
    relays = "config block\n\tlist relay 203.0.113.25\n\tlist relay 2001:db8::25\n"
    yield config.parse(f"config main\n\toption run_dir '{tmp_path}'\n{relays}", "test")
    (tmp_path / "removal.nft").write_text(ruleset.REMOVAL)
    run_nft(str(tmp_path / "removal.nft"))


@pytest.fixture
def table(settings):
    loaded = Table(settings)
    loaded.load([], [])
    return loaded


def test_it_is_there_after_loading_and_gone_after_removal(settings, tmp_path):
    table = Table(settings)
    assert not table.is_loaded()
    table.load([], [])
    assert table.is_loaded()
    (tmp_path / "removal.nft").write_text(ruleset.REMOVAL)
    run_nft(str(tmp_path / "removal.nft"))
    assert not table.is_loaded()


@pytest.mark.parametrize(
    "key, suffix, text",
    [(LAPTOP, "mac", "02:00:5e:00:00:01"), (V4, "ip4", "192.168.1.20"), (V6, "ip6", "2001:db8:f000:1::20")],
)
def test_nft_sees_what_was_stopped_and_released(table, key, suffix, text):
    table.stop(key)
    assert table.stopped() == {key}
    assert members("stopped_" + suffix) == [text] and members("notice_" + suffix) == [text]
    table.release(key)
    table.release(key)
    assert table.stopped() == set() and members("notice_" + suffix) == []


def test_loading_again_keeps_elements_and_doubles_no_rule(table):
    table.stop(LAPTOP)
    rules = nft("list", "table", "inet", "portvagt").count('"rule"')
    table.load([], [])
    assert table.stopped() == {LAPTOP}
    assert nft("list", "table", "inet", "portvagt").count('"rule"') == rules > 15


def test_loading_puts_devices_in(settings):
    table = Table(settings)
    table.load([LAPTOP, V6], [LAPTOP])
    assert table.stopped() == {LAPTOP, V6}
    assert members("notice_mac") == ["02:00:5e:00:00:01"] and members("notice_ip6") == []


def test_relays_are_those_of_the_configuration_only(settings, tmp_path):
    Table(settings).load([], [])
    assert members("relay4") == ["203.0.113.25"] and members("relay6") == ["2001:db8::25"]
    Table(config.parse(f"config main\n\toption run_dir '{tmp_path}'", "test")).load([], [])
    assert members("relay4") == []


def test_an_exemption_ends_the_block_and_ends_by_itself(table):
    table.stop(LAPTOP)
    table.exempt(LAPTOP, 100)
    table.exempt(LAPTOP, 0.2)
    assert table.stopped() == set()
    deadline = time.monotonic() + 5
    while members("exempt_mac") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert members("exempt_mac") == []


def test_a_read_notice_ends_alone(table):
    table.stop(LAPTOP)
    table.end_notice(LAPTOP)
    assert members("notice_mac") == [] and table.stopped() == {LAPTOP}


def test_a_table_that_is_gone_is_an_os_error(settings):
    with pytest.raises(OSError):
        Table(settings).stop(LAPTOP)


def test_what_nft_refuses_is_said_in_its_words(tmp_path, sandbox):
    (tmp_path / "bad.nft").write_text("table inet portvagt { nonsense }\n")
    with pytest.raises(TableError, match="syntax error"):
        run_nft(str(tmp_path / "bad.nft"))


def test_observe_refuses_nothing(settings, tmp_path):
    text = f"config main\n\toption run_dir '{tmp_path}'\n\toption policy observe"
    Table(config.parse(text, "test")).load([], [])
    assert "jump" not in nft("list", "table", "inet", "portvagt")
