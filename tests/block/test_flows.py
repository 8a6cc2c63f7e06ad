"""The sandbox's real kernel forgets connections that this test put into its table."""

import errno
import socket
import subprocess
import time

import pytest

from portvagt import slices
from portvagt.block import flows
from portvagt.block.flows import Forgetting
from portvagt.loop import Loop
from portvagt.watch import conntrack, netlink
from portvagt.watch.address import ip_bytes
from portvagt.watch.requests import Requests

ZOMBIE, PERSON, LATER = "192.168.1.20", "192.168.1.21", "192.168.1.22"
DESTINATION = "198.51.100.1"


@pytest.fixture
def requests(sandbox):
    subprocess.run(["conntrack", "-F"], check=True, capture_output=True)  # of other tests in this sandbox
    yield Requests(conntrack.PROTOCOL)
    subprocess.run(["conntrack", "-D", "-d", DESTINATION], check=False, capture_output=True)


def open_connections(source, number, port=25):
    line = f"-I -p tcp -s {source} -d {DESTINATION} --dport {port} --state SYN_SENT -t 60 --sport"
    lines = "".join(f"{line} {1024 + each}\n" for each in range(number))
    subprocess.run(["conntrack", "-R", "-"], input=lines, text=True, check=True, capture_output=True)


def dumped(requests, request):
    """(copy of the buffer, size) of each part of a dump."""
    return list(requests.dump(request, lambda buffer, size: iter([(bytes(buffer), size)])))


def sources(requests):
    return [each.source for each in conntrack.mail_connections(requests)]


def test_the_kernel_tells_of_mail_and_of_nothing_else(requests):
    open_connections(PERSON, 50, port=443)
    for port in conntrack.MAIL_PORTS:
        open_connections(PERSON, 1, port)
    line = "-I -p tcp -s 2001:db8::20 -d 2001:db8::1 --sport 1024 --dport 587 --state SYN_SENT -t 60"
    subprocess.run(["conntrack", *line.split()], check=True, capture_output=True)
    told = dumped(requests, conntrack._dump_request(socket.AF_INET, 25))
    kinds = [kind for buffer, size in told for kind, *_ in netlink.messages(buffer, size)]
    assert kinds.count(conntrack.NEW) == 1
    assert sources(requests) == [ip_bytes(PERSON)] * 3 + [ip_bytes("2001:db8::20")]


@pytest.fixture
def loop():
    return Loop()


@pytest.fixture
def forgetting(requests, loop):
    return Forgetting(loop)


def finish(loop, forgetting, seconds=20.0):
    """Let the loop run to the end of all walks; how many turns that took."""
    turns, deadline = 0, time.monotonic() + seconds
    while not forgetting.is_done():
        assert time.monotonic() < deadline
        loop.step(0.1)
        turns += 1
    return turns


@pytest.mark.parametrize("number", [0, 1, 400])
def test_all_mail_of_a_device_is_forgotten_and_no_one_elses(requests, loop, forgetting, number):
    open_connections(PERSON, 5)
    open_connections(ZOMBIE, number)
    open_connections(ZOMBIE, 1, port=443)
    forgetting.mail([ip_bytes(ZOMBIE)])
    finish(loop, forgetting)
    assert sources(requests) == [ip_bytes(PERSON)] * 5
    assert [each.source for each in conntrack.entries(requests)].count(ip_bytes(ZOMBIE)) == 1


def test_all_that_a_device_opened_is_forgotten(requests, loop, forgetting):
    open_connections(PERSON, 2, port=443)
    open_connections(ZOMBIE, 3, port=443)
    udp = f"-I -p udp -s {ZOMBIE} -d {DESTINATION} --sport 53000 --dport 443 -t 60"
    subprocess.run(["conntrack", *udp.split()], check=True, capture_output=True)
    forgetting.everything([ip_bytes(ZOMBIE)])
    finish(loop, forgetting)
    left = [each.source for each in conntrack.entries(requests)]
    assert left.count(ip_bytes(ZOMBIE)) == 0 and left.count(ip_bytes(PERSON)) == 2


def test_a_long_table_is_walked_in_slices_and_who_comes_meanwhile_gets_a_turn(requests, loop, forgetting, monkeypatch):
    monkeypatch.setattr(slices, "SLICE_S", 0.001)
    open_connections(PERSON, 2000)
    open_connections(ZOMBIE, 20)
    open_connections(LATER, 20)
    forgetting.mail([ip_bytes(ZOMBIE)])
    assert not forgetting.is_done()
    forgetting.mail([ip_bytes(LATER)])
    assert finish(loop, forgetting) > 2
    assert sources(requests) == [ip_bytes(PERSON)] * 2000


def test_an_entry_that_has_ended_by_itself_is_no_error(requests):
    open_connections(ZOMBIE, 1)
    [entry] = conntrack.mail_connections(requests)
    request = conntrack.delete_request(entry)
    assert flows._delete(requests, request) == 1
    assert flows._delete(requests, request) == 0


def test_what_the_kernel_refuses_is_said_and_ends_the_walk(loop, forgetting, monkeypatch, capsys):
    open_connections(ZOMBIE, 2)

    def refused(*_):
        raise OSError(errno.EPERM, "refused")

    monkeypatch.setattr(flows, "_delete", refused)
    forgetting.mail([ip_bytes(ZOMBIE)])
    finish(loop, forgetting)
    assert "can't be ended" in capsys.readouterr().err
