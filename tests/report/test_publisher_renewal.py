"""A renewed certificate makes one new connection, at a time of its own, after what was under way."""

import pytest
from tests.report.noted_publisher import ENDPOINT, NotedPublisher
from tests.report.noting_link import NotingLink

from portvagt.report import publisher


@pytest.fixture
def it(tmp_path, clock, identities):
    """Its link's files are real ones."""
    names = ("ca.crt", "cpe.crt", "cpe.key")
    for name, source in zip(names, (identities.ca, *identities.client), strict=True):
        (tmp_path / name).write_bytes(source.read_bytes())
    files = dict(zip(("ca", "certificate", "key"), [str(tmp_path / name) for name in names], strict=True))
    return NotedPublisher(tmp_path, clock, ENDPOINT._replace(**files))


def replace(tmp_path, identity):
    for name, source in zip(("cpe.crt", "cpe.key"), identity, strict=True):
        (tmp_path / (name + ".new")).write_bytes(source.read_bytes())
        (tmp_path / (name + ".new")).rename(tmp_path / name)


def test_a_new_certificate_makes_one_new_connection(it, tmp_path, identities):
    it.go_online()
    it.pass_slowly(300)
    assert len(NotingLink.made) == 1
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S + publisher.RENEW_S + 10)
    assert [each.closed for each in NotingLink.made] == [True, False]
    it.link.user.on_connected()
    it.pass_slowly(600)
    assert len(NotingLink.made) == 2


def test_routers_do_not_connect_anew_together(it, tmp_path, identities, monkeypatch):
    monkeypatch.setattr(publisher, "chance", lambda: 0.5)
    it.go_online()
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S + publisher.RENEW_S // 2 - 10)
    assert len(NotingLink.made) == 1
    it.pass_slowly(20)
    assert len(NotingLink.made) == 2


def test_what_is_under_way_is_waited_for(it, tmp_path, identities, monkeypatch):
    monkeypatch.setattr(publisher, "chance", lambda: 0.0)
    it.go_online(1)
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S, 1)
    it.pass_slowly(4, 1)
    it.fill(2)
    it.publisher.pump()
    assert it.sent() == ["e-0"]
    assert not it.link.closed
    it.link.user.on_published(1)
    it.pass_slowly(2, 1)
    it.link.user.on_connected()
    assert it.sent() == ["e-1"]


def test_a_broker_that_does_not_answer_is_not_waited_for_without_end(it, tmp_path, identities):
    it.go_online(1)
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S + publisher.RENEW_S + 2 * publisher.DRAIN_S)
    it.link.user.on_connected()
    assert len(NotingLink.made) == 2
    assert it.sent() == ["e-0"]


def test_files_that_can_not_be_used_end_no_connection(it, tmp_path, identities, capsys):
    it.go_online()
    (tmp_path / "cpe.crt").write_text("half of a")
    it.pass_slowly(600)
    assert len(NotingLink.made) == 1
    assert "the new certificate can't be used, the old connection goes on" in it.publisher.status
    assert capsys.readouterr().err.count("the new certificate can't be used") == 1
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S + publisher.RENEW_S + 10)
    it.link.user.on_connected()
    assert len(NotingLink.made) == 2
    assert it.publisher.status == "connected to broker:8883"
