"""A month of an ISP, made up from a seed: what the collector would have stored. For tests and pictures.

PYTHONPATH=simulator:. python -m tests.isp.desk_story FILE
"""

import json
import random
import sys
import time

from portvagt_isp import store
from portvagt_isp.desk.orders import utc

DAY = 86400.0
HOUR = 3600.0
ROUTERS = 40
AGENT = {"version": "0.1.0", "runtime": "micropython"}

# hours after the verdict, and what happens; a story that doesn't end is an open case. Weighted by repetition.
STORIES = (
    *[((0, "stopped"), (5, "requested"), (31, "released"))] * 8,
    *[((0, "stopped"), (26, "released"))] * 5,
    ((0, "stopped"), (1, "requested"), (9, "reminded"), (60, "confined"), (64, "let_out"), (90, "released")),
    ((0, "stopped"), (2, "disowned"), (40, "released")),
    ((0, "stopped"), (3, "mail_server_claimed"), (20, "exempted")),
    ((0, "observed"), (50, "released")),
)
# of the last days, so that something is open: hours ago, story
OPEN = (
    (0.6, ((0, "stopped"),)),
    (2.2, ((0, "stopped"), (0.4, "requested"))),
    (5, ((0, "stopped"), (1, "mail_server_claimed"))),
    (7.5, ((0, "observed"),)),
    (11, ((0, "stopped"), (4, "disowned"))),
    (26, ((0, "stopped"), (12, "reminded"), (20, "confined"))),
    (31, ((0, "stopped"), (3, "mail_server_claimed"))),
    (70, ((0, "stopped"), (3, "requested"), (28, "reminded"))),
)


def random_name(chance):
    return f"{chance.getrandbits(128):032x}"


def evidence(chance):
    networks = chance.choice((6, 7, 9, 14, 23, 41))
    connections = networks + chance.randrange(0, networks * 4)
    ports = chance.choice(([25], [25], [25], [25, 587], [465, 587]))
    return {
        "connections": connections,
        "networks": networks,
        "seconds": round(chance.uniform(9, 1500), 1),
        "unanswered": chance.randrange(connections),
        "ports": ports,
        "usual_per_day": 4,
    }


def document(cpe_id, action, subject="device", **data):
    """An event as docs/contract/event.schema.json wants it."""
    known = {
        "schema": 1,
        "incident": "3f" * 16,
        "device": "9f" * 16,
        "action": action,
        "policy": "stop",
        "stops": 1,
        "evidence": None,
        "uptime_s": 5.0,
        "clock_synchronised": True,
        "agent": AGENT,
    } | data
    return {
        "specversion": "1.0",
        "source": f"urn:portvagt:cpe:{cpe_id}",
        "type": f"portvagt.{subject}.{action}",
        "datacontenttype": "application/json",
        "data": known,
    }


class Ledger:
    """Adds rows as the collector does."""

    def __init__(self, path, now):
        self.connection = store.connect(path)
        self.now = now
        self.count = 0

    def event(self, cpe_id, action, at, subject="device", clock=True, **data):
        self.count += 1
        text = document(cpe_id, action, subject, **data)
        text["id"] = f"{'ab' * 16}-{self.count}"
        if clock:
            text["time"] = utc(at).replace("Z", ".000Z")
        told, facts = text["data"], text["data"]["evidence"] or {}
        numbers = [facts.get(name) for name in ("connections", "networks", "seconds", "unanswered")]
        ports = ",".join(map(str, facts["ports"])) if facts else None
        named = [told[name] for name in ("action", "incident", "device", "policy", "stops")]
        self._add("events", text["id"], cpe_id, at + 1.5, at if clock else None, text["type"], *named, *numbers, ports,
                  json.dumps(text))  # fmt: skip

    def state(self, cpe_id, at, **state):
        told = [state.get(name) for name in ("policy", "watching", "stopped", "version", "runtime")]
        self._add("states", cpe_id, at, state["online"], *told, json.dumps(state))

    def command(self, command_id, cpe_id, name, by, created, sent=True, **fields):
        expires = created + DAY
        text = {"schema": 1, "id": command_id, "expires": utc(expires), "command": name, **fields}
        row = command_id, cpe_id, created, by, expires, name, json.dumps(text), created + 1 if sent else None
        self._add("commands", *row)

    def ack(self, cpe_id, command_id, at, **said):
        self.count += 1
        text = {"schema": 1, "id": f"ack-{self.count:032x}", "command": command_id, **said}
        row = text["id"], cpe_id, command_id, at, said["result"], said.get("reason"), said.get("text")
        self._add("acks", *row, json.dumps(text))

    def refused(self, at, topic, reason, payload):
        self._add("quarantine", None, at, topic, reason, payload)

    def _add(self, table, *values):
        marks = ", ".join("?" * len(values))
        self.connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)


def online(chance, stopped, **differing):
    free = chance.randrange(18_000, 90_000)
    return {
        "schema": 1,
        "online": True,
        "policy": "stop",
        "watching": True,
        "blind": None,
        "devices": chance.randrange(2, 9),
        "stopped": stopped,
        "events_lost": 0,
        "damaged_files": 0,
        "uptime_s": chance.randrange(90_000, 4_000_000),
        "tampered": False,
        "addresses": ["198.51.100.2"],
        "outbox": {"waiting": 0, "dropped": 0},
        "health": {
            "load": [round(chance.uniform(0.01, 0.4), 2) for _ in range(3)],
            "memory": {"total_kb": 122_880, "available_kb": free},
            "processes": {
                name: {"rss_kb": chance.randrange(1700, 3400), "cpu_s": round(chance.uniform(1, 300), 1)}
                for name in ("guard", "portal", "reporter")
            },
        },
        **AGENT,
    } | differing


