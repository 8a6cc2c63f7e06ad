import time

import pytest
from tests.isp.samples import DEVICE, LAST_WILL, ack, encoded, event, state, topic

from portvagt_isp import cli, intake, orders, store
from portvagt_isp.intake import Arrival


@pytest.fixture
def command(tmp_path, capsys):
    """Runs a command on a store with some messages; gives its output."""
    path = tmp_path / "isp.toml"
    path.write_text(
        "".join(f'{name} = "x"\n' for name in ("broker", "ca", "certificate", "key")) + 'database = "isp.db"\n'
    )
    connection = store.connect(tmp_path / "isp.db")
    arrivals = [
        Arrival(1.0, topic("event"), encoded(event())),
        Arrival(2.0, topic("event"), encoded(event(2))),
        Arrival(1.0, topic("state"), encoded(state())),
        Arrival(1.0, topic("state", "cpe-2"), encoded(LAST_WILL)),
        Arrival(1.0, topic("event"), b"\x1b[2J"),
        Arrival(3.0, topic("ack"), encoded(ack("cmd-1"))),
    ]
    intake.store(connection, arrivals)
    document = orders.command("cmd-1", "report", time.time() + 60, {})
    connection.execute("INSERT INTO commands VALUES ('cmd-1', 'cpe-1', 1, 'me', 2, 'report', ?, 2)", (document,))

    def run(name, *words):
        assert cli.main([name, "--config", str(path), *words]) == 0
        return capsys.readouterr().out.splitlines()

    return run


def test_routers(command):
    heading, *lines = command("show", "routers")
    assert heading.split()[:3] == ["router", "link", "policy"]
    assert [line.split()[:3] for line in lines] == [["cpe-1", "online", "stop"], ["cpe-2", "offline", "-"]]


def test_a_case_is_one_line(command):
    [_, line] = command("show", "cases")
    assert line.split()[:2] == ["cpe-1", DEVICE] and line.endswith("1970-01-01T00:00:02.000Z")


def test_commands_and_quarantine(command):
    assert "done" in command("show", "commands")[1]
    assert "not_json" in command("show", "quarantine")[1]


def test_export_is_json_of_what_is_new(command):
    assert len(command("export", "events")) == 2
    [line] = command("export", "events", "--since", "1970-01-01T00:00:02Z")
    assert '"received": "1970-01-01T00:00:02.000Z"' in line
