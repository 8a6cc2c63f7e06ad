"""Stands in for the guard: its socket for the reporter, on a thread, with events that the test hands over."""

import os
import socket
import threading
from collections import OrderedDict

from tests.report.samples import CASE, PSEUDONYM

from portvagt import rpc
from portvagt.loop import Loop
from portvagt.report.events import EventSource


class GuardStandIn:
    def __init__(self, run_dir):
        self.unstored = OrderedDict()
        self.reply = {
            "policy": "stop",
            "watching": True,
            "blind": None,
            "devices": 4,
            "stopped": 0,
            "events_lost": 0,
            "uptime_s": 12,
            "runtime": "cpython",
            "tampered": False,
            "addresses": ["198.51.100.2"],
            "damaged_files": 0,
            "pids": {"guard": os.getpid()},
            "secret": "02:00:5e:00:00:01",
        }
        self._source = EventSource("cpe-test", os.urandom(16).hex(), "cpython")
        self._pending = []
        self.reporting = []
        self._loop = Loop()
        (run_dir / "reporter").mkdir(parents=True)
        methods = {
            "stored": self._stored,
            "damaged": self._damaged,
            "reporting": self._told,
            "state": lambda _peer, _params: self.reply,
        }
        path = str(run_dir / "reporter" / "reporter.sock")
        self._server = rpc.Server(self._loop, path, methods, self._push_all)
        self._woken, self._wake = socket.socketpair()
        self._loop.watch(self._woken, self._on_wake)
        self._thread = threading.Thread(target=self._loop.run, daemon=True)

    def hand_over(self, count):
        """Make events and give them to the reporter, now or when it is there; their ids."""
        of_one = "device", "stopped", CASE, PSEUDONYM, "stop", 1.0, 1790000000.0
        events = [self._source.event(*of_one) for _ in range(count)]
        self._pending.extend(events)
        self._wake.send(b"e")
        return [event["id"] for event in events]

    def _on_wake(self, _):
        if self._woken.recv(64) == b"":
            self._loop.stop()
        while self._pending:
            event = self._pending.pop(0)
            self.unstored[event["id"]] = event
            for peer in self._server.peers:
                peer.notify("event", event)

    def _push_all(self, peer):
        for event in self.unstored.values():
            peer.notify("event", event)

    def _stored(self, _peer, params):
        self.unstored.pop(rpc.text(params, "id"), None)
        return {}

    def _told(self, _peer, params):
        self.reporting.append(params["status"])
        return {}

    def _damaged(self, _peer, params):
        self.reply["damaged_files"] = params["files"]
        return {}

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._wake.close()
        self._thread.join(10)
        assert not self._thread.is_alive()
