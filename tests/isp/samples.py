"""Messages as routers send them."""

import json

ROUTER = "cpe-1"
INCIDENT, DEVICE = "3f" * 16, "9f" * 16


def topic(kind, router=ROUTER):
    return f"v1/cpe/{router}/up/{kind}"


def event(number=1, router=ROUTER, **changes):
    document = {
        "specversion": "1.0",
        "id": f"{'a' * 32}-{number}",
        "source": f"urn:portvagt:cpe:{router}",
        "type": "portvagt.device.stopped",
        "time": "2026-03-01T12:00:00.500Z",
        "datacontenttype": "application/json",
        "data": {
            "schema": 1,
            "incident": INCIDENT,
            "device": DEVICE,
            "action": "stopped",
            "policy": "stop",
            "stops": 1,
            "evidence": {
                "connections": 6,
                "networks": 5,
                "seconds": 12.5,
                "unanswered": 3,
                "ports": [25, 587],
                "usual_per_day": 4,
            },
            "uptime_s": 3600.5,
            "clock_synchronised": True,
            "agent": {"version": "0.1.0", "runtime": "micropython"},
        },
    }
    return document | changes


def state(**changes):
    document = {
        "schema": 1,
        "online": True,
        "version": "0.1.0",
        "watching": True,
        "blind": None,
        "policy": "stop",
        "devices": 4,
        "stopped": 1,
        "events_lost": 0,
        "damaged_files": 0,
        "uptime_s": 3600,
        "runtime": "micropython",
        "tampered": False,
        "addresses": ["198.51.100.2"],
        "outbox": {"waiting": 0, "dropped": 0},
        "health": {"load": [0, 0, 0], "memory": {"total_kb": 1, "available_kb": 1}, "processes": {}},
    }
    return document | changes


LAST_WILL = {"schema": 1, "online": False, "reason": "lost"}


def ack(command, number=1, **changes):
    return {"schema": 1, "id": f"ack-{number:032x}", "command": command, "result": "done"} | changes


def encoded(document):
    return json.dumps(document).encode()
