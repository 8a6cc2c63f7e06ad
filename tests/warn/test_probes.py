import pytest

from portvagt.warn import probes
from portvagt_sim.internet import sites


@pytest.mark.parametrize("authority", ["192.168.1.1:8025", "[fd00::1]:8025", "127.0.0.1:49152"])
def test_our_page_is_at_an_address_with_a_port(authority):
    assert probes.is_own(authority)


@pytest.mark.parametrize(
    "authority",
    ["", "captive.apple.com", "captive.apple.com:80", "evil.example:8025", "17.253.109.201", "[fd00::1]", ":8025",
     "192.168.1.1:", "192.168.1.1:8025x", "1.2.3.4.evil.example:8025"],
)  # fmt: skip
def test_everything_else_is_another_site(authority):
    assert not probes.is_own(authority)


def test_probes_are_redirected_whatever_they_accept():
    assert probes.may_redirect("captive.apple.com", "")
    assert probes.may_redirect("captive.apple.com:80", "*/*")


def test_of_other_sites_only_what_a_person_opens():
    assert probes.may_redirect("cdn.example.net", "text/html,application/xhtml+xml;q=0.9")
    assert not probes.may_redirect("ocsp.example.net", "*/*")


def test_the_table_is_well_formed():
    assert len(set(probes.PROBES)) == len(probes.PROBES)
    for probe in probes.PROBES:
        assert probe.host == probe.host.lower()
        assert probe.host in probes.HOSTS
        assert "/" not in probe.host
        assert probe.path.startswith("/")


def test_the_simulated_systems_are_all_known():
    assert {probe.host for probe in sites.PROBES} <= probes.HOSTS
