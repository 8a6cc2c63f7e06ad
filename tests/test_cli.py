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
    for command in ("status", "explain", "release", "exempt", "check", "guard", "portal", "reporter"):
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


@pytest.mark.parametrize(("text", "seconds"), [("45m", 2700), ("12h", 43200), ("30d", 2592000)])
def test_durations(text, seconds):
    assert cli.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "d", "30", "-1d", "1.5h", "30w", "³d", "9999999d"])
def test_no_durations(text):
    with pytest.raises(cli.UsageError):
        cli.duration(text)
