"""Runs on MicroPython: what the agent takes of its heap, and how long the collector pauses. Prints one JSON object."""

import gc
import json
import sys
import time

MESSAGE = bytes.fromhex(sys.argv[1])
DEVICES, CONNECTIONS = int(sys.argv[2]), int(sys.argv[3])


def heap():
    """Bytes in use after a collection."""
    gc.collect()
    return gc.mem_alloc()


def pause_us():
    """Of a collection, the longest of ten."""
    times = []
    for _ in range(10):
        start = time.ticks_us()
        gc.collect()
        times.append(time.ticks_diff(time.ticks_us(), start))
    return max(times)


def imported(name):
    """Bytes of the heap that a module and all that it imports take."""
    before = heap()
    __import__(name)
    return heap() - before


def full_home():
    """A home of DEVICES with all that a device can have short of a case; it, its bytes, and µs a connection takes."""
    import busy_home

    before = heap()
    home, keys, flows = busy_home.build(DEVICES)
    start = time.ticks_us()
    busy_home.judge(home, keys, flows)
    took = time.ticks_diff(time.ticks_us(), start) / len(keys) / len(flows)
    del keys, flows
    return home, heap() - before, took


def full_ring():
    """A ring of CONNECTIONS for trace, of DEVICES; it, its bytes, and the µs an add."""
    from portvagt.judge.outbound import Outbound

    keys = [bytes([2, 0, 0, 0, 0, device]) for device in range(DEVICES)]
    destination = bytes([198, 18, 7, 25])
    before = heap()
    ring = Outbound(0.0, 86400)
    start = time.ticks_us()
    for number in range(CONNECTIONS):
        ring.add(number * 0.02, keys[number % DEVICES], destination, 25, 1024 + number)
    spent = time.ticks_diff(time.ticks_us(), start)
    return ring, heap() - before, spent / CONNECTIONS


def reading_allocates():
    """Bytes that reading 1000 events in place allocates, and the port that the mail server sees."""
    from portvagt.watch import event

    buffer = bytearray(512)
    buffer[: len(MESSAGE)] = MESSAGE
    reader = event.Event(buffer)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for _ in range(1000):
        reader.read(len(MESSAGE))
        reader.outside_port()
    after = gc.mem_alloc()
    gc.enable()
    return after - before


start_pause = pause_us()
found = {name: imported("portvagt." + name) for name in ("guard", "portal", "reporter")}
home, found["devices"], found["judging_us"] = full_home()
ring, found["ring"], found["add_us"] = full_ring()
found["pause_us_empty"] = start_pause
found["pause_us_full"] = pause_us()
found["reading"] = reading_allocates()
print(json.dumps(found))