def fill(path, now, seed=1):
    """Fill a new store with about 300 events of a month that ends at `now`. Returns the open incidents."""
    chance = random.Random(seed)
    names = [f"cpe-{number:04d}" for number in chance.sample(range(10_000), ROUTERS)]
    ledger = Ledger(path, now)
    plan = [(now - chance.uniform(2.5, 30) * DAY, chance.choice(STORIES)) for _ in range(95)]
    plan += [(now - hours * HOUR, story) for hours, story in OPEN]
    ledger.connection.execute("BEGIN")
    happenings = []
    for begin, story in plan:
        facts = _facts(chance)
        cpe_id = chance.choice(names[: ROUTERS - 5])
        happenings += [(begin + hours * HOUR, cpe_id, action, facts) for hours, action in story]
    happenings += [*_repeated(now, names[0], chance), *_router_itself(now, names[-1], chance)]
    happenings.sort(key=lambda each: each[0])
    stopped = {}
    for at, cpe_id, action, facts in happenings:
        if at < now:
            ledger.event(cpe_id, action, at, **{"policy": "observe" if action == "observed" else "stop"} | facts)
            change = {"stopped": 1, "released": -1, "exempted": -1}.get(action, 0)
            stopped[cpe_id] = max(0, stopped.get(cpe_id, 0) + change)
    for name in names:
        _state(ledger, name, chance, stopped.get(name, 0))
    _quarantine(ledger)
    incidents = _commands(ledger)
    ledger.connection.execute("COMMIT")
    ledger.connection.close()
    return incidents


def _facts(chance):
    return {"incident": random_name(chance), "device": random_name(chance), "evidence": evidence(chance)}


def _router_itself(now, name, chance):
    yield now - 40 * HOUR, name, "observed", _facts(chance) | {"subject": "router", "policy": "stop", "stops": 0}


def _repeated(now, name, chance):
    """A device that comes back."""
    device = random_name(chance)
    for stops, (first, last) in enumerate(((27, 26), (24, 21), (12, 5), (1.1, 0)), 1):
        facts = _facts(chance) | {"device": device, "stops": stops}
        yield now - first * DAY, name, "stopped", facts
        yield now - (first - 0.4) * DAY, name, "requested", facts
        if stops > 1:
            yield now - (first - 0.6) * DAY, name, "confined", facts
        if last:
            yield now - last * DAY, name, "released", facts


def _state(ledger, name, chance, stopped):
    fate = chance.random()
    heard = ledger.now - chance.uniform(5, 880)
    if fate < 0.08:
        state = {"schema": 1, "online": False, "reason": "lost"}
        ledger.state(name, ledger.now - chance.uniform(1, 60) * HOUR, **state)
    elif fate < 0.12:
        ledger.state(name, heard, **online(chance, stopped, watching=False, blind="bridged: no mail connection seen"))
    else:
        ledger.state(name, heard, **online(chance, stopped, tampered=fate > 0.98))


def _quarantine(ledger):
    payload = b'{"specversion":"1.0","data":{"mac":"00:00:5e:00:53:01"}}'
    ledger.refused(ledger.now - 3 * HOUR, "v1/cpe/cpe-0007/up/event", "schema: data: 'mac' is not allowed", payload)
    ledger.refused(ledger.now - 9 * DAY, "v1/cpe/cpe-0007/up/state", "not_json: Expecting value", b"\xff\xfe{")


def _commands(ledger):
    """Some commands with their answers, about what is open."""
    rows = ledger.connection.execute(
        "SELECT incident, cpe_id, device FROM events GROUP BY incident HAVING max(rowid) AND max(received) > ? "
        "AND sum(action IN ('released', 'exempted', 'forgotten')) = 0 ORDER BY max(rowid) DESC",
        (ledger.now - 4 * DAY,),
    ).fetchall()
    _, cpe_id, device = rows[1]
    at = ledger.now - 0.5 * HOUR
    ledger.command("c1" * 16, cpe_id, "release", "kirsten", at, device=device)
    ledger.ack(cpe_id, "c1" * 16, at + 2, result="refused", reason="too_early", text="an attempt 12 minutes ago",
               state="stopped")  # fmt: skip
    for number, (confidence, devices) in enumerate((("high", 1), ("low", 3))):
        at = ledger.now - (number + 1) * HOUR
        fields = {"destination": "203.0.113.25", "at": utc(at - HOUR), "within_s": 60}
        if devices == 1:
            fields["source_port"] = 40123
        ledger.command(f"d{number}" * 16, cpe_id, "trace", "kirsten", at, **fields)
        found = {"devices": devices, "confidence": confidence, "complete": devices == 1}
        if devices == 1:
            found |= {"device": device, "connections": 1}
        ledger.ack(cpe_id, f"d{number}" * 16, at + 3, result="done", trace=found)
    return [row["incident"] for row in rows]


if __name__ == "__main__":
    fill(sys.argv[1], time.time())
