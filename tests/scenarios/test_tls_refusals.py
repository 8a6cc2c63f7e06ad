"""The reporter as a process, on the runtime under test: whom it must not trust, and what it says then."""

import pytest
from tests.report.broker import Broker, wait_until
from tests.report.guard_stand_in import GuardStandIn
from tests.report.identities import Identities
from tests.report.test_reporter import Reporter

CONNECTED, REFUSED = "connected to the ISP", "no connection to the ISP"


@pytest.fixture(scope="module")
def identities(tmp_path_factory):
    return Identities(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def started(tmp_path, identities, request):
    """started(server=…, **changes of the configuration): a reporter that talks to a broker with that identity."""
    running = []
    runtime = request.config.getoption("--runtime") or "cpython"

    def start(server="server", **options):
        own = getattr(identities, server)
        with GuardStandIn(tmp_path / "run") as guard, Broker(tmp_path, identities.ca, own) as broker:
            reporter = Reporter(tmp_path, identities, broker.port, runtime, **options)
            running.append(reporter)
            reporter.start()
            wait_until(lambda: CONNECTED in reporter.log() or REFUSED in reporter.log(), "it says what happened")
            told = "connected to " if CONNECTED in reporter.log() else "no connection: "
            wait_until(lambda: guard.reporting and guard.reporting[-1].startswith(told), "the guard hears it too")
            if told != "connected to ":
                assert guard.reporting[-1][len(told) :] in reporter.log()
            return reporter.log()

    yield start
    for reporter in running:
        reporter.kill()


def test_the_right_broker_is_trusted(started):
    assert CONNECTED in started()


@pytest.mark.parametrize(
    ("server", "sentence"),
    [("misnamed", "is not for 'localhost'"), ("expired", "has expired"), ("early", "not valid yet")],
)
def test_a_broker_with_a_wrong_certificate_is_refused(started, server, sentence):
    said = started(server)
    assert sentence in said
    assert CONNECTED not in said


def test_a_broker_of_another_authority_is_refused(started, identities):
    said = started(ca=identities.other_ca)
    assert "is not signed by the authority in" in said
    assert CONNECTED not in said


def test_without_a_certificate_of_its_own_it_says_which_file_is_missing(started, tmp_path):
    said = started(certificate=tmp_path / "none.crt")
    assert f"{tmp_path}/none.crt: can't be read" in said
    assert CONNECTED not in said


def test_a_certificate_that_the_broker_refuses_is_named_or_guessed(started, identities):
    certificate, key = identities.foreign_client
    said = started(certificate=certificate, key=key)
    # over TLS 1.3 the refusal may drown in the reset that follows it, and mbedtls tells of no reason
    assert "ask the ISP for a new one" in said or "often it is our certificate" in said
    assert CONNECTED not in said
