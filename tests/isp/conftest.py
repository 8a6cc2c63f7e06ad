import pytest
from tests.isp.parts import Broker, Isp

from portvagt_sim.certificates import Authority


@pytest.fixture
def isp(tmp_path):
    with Broker(tmp_path, Authority(tmp_path, "isp")) as broker, Isp(tmp_path, broker) as running:
        yield running


@pytest.fixture
def shelf():
    """The path of the desk's store, which is empty."""
    from tests.isp import desk_site

    desk_site.ready()
    return desk_site.emptied()


@pytest.fixture
def reader(shelf):
    """A client that is logged in and may read."""
    return _client("reader")


@pytest.fixture
def actor(shelf):
    """A client that is logged in and may act."""
    return _client("actor")


def _client(name):
    from django.contrib.auth.models import User
    from django.test import Client
    from tests.isp import desk_site

    client = Client(SERVER_NAME=desk_site.HOST)
    client.force_login(User.objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
    return client
