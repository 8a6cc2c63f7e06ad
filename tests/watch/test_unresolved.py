from portvagt.watch import unresolved
from portvagt.watch.unresolved import ADDRESSES_MAX, FLOWS_MAX, Unresolved

LAN = 3
MAC = b"\x02\0\0\0\0\1"
OUTSIDE = 7  # what masquerading adds to a port


class Clockwork:
    """A loop whose timers the test lets go off."""

    def __init__(self):
        self.timers = []

    def after(self, seconds, callback):
        assert seconds == unresolved.RESOLVE_S
        self.timers.append(callback)


def address(number):
    return bytes([192, 168, 1, number])


def flow(number):
    return bytes([198, 18, number, 25]), 25, 40000 + number


def hold(held, source, flow):
    held.hold(0.0, LAN, source, flow, flow[2] + OUTSIDE)


def start():
    loop, asked, told = Clockwork(), [], []

    def ask(interface, source):
        asked.append((interface, source))

    def on_flow(_now, key, flow, outside_port):
        assert outside_port == flow[2] + OUTSIDE
        told.append((key, flow))

    def on_answer(key, flow):
        assert (key, flow) in told
        told.append((key, flow, "answered"))

    return loop, asked, told, Unresolved(loop, ask, on_flow, on_answer)


def test_flows_wait_for_the_mac_and_are_told_once():
    loop, asked, told, held = start()
    hold(held, address(1), flow(1))
    hold(held, address(1), flow(2))
    assert (asked, told) == ([(LAN, address(1))], [])
    held.resolved(address(1), MAC)
    assert told == [(MAC, flow(1)), (MAC, flow(2))]
    loop.timers[0]()
    held.resolved(address(1), MAC)
    assert len(told) == 2


def test_without_a_mac_the_address_stands_for_the_device():
    loop, _, told, held = start()
    hold(held, address(1), flow(1))
    loop.timers[0]()
    assert told == [(address(1), flow(1))]


def test_what_is_held_is_bounded():
    _, asked, told, held = start()
    for number in range(10 * FLOWS_MAX):
        hold(held, address(0), flow(number % 256))
    for number in range(1, ADDRESSES_MAX + 10):
        hold(held, address(number), flow(1))
    assert len(asked) == ADDRESSES_MAX
    assert [key for key, _ in told] == [address(number) for number in range(ADDRESSES_MAX, ADDRESSES_MAX + 10)]
    held.resolved(address(0), MAC)
    assert len(told) == 10 + FLOWS_MAX


def test_an_answer_before_the_mac_is_known_is_told_after_its_connection():
    _, _, told, held = start()
    hold(held, address(1), flow(1))
    hold(held, address(1), flow(2))
    for _ in range(2):  # the reply, and that it is assured
        held.answered(address(1), flow(2))
    held.answered(address(1), flow(3))
    held.answered(address(2), flow(2))
    held.resolved(address(1), MAC)
    assert told == [(MAC, flow(1)), (MAC, flow(2)), (MAC, flow(2), "answered")]
    hold(held, address(1), flow(2))
    held.resolved(address(1), MAC)
    assert told[3:] == [(MAC, flow(2))]
