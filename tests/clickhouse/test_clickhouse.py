"""The same messages in both stores give the same answers. `./dev test tests/clickhouse` installs chdb (0.9 GB)."""

import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from chdb.session import Session
from tests.isp.samples import LAST_WILL, ack, encoded, event, state, topic

import portvagt_isp
from portvagt_isp import export, intake, store
from portvagt_isp.intake import Arrival
from portvagt_isp.orders import rfc3339

HERE = Path(portvagt_isp.__file__).parent
DAY = 86400.0
NOW = time.time() // DAY * DAY
SINCE = NOW - 3 * DAY
ACTIONS = ("stopped", "requested", "released", "mail_server_claimed", "disowned", "confined")

QUERIES = dict(re.findall(r"^-- name: (\w+)\n(.*?);$", (HERE / "clickhouse_queries.sql").read_text(), re.M | re.S))

# the same question to the SQLite store; :since in epoch seconds, :cpe
SQLITE = {
    "trend": """SELECT date(coalesce(time, received), 'unixepoch') AS day, action, count(*), count(DISTINCT cpe_id)
        FROM events GROUP BY day, action ORDER BY day, action""",
    "open_cases": """SELECT cpe_id, incident, last_action, most, events FROM (
            SELECT cpe_id, incident, (SELECT action FROM events AS last WHERE last.incident = e.incident
                ORDER BY received DESC LIMIT 1) AS last_action, max(connections) AS most, count(*) AS events
            FROM events AS e GROUP BY cpe_id, incident)
        WHERE last_action NOT IN ('released', 'exempted', 'exemption_ended', 'forgotten') ORDER BY cpe_id, incident""",
    "history_of_router": """SELECT id, action, incident, device, stops, ports FROM events WHERE cpe_id = :cpe
        ORDER BY received, id""",
    "comes_back": """SELECT cpe_id, device, max(stops) AS s, count(DISTINCT incident) FROM events
        WHERE action = 'stopped' AND received >= :since GROUP BY cpe_id, device HAVING s > 1
        ORDER BY s DESC, cpe_id, device""",
    "claims": """SELECT cpe_id, incident, action FROM events WHERE action IN ('mail_server_claimed', 'disowned')
        AND received >= :since ORDER BY cpe_id, incident, action""",
    "unprotected": """SELECT cpe_id, online, watching, version FROM states WHERE NOT online OR NOT watching
        ORDER BY cpe_id""",
    "refusals": "SELECT reason, count(*) FROM acks WHERE result = 'refused' GROUP BY reason ORDER BY reason",
}


def arrivals():
    """Of 20 routers in five days: cases, repetitions, states and last wills, answers."""
    chance = random.Random(5)
    found = []
    for number in range(1, 600):
        router, received = f"cpe-{chance.randrange(20)}", NOW - 5 * DAY + number * 700.0 + chance.random()
        document = event(number, router, type=f"portvagt.device.{(action := chance.choice(ACTIONS))}")
        case = {"incident": f"{router[4:]:0>16}{chance.randrange(4):016x}", "device": f"{chance.randrange(3):032x}"}
        document["data"] |= {"action": action, "stops": chance.randrange(4), **case}
        document["data"]["evidence"] = chance.choice([None, document["data"]["evidence"] | {"connections": number}])
        document["time"] = rfc3339(received - chance.random() * 30)
        found += [(received, router, "event", document)] * chance.choice([1, 1, 2])
        if number % 3 == 0:
            found.append((received, router, "state", chance.choice([LAST_WILL, state(watching=chance.random() < 0.5)])))
        if number % 5 == 0:
            refused = chance.choice(
                [{}, {"result": "refused", "reason": chance.choice(["busy", "expired"]), "text": "no"}]
            )
            found += [(received, router, "ack", ack(f"cmd-{number}", number, **refused))] * 2
    return [Arrival(at, topic(kind, router), encoded(document)) for at, router, kind, document in found]


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    """A store, and ClickHouse into which it was exported twice: half of it first, then all."""
    directory = tmp_path_factory.mktemp("isp")
    options = "".join(f'{name} = "none"\n' for name in ("broker", "ca", "certificate", "key"))
    (directory / "isp.toml").write_text(f'{options}database = "isp.db"\n')
    sqlite = store.connect(directory / "isp.db")
    session = Session()
    session.query("CREATE DATABASE isp")
    session.query("USE isp")
    for statement in filter(str.strip, (HERE / "clickhouse.sql").read_text().split(";\n")):
        session.query(statement)
    messages = arrivals()
    for part in (messages[: len(messages) // 2], messages[len(messages) // 2 :]):
        assert intake.store(sqlite, part).quarantined == 0
        for table in export.TABLES:
            load(session, table, exported(directory, table))
    yield sqlite, session
    session.close()


def exported(directory, table):
    argv = [sys.executable, "-m", "portvagt_isp", "export", "--config", directory / "isp.toml", table]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def load(session, table, lines):
    session.query("SET date_time_input_format = 'best_effort'")
    session.query(f"INSERT INTO {table} FORMAT JSONEachRow {lines}")


def both(connection, name, **parameters):
    sqlite, session = connection
    in_sqlite = [list(row) for row in sqlite.execute(SQLITE[name], parameters)]
    texts = {"cpe": "", "since": rfc3339(0)} | parameters
    if "since" in parameters:
        texts["since"] = rfc3339(parameters["since"]).rstrip("Z")
    used = {key: value for key, value in texts.items() if f"{{{key}:" in QUERIES[name]}
    lines = str(session.query(QUERIES[name], "JSONCompactEachRow", params=used)).splitlines()
    return in_sqlite, [list(json.loads(line)) for line in lines]


def test_each_query_has_its_pair():
    assert QUERIES.keys() == SQLITE.keys()


@pytest.mark.parametrize("name", SQLITE)
def test_both_stores_give_the_same_answer(connection, name):
    in_sqlite, in_clickhouse = both(connection, name, cpe="cpe-7", since=SINCE)
    assert in_clickhouse == in_sqlite
    assert len(in_sqlite) > 1  # it was asked about something


def test_a_repetition_keeps_the_first_time(connection):
    sqlite, session = connection
    [row] = sqlite.execute("SELECT * FROM events LIMIT 1")
    later = export.document(row) | {"received": rfc3339(NOW)}
    load(session, "events", json.dumps(later))
    session.query("OPTIMIZE TABLE events FINAL")
    query = f"SELECT count(), toUnixTimestamp64Milli(min(received)) FROM events WHERE id = '{row['id']}'"
    assert str(session.query(query)).strip() == f"1,{int(row['received'] * 1000)}"
