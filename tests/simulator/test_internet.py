"""The internet: sites, probe hosts and names, over both families, through the router."""

import pytest

from portvagt_sim.internet.sites import (
    NEIGHBOUR_SITE,
    OTHER_SITE,
    PLAIN_SITE,
    PROBE_HOSTS,
    PROBES,
    SITES,
    Probe,
)
from portvagt_sim.world import World

FAMILIES = [4, 6]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.host + probe.path)
def test_probe_host_says_online(agentless_world: World, probe: Probe, family: int) -> None:
    response = agentless_world.home.tv.fetch(f"http://{probe.host}{probe.path}", family=family)
    assert (response.error, response.status, response.body) == (None, probe.status, probe.body)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("site", [PLAIN_SITE, OTHER_SITE, NEIGHBOUR_SITE])
def test_site_is_reachable(agentless_world: World, site: str, scheme: str, family: int) -> None:
    response = agentless_world.home.tv.fetch(f"{scheme}://{site}/", family=family)
    assert (response.error, response.status) == (None, 200)
    assert site in response.body


def test_unknown_path_of_a_probe_host(agentless_world: World) -> None:
    assert agentless_world.home.tv.fetch("http://captive.apple.com/other").status == 404


def test_unknown_name_has_no_address(agentless_world: World) -> None:
    response = agentless_world.home.tv.fetch("http://nowhere.example/")
    assert response.status == 0
    assert response.error is not None
    assert "not known" in response.error


def test_only_the_neighbour_shares_an_address_with_a_probe_host() -> None:
    shared = {host for host in SITES if host not in PROBE_HOSTS and SITES[host] in map(SITES.get, PROBE_HOSTS)}
    assert shared == {NEIGHBOUR_SITE}


def test_device_sends_its_own_headers_and_method(agentless_world: World) -> None:
    fetch = agentless_world.home.tv.fetch
    assert fetch(f"http://{PLAIN_SITE}/", headers={"Host": OTHER_SITE}).body.count(OTHER_SITE) > 0
    assert fetch(f"http://{PLAIN_SITE}/", method="DELETE").status == 501
