"""The sandbox's real kernel forgets connections that this test put into its table."""

import socket
import subprocess

import pytest

from portvagt.block import flows
from portvagt.watch import conntrack, netlink
from portvagt.watch.address import ip_bytes
from portvagt.watch.requests import Requests

ZOMBIE, PERSON = "192.168.1.20", "192.168.1.21"
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


@pytest.mark.parametrize("number", [0, 1, flows.AT_ONCE, 3 * flows.AT_ONCE + 1])
def test_all_mail_of_a_device_is_forgotten_and_no_one_elses(requests, number):
    open_connections(PERSON, 5)
    open_connections(ZOMBIE, number)
    assert flows.delete_mail_flows(requests, [ip_bytes(ZOMBIE)]) == number
    assert sources(requests) == [ip_bytes(PERSON)] * 5


def test_all_that_a_device_opened_is_forgotten(requests):
    open_connections(PERSON, 2, port=443)
    open_connections(ZOMBIE, 3, port=443)
    udp = f"-I -p udp -s {ZOMBIE} -d {DESTINATION} --sport 53000 --dport 443 -t 60"
    subprocess.run(["conntrack", *udp.split()], check=True, capture_output=True)
    assert flows.delete_flows(requests, [ip_bytes(ZOMBIE)]) == 4
    left = [each.source for each in conntrack.entries(requests)]
    assert left.count(ip_bytes(ZOMBIE)) == 0 and left.count(ip_bytes(PERSON)) == 2


def test_what_the_kernel_does_not_find_is_not_asked_for_again(requests, monkeypatch):
    """As with an entry in a zone, which our request does not name."""
    open_connections(ZOMBIE, flows.AT_ONCE)
    monkeypatch.setattr(flows, "_delete", lambda *_: 0)
    assert flows.delete_mail_flows(requests, [ip_bytes(ZOMBIE)]) == 0
