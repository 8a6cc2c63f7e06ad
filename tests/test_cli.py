import pytest

from portvagt import cli


def run(capsys, *words):
    status = cli.main(list(words))
    output = capsys.readouterr()
    return status, output.out, output.err


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config"
    path.write_text(f"config main\n\toption run_dir '{tmp_path}'\n")
    return str(path)


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["status", "--help"], ["--help", "exempt"]])
def test_help_is_everywhere(capsys, words):
    status, said, _ = run(capsys, *words)
    assert status == 0
    for command in ("status", "explain", "release", "exempt", "trace", "check", "guard", "portal", "reporter"):
        assert f"  {command} " in said or f"  {command}\n" in said


def test_version(capsys):
    assert run(capsys, "--version") == (0, "portvagt 0.1.0\n", "")


@pytest.mark.parametrize(
    "words",
    [[], ["nonsense"], ["status", "more"], ["explain"], ["--for"], ["status", "--for", "3d"], ["--nonsense"]],
)
def test_wrong_words_are_one_line_and_2(capsys, config, words):
    status, said, complaint = run(capsys, "--config", config, *words)
    assert (status, said) == (2, "")
    assert complaint.startswith("portvagt: ")
    assert complaint.endswith("(try: portvagt --help)\n")


@pytest.mark.parametrize("command", ["guard", "portal", "reporter", "status", "check"])
def test_a_bad_configuration_stops_every_command(capsys, tmp_path, command):
    path = tmp_path / "config"
    path.write_text("config main\n\toption polcy 'stop'\n")
    problem = f"portvagt: {path}:2: unknown key 'polcy' in section 'main'\n"
    assert run(capsys, f"--config={path}", command) == (2, "", problem)


def test_without_a_guard(capsys, config):
    status, _, complaint = run(capsys, "--config", config, "status")
    assert status == 1
    assert "the guard does not answer" in complaint


AT = "--at=2026-11-25T04:30:00Z"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([AT], "'trace' takes one ADDRESS"),
        (["198.18.7.25"], "'trace' needs --at and the report's time, such as --at 2026-11-25T04:30:00Z"),
        (["mx.example.net", AT], "'mx.example.net' is no IP address; give the mail server's address, not its name"),
        (["198.18.7.25", "--at", "04:30"], "'--at 04:30' is no time with a zone; write 2026-11-25T04:30:00Z or "),
        (["198.18.7.25", AT, "--within", "60"], "'--within 60' is no time; write 60s, 45m, 12h or 30d"),
        (["198.18.7.25", AT, "--port", "smtp"], "'--port smtp' is no port; write a number from 1 to 65535"),
        (["198.18.7.25", AT, "--port", "65536"], "'--port 65536' is no port; write a number from 1 to 65535"),
        (["198.18.7.25", AT, "--port", "0"], "'--port 0' is no port; write a number from 1 to 65535"),
        (["198.18.7.25", AT, "--for", "1d"], "'trace' does not know '--for'"),
    ],
)
def test_a_trace_that_is_asked_wrongly_says_how_to_ask(capsys, config, words, sentence):
    status, said, complaint = run(capsys, "--config", config, "trace", *words)
    assert (status, said) == (2, "")
    assert complaint.startswith("portvagt: " + sentence)


@pytest.mark.parametrize(("text", "seconds"), [("60s", 60), ("45m", 2700), ("12h", 43200), ("30d", 2592000)])
def test_durations(text, seconds):
    assert cli.duration("--for", text) == seconds


@pytest.mark.parametrize("text", ["", "d", "30", "-1d", "1.5h", "30w", "³d", "9999999d"])
def test_no_durations(text):
    with pytest.raises(cli.UsageError):
        cli.duration("--for", text)
