import json
from pathlib import Path

import jsonschema
import pytest
from tests.report.broker import Broker, Collector
from tests.report.identities import Identities
from tests.report.noting_link import Clock

from portvagt import log, runtime

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"


def validator(name):
    schema = json.loads((CONTRACT / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(autouse=True)
def unlimited_log():
    """The limit of lines a minute is for routers: one test must not silence the next."""
    log._windows.clear()


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(runtime, "monotonic", clock)
    return clock


@pytest.fixture(scope="session")
def event_contract():
    return validator("event")


@pytest.fixture(scope="session")
def state_contract():
    return validator("state")


@pytest.fixture(scope="session")
def identities(tmp_path_factory):
    return Identities(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def broker(tmp_path, identities):
    with Broker(tmp_path, identities.ca, identities.server) as running:
        yield running


@pytest.fixture
def collector(broker, identities):
    with Collector(broker, identities) as listening:
        yield listening
