import json
import subprocess
import sys

import pytest

from portvagt_sim.errors import SimulatorError
from portvagt_sim.fleet import command, figures, page
from portvagt_sim.fleet.store_watch import Stored

FLEET = [sys.executable, "-m", "portvagt_sim", "fleet", "--json", "--no-write"]


def fleet(*options):
    ran = subprocess.run([*FLEET, *options], capture_output=True, text=True, timeout=110)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


class TestFleet:
    @pytest.mark.parametrize(
        "broker, routers, seconds, away",
        [("mosquitto", 50, 10, 50), ("nats-cluster", 30, 8, 10)],
        ids=["mosquitto", "nats-cluster"],
    )
    def test_loses_nothing_and_stores_nothing_twice(self, broker, routers, seconds, away):
        found = fleet("--broker", broker, "--routers", str(routers), "--seconds", str(seconds))
        assert (found["lost"], found["duplicates_stored"], found["dropped"], found["quarantined"]) == (0, 0, 0, 0)
        assert found["stored"] == found["accepted"] > 2 * routers  # two outbreaks, and what happens by chance
        assert found["outages"]["count"] >= away  # the accident was one

    def test_wrong_numbers_are_refused_before_anything_starts(self):
        ran = subprocess.run([*FLEET, "--routers", "0"], capture_output=True, text=True, timeout=60)
        assert ran.returncode == 1 and "--routers must be from 1" in ran.stderr


def test_too_few_files_are_said_with_what_to_type(monkeypatch):
    monkeypatch.setattr(command.resource, "getrlimit", lambda _: (1024, 4096))
    with pytest.raises(SimulatorError, match="type as root: ulimit -n 5300"):
        command._allow_files(5300)


STORED = [Stored("a", 10.0, 10.1), Stored("b", 10.0, 11.5), Stored("c", 20.0, 20.3)]


class TestFigures:
    def test_percentile(self):
        assert figures.percentile([3, 1, 2, 4], 0.5) == 2
        assert figures.percentile([3, 1, 2, 4], 0.99) == 4
        assert figures.percentile([], 0.5) is None

    def test_lost(self):
        assert figures.lost(["a", "b", "c", "d"], STORED) == 1

    def test_latencies_of_a_time(self):
        assert figures.latencies_ms(STORED, 0, 15) == {"p50": 100.0, "p99": 1500.0}

    def test_until_an_outbreak_is_stored(self):
        assert figures.until_stored_s(["a", "b"], STORED, 10.0) == 1.5

    def test_peak(self):
        assert figures.peak_per_second(STORED, 10.0) == 1


def test_a_page_keeps_the_other_brokers_section(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "PAGE", tmp_path / "fleet.md")
    monkeypatch.setattr(page, "FIGURES", (("lost", "{lost}"),))
    page.write({"broker": "nats-cluster", "commands": True, "lost": 0}, "here")
    page.write({"broker": "mosquitto", "commands": True, "lost": 1}, "here")
    page.write({"broker": "nats-cluster", "commands": True, "lost": 2}, "here")
    text = page.PAGE.read_text()
    assert text.index("## mosquitto") < text.index("## nats-cluster")
    assert "| lost | 1 |" in text and "| lost | 2 |" in text and "| lost | 0 |" not in text
