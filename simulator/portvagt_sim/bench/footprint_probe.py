"""Runs on MicroPython: what the agent takes of its heap, and how long the collector pauses. Prints one JSON object."""

import gc
import json
import sys
import time

MESSAGE = bytes.fromhex(sys.argv[1])
DEVICES, NETWORKS = int(sys.argv[2]), int(sys.argv[3])


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


def busy_home():
    """A home of DEVICES that each know NETWORKS, below the threshold; it and its bytes."""
    from portvagt.judge.home import Home

    before = heap()
    home = Home(1e9, True, 86400, lambda: "incident")
    for device in range(DEVICES):
        key = bytes([2, 0, 0, 0, 0, device])
        for network in range(NETWORKS):
            home.connection(network * 0.02, key, (bytes([198, 18, network, 25]), 25, 1024 + network))
    return home, heap() - before


def reading_allocates():
    """Bytes that reading 1000 events in place allocates."""
    from portvagt.watch import event

    buffer = bytearray(512)
    buffer[: len(MESSAGE)] = MESSAGE
    reader = event.Event(buffer)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for _ in range(1000):
        reader.read(len(MESSAGE))
    after = gc.mem_alloc()
    gc.enable()
    return after - before


start_pause = pause_us()
found = {name: imported("portvagt." + name) for name in ("guard", "portal", "reporter")}
home, found["devices"] = busy_home()
found["pause_us_empty"] = start_pause
found["pause_us_full"] = pause_us()
found["reading"] = reading_allocates()
print(json.dumps(found))
