"""`./dev build`: what it says when it can't."""

import argparse
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from portvagt_sim import runtimes
from portvagt_sim.build import command, compiler, fingerprint, nuitka
from portvagt_sim.errors import SimulatorError
from portvagt_sim.waiting import wait_until

SECONDS = 10.0


def asked(target: str | None) -> argparse.Namespace:
    return argparse.Namespace(list=False, target=target, options=[])


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which nothing has been built."""
    monkeypatch.setattr(nuitka, "PROGRAM", tmp_path / "nuitka" / "portvagt")
    monkeypatch.setattr(nuitka, "_STAMP", tmp_path / "nuitka.stamp")
    return tmp_path


@pytest.mark.parametrize("target", ["cobol", None])
def test_unknown_target(target: str | None) -> None:
    with pytest.raises(SimulatorError, match="there are: nuitka"):
        command.run(asked(target))


def test_a_missing_build_says_what_to_type(empty: Path) -> None:
    with pytest.raises(SimulatorError, match=r"is not there; type: \./dev build nuitka"):
        runtimes.runtime("nuitka").prepare()


def test_a_build_of_something_else_is_no_build(empty: Path) -> None:
    nuitka.PROGRAM.parent.mkdir()
    nuitka.PROGRAM.touch()
    nuitka._STAMP.write_text(fingerprint.current())
    assert nuitka.is_current()
    nuitka._STAMP.write_text("of before")
    with pytest.raises(SimulatorError, match="is older than its sources"):
        nuitka.prepare()


def test_missing_headers_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler.sysconfig, "get_path", lambda name: "/nonexistent")
    with pytest.raises(SimulatorError, match=r"missing: Python\.h of .*; type: sudo apt install python3\.\d+-dev"):
        compiler.check()


def test_what_nuitka_says_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler.nuitka_options, "arguments", lambda: ["--there-is-no-such-option"])
    with pytest.raises(SimulatorError) as failure:
        compiler.compile_agent(tmp_path, lambda *_: None)
    assert str(failure.value).startswith("Nuitka: ")
    assert len(str(failure.value).splitlines()) == 1


def interrupted(directory: Path) -> "subprocess.Popen[bytes]":
    """What has become of a compiler once Ctrl-C was pressed."""
    code = "import time; print('ready', flush=True); time.sleep(60)"
    log = directory / "log"
    argv = [sys.executable, "-c", code]
    with (
        suppress(KeyboardInterrupt),
        log.open("wb") as output,
        compiler._ended_with_us(argv, directory, {}, output) as process,
    ):
        wait_until(log.read_text, SECONDS, "the compiler runs")
        raise KeyboardInterrupt
    return process


def test_compilers_end_with_the_build(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert interrupted(tmp_path).returncode == -signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before
