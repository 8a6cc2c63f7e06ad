import pytest

from portvagt_isp import cli, config
from portvagt_isp.errors import IspError

RIGHT = """
broker = "mqtt.isp.example"
ca = "ca.crt"
certificate = "c.crt"
key = "c.key"
database = "/var/lib/isp.db"
"""


def written(tmp_path, text):
    path = tmp_path / "isp.toml"
    path.write_text(text)
    return path


def test_paths_begin_at_the_file(tmp_path):
    found = config.load(written(tmp_path, RIGHT))
    assert (found.ca, str(found.database), found.port) == (tmp_path / "ca.crt", "/var/lib/isp.db", 8883)


@pytest.mark.parametrize(
    "change, says",
    [
        ("colour = 1", "there is no option 'colour'; there are: broker,"),
        ("port = '1'", "port = '1' is no number"),
        ("port = true", "port = True is no number"),
        ("port = 0", "port = 0 is not from 1 to 65535"),
        ("group = 'a/b'", "may not have"),
        ("name = ''", "name may not be empty"),
        ("retention_days = 0", "retention_days = 0 is not from 1"),
        ("port =", "Invalid value"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, change, says):
    with pytest.raises(IspError) as raised:
        config.load(written(tmp_path, RIGHT + change))
    assert says in str(raised.value) and "isp.toml" in str(raised.value)


def test_a_missing_option_and_a_missing_file(tmp_path, capsys):
    assert cli.main(["show", "--config", str(written(tmp_path, "")), "routers"]) == 1
    assert "option 'broker' is missing" in capsys.readouterr().err
    assert cli.main(["show", "--config", str(tmp_path / "none.toml"), "routers"]) == 1
    assert "No such file" in capsys.readouterr().err


def test_a_store_that_cannot_be_opened(tmp_path, capsys):
    path = written(tmp_path, RIGHT.replace("/var/lib/isp.db", "/proc/isp.db"))
    assert cli.main(["collect", "--config", str(path)]) == 1
    assert "may we write that file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--help"], ["collect", "--help"], ["send", "--help"], ["send", "r", "trace", "--help"]]
)
def test_help_is_everywhere(words, capsys):
    with pytest.raises(SystemExit) as raised:
        cli.main(words)
    assert raised.value.code == 0 and "usage: portvagt-isp" in capsys.readouterr().out
