"""Which link a router has: paho's where it is installed, else our own."""

import sys

import pytest

from portvagt import check, config
from portvagt.report import link, mqtt_link, paho_link


def hide(monkeypatch, *names):
    """As on a router where these modules are not installed."""
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)


def said_by_check():
    settings = config.parse("config report\n option enabled 1\n option cpe_id c\n option broker b\n", "test")
    return dict(check.PROBES)["MQTT library"](settings)


def test_paho_comes_first():
    assert link.choose() == ("paho-mqtt", paho_link.PahoLink)
    assert said_by_check() == "ok, paho-mqtt"


def test_without_paho_it_is_our_own(monkeypatch):
    hide(monkeypatch, "portvagt.report.paho_link")
    assert link.choose() == ("our own MQTT client", mqtt_link.MqttLink)
    assert said_by_check() == "ok, our own MQTT client"


def test_without_any_tls_it_is_said_what_to_install(monkeypatch):
    hide(monkeypatch, "portvagt.report.paho_link", "portvagt.report.mqtt_link")
    with pytest.raises(ImportError, match="python3-paho-mqtt, python3-openssl or micropython-mbedtls"):
        link.choose()
    assert "micropython-mbedtls" in said_by_check()
