import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt import config

GOOD = """
# a comment
config main 'main'
	option policy "observe"
	list lan 'br-lan'
	list lan br-guest   # another
config block
	list relay '203.0.113.25'
	list relay '2001:DB8::25'
"""

API = """
config warn
	option api_host 'Portal.Example.net'
	option api_certificate '/etc/portvagt/portal.crt'
	option api_key '/etc/portvagt/portal.key'
"""


def test_values_lists_quotes_and_defaults():
    parsed = config.parse(GOOD, "f")
    assert parsed.main.policy == "observe"
    assert parsed.main.lan == ["br-lan", "br-guest"]
    assert parsed.block.relay == ["203.0.113.25", "2001:db8::25"]
    assert parsed.judge.quiet_hours == 24


def test_the_captive_portal_api_has_a_name_in_lower_case():
    parsed = config.parse(API, "f")
    assert (parsed.warn.api_host, parsed.warn.api_port) == ("portal.example.net", 8027)


def test_a_list_of_one_may_be_an_option_as_uci_set_writes_it():
    assert config.parse("config main\n\toption lan br-home", "f").main.lan == ["br-home"]
    parsed = config.parse("config main\n\tlist lan br-home\n\toption lan br-lan\n\tlist lan br-guest", "f")
    assert parsed.main.lan == ["br-lan", "br-guest"]  # as libuci reads it


def test_an_empty_file_is_all_defaults():
    parsed = config.parse("", "f")
    assert parsed.warn.api_host == ""
    assert parsed.main.lan == ["br-lan"] and not parsed.report.enabled


@pytest.mark.parametrize(
    "text, message",
    [
        ("confg main", "f:1: 'confg' is none of config, option, list"),
        ("config a b c", "f:1: 'config' takes 2 values, here are 3"),
        ("config mail", "f:1: unknown section 'mail'; there are: block, judge, main, report, warn"),
        ("option policy stop", "f:1: unknown key 'policy' in section ''"),
        ("config main\n\toption polcy stop", "f:2: unknown key 'polcy' in section 'main'"),
        ("config main\n\tlist policy stop", "f:2: 'policy' is written as 'option'"),
        ("config main\n\toption policy 'sto", "f:2: a quote (') is not closed"),
        ("config main\n\toption policy drop", "f:2: 'policy' must be one of: observe, stop, closed, not 'drop'"),
        ("config main\n\toption enabled maybe", "f:2: 'enabled' must be 1 or 0, not 'maybe'"),
        ("config warn\n\toption port 80", "f:2: 'port' must be a whole number from 1024 to 65535, not '80'"),
        ("config warn\n\toption port -1", "f:2: 'port' must be a whole number from 1024 to 65535, not '-1'"),
        ("config warn\n\toption port 8026", "f:2: 'port' and 'tls_port' must differ"),
        ("config warn\n\toption api_port 8026", "f:2: 'tls_port' and 'api_port' must differ"),
        ("config warn\n\toption api_host a.example", "f:2: 'api_host' is set, so 'api_certificate' must be set"),
        (
            "config warn\n\toption api_certificate /etc/a\n\toption api_host a.example",
            "f:2: 'api_certificate' is set, so 'api_key' must be set",
        ),
        ("config warn\n\toption api_key /etc/a", "f:2: 'api_key' is set, so 'api_host' must be set"),
        ("config warn\n\toption api_host router", "f:2: 'api_host' must be a name such as portal.example.net, not"),
        ("config warn\n\toption api_host a..example", "f:2: 'api_host' must be a name such as portal.example.net"),
        ("config warn\n\toption api_host 192.168.1.1", "f:2: 'api_host' must be a name, for devices are to check"),
        ("config block\n\tlist relay mail", "f:2: 'relay' must be an IPv4 or IPv6 address, not 'mail'"),
        ("config main\n\tlist lan '\"; flush ruleset'", "f:2: 'lan' must be a network interface's name, not"),
        ("config main\n\toption run_dir '/tmp; reboot'", "f:2: 'run_dir' must be an absolute path of"),
        ("config warn\n\toption colour green", "f:2: 'colour' must be a colour such as #0b5a4d, not 'green'"),
        (
            "config warn\n\toption colour '#ffcc00'",
            "f:2: 'colour' has a contrast of 1.3 to 1 with the page; 4.5 to 1 is needed (WCAG 2.2, 1.4.3): "
            "choose a darker one, not '#ffcc00'",
        ),
        ("config report\n\toption enabled 1", "f:2: reporting is enabled, so 'cpe_id' must be set"),
        ("config report\n\toption cpe_id 'a/b'", "f:2: 'cpe_id' must be letters, digits and . _ -, not 'a/b'"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(text, message):
    with pytest.raises(config.ConfigError) as caught:
        config.parse(text, "f")
    assert str(caught.value).startswith(message)


def test_a_file_that_is_absent_too_large_or_no_text(tmp_path):
    for name, content in (("large", b"#" * 70_000), ("binary", b"\xff\xfe")):
        (tmp_path / name).write_bytes(content)
    for name, problem in (("none", "can't be read"), ("large", "larger than"), ("binary", "not UTF-8")):
        with pytest.raises(config.ConfigError, match=problem):
            config.load(str(tmp_path / name))


@given(st.text())
def test_no_text_does_worse_than_a_config_error(text):
    problem = "f:"
    try:
        config.parse("config main\n" + text, "f")
    except config.ConfigError as error:
        problem = str(error)
    assert problem.startswith("f:")


def test_every_default_is_a_value_that_a_file_could_hold():
    for section, keys in config.KEYS.items():
        for name, key in keys.items():
            values = key.default if key.is_list else [key.default]
            keyword = "list" if key.is_list else "option"
            for value in values:
                config.parse(f"config {section}\n\t{keyword} {name} '{value}'", "f")
