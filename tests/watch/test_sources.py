"""The real kernel tells of connections that this test opens on the sandbox's loopback."""

import contextlib
import socket
import subprocess

import pytest

from portvagt.loop import Loop
from portvagt.watch import conntrack, sources
from portvagt.watch.address import ip_bytes, mac_bytes
from portvagt.watch.neighbours import Neighbours
from portvagt.watch.sources import ConntrackEvents, NeighbourEvents
from portvagt_sim.namespaces import ip_batch

ROUNDS = 40


@pytest.fixture
def tracked(sandbox):
    """Connection tracking on loopback: it starts with the first rule that needs it."""
    rules = "table inet test_sources { chain out { type filter hook output priority 0; ct state new accept; }; }"
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
    yield
    subprocess.run(["nft", "delete", "table", "inet", "test_sources"], check=True)


class Heard:
    """What a ConntrackEvents tells: (destination, port, source port) of new and of answered connections."""

    def __init__(self):
        self.loop = Loop()
        self.new = []
        self.replies = []
        self.missed = []
        self.events = ConntrackEvents(self.loop, self._on_event, lambda _, each: self.missed.append(each.destination))

    def _on_event(self, _now, event):
        flow = event.destination(), event.destination_port, event.source_port
        if event.is_new:
            self.new.append(flow)
        elif event.replied():
            self.replies.append(flow)

    def until(self, done):
        for _ in range(ROUNDS):
            if done():
                return
            self.loop.step(0.1)
        pytest.fail("the kernel did not tell")


@pytest.fixture
def heard(tracked):
    listening = Heard()
    yield listening
    listening.loop.forget(listening.events.source.sock)
    listening.events.source.sock.close()


def connect(address, port):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as sock:
        sock.setblocking(False)
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            sock.connect((address, port))
        return sock.getsockname()[1]


@pytest.mark.parametrize(("address", "packed"), [("127.0.0.9", b"\x7f\0\0\x09"), ("::1", b"\0" * 15 + b"\1")])
@pytest.mark.parametrize("port", [25, 465, 587])
def test_a_mail_connection_is_told_once(heard, address, packed, port):
    source_port = connect(address, port)
    heard.until(lambda: heard.new)
    assert heard.new == [(packed, port, source_port)]


@pytest.fixture
def masqueraded(sandbox):
    """A way out that swallows all, behind which every connection comes from a port of 1024 … 1100."""
    rules = (
        "table inet test_masquerade { chain out { type nat hook postrouting priority srcnat;"
        " oifname wan-test meta l4proto tcp masquerade to :1024-1100; }; }"
    )
    lines = ["link add wan-test type bridge", "link set wan-test up"]
    for address, target in (("198.51.100.2/24", "198.51.100.25"), ("2001:db8:ffff:1::2/64", "2001:db8:ffff:1::25")):
        lines.append(f"addr add {address} dev wan-test{' nodad' if ':' in address else ''}")
        lines.append(f"neigh add {target} lladdr 02:00:5e:00:00:01 dev wan-test nud permanent")
    ip_batch(lines)
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
    yield
    subprocess.run(["nft", "delete", "table", "inet", "test_masquerade"], check=True)
    ip_batch(["link delete wan-test"])


@pytest.mark.parametrize("target", ["198.51.100.25", "2001:db8:ffff:1::25"])
def test_the_port_after_masquerading_is_told(masqueraded, target):
    loop, told = Loop(), []
    events = ConntrackEvents(
        loop, lambda _, event: told.append((event.source_port, event.outside_port())), lambda *_: None
    )
    sent = connect(target, 25)
    for _ in range(ROUNDS):
        loop.step(0.1)
        if told:
            break
    argv = ["conntrack", "-L", "-f", "ipv6" if ":" in target else "ipv4", "-d", target]
    listed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    answers_go_to = int(listed.split("dport=")[2].split()[0])
    assert told == [(sent, answers_go_to)]
    assert sent != answers_go_to in range(1024, 1101)
    [missed] = [each for each in conntrack.mail_connections(events.requests) if each.destination == ip_bytes(target)]
    assert (missed.source_port, missed.outside_port) == told[0]
    loop.forget(events.source.sock)
    events.source.sock.close()


def test_an_answered_connection_is_told_as_answered(heard):
    with socket.create_server(("127.0.0.8", 25)):
        connect("127.0.0.8", 25)
        heard.until(lambda: heard.replies)
    assert heard.replies[0][:2] == (socket.inet_aton("127.0.0.8"), 25)


def test_a_refused_connection_is_told_as_new_and_never_as_answered(heard):
    """To the judge a refusal is silence: a reset as the only reply ends the entry (nf_conntrack_proto_tcp.c)."""
    refused = connect("127.0.0.10", 25)
    with socket.create_server(("127.0.0.8", 25)):
        connect("127.0.0.8", 25)
        heard.until(lambda: heard.replies)
    assert heard.new[0][2] == refused
    assert refused not in [source_port for _, _, source_port in heard.replies]


def test_other_ports_wake_nobody(heard):
    for _ in range(100):
        connect("127.0.0.7", 80)
    connect("127.0.0.7", 25)
    heard.until(lambda: heard.new)
    assert [port for _, port, _ in heard.new] == [25]


def test_what_was_lost_is_read_from_the_kernels_table(tracked, monkeypatch):
    """Answered connections: the kernel forgets a refused one at once (nf_conntrack_proto_tcp.c)."""
    monkeypatch.setattr(sources, "EVENT_BUFFER_BYTES", 4096)  # a few events, then ENOBUFS
    heard = Heard()
    targets = [f"127.0.1.{number}" for number in range(1, 201)]
    with socket.create_server(("0.0.0.0", 587), backlog=len(targets)):
        for target in targets:
            connect(target, 587)
        wanted = {socket.inet_aton(target) for target in targets}
        heard.until(lambda: wanted <= {each for each, _, _ in heard.new} | set(heard.missed))
    assert heard.events.source.losses > 0
    heard.events.source.sock.close()


def test_messages_that_make_no_sense_are_passed_over(capsys):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    got = []

    def parse(_now, size):
        got.append(size)
        raise sources.netlink.Malformed("a test")

    source = sources.Source(ours, parse, lambda: None)
    for length in (1, 16, 100):
        theirs.send(b"\xff" * length)
    source.on_ready(1)
    assert got == [1, 16, 100]
    assert "was not understood" in capsys.readouterr().err


@pytest.fixture
def cable(sandbox):
    """A LAN interface of the router, and somebody with a known MAC at its other end."""
    lines = ["link add lan-test type bridge", "addr add 192.0.2.1/24 dev lan-test", "link set lan-test up"]
    ip_batch([*lines, "neigh add 192.0.2.20 lladdr 02:00:5e:00:00:01 dev lan-test nud permanent"])
    yield "lan-test"
    ip_batch(["link delete lan-test"])


def test_an_address_whose_event_was_not_read_yet_is_asked_of_the_kernel(cable):
    table = Neighbours()
    events = NeighbourEvents(Loop(), table, [cable], lambda _: None)
    table.lan = {socket.if_nametoindex(cable)}  # /sys of the sandbox shows the machine's interfaces
    ip_batch([f"neigh add 192.0.2.21 lladdr 02:00:5e:00:00:02 dev {cable} nud permanent"])
    late, unknown, elsewhere = map(socket.inet_aton, ("192.0.2.21", "192.0.2.22", "203.0.113.9"))
    assert table.mac(late) is None
    assert events.mac(late) == mac_bytes("02:00:5e:00:00:02")
    assert events.mac(unknown) is None
    assert events.mac(elsewhere) is None
    events.source.sock.close()
