"""Publishes the commands and policies that the store has for routers."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from portvagt_isp import contract, intake, store
from portvagt_isp.broker_link import FAILURE, NO_SUBSCRIBERS, BrokerLink, Confirmation
from portvagt_isp.intake import Arrival

TOPIC = re.compile(r"v1/cpe/[A-Za-z0-9._-]{1,64}/down/(cmd|policy)", re.ASCII)
AGAIN_S = 2.0  # after the broker knew nobody who would get it, or refused it
LEASE_S = 5.0
AT_ONCE = 100  # publications without a confirmation

# A router that is away loses a command, so one that is known to be away is waited for.
_COMMANDS = """
SELECT id, cpe_id, expires, document FROM commands WHERE sent IS NULL
    AND cpe_id NOT IN (SELECT cpe_id FROM states WHERE NOT online) ORDER BY created LIMIT 1000
"""
_POLICIES = "SELECT cpe_id, created, document FROM policies WHERE sent IS NULL ORDER BY created LIMIT 1000"
# one of several collectors publishes; where none does for LEASE_S, another one takes its place
_LEASE = """
INSERT INTO meta VALUES ('publisher', json_array(:name, :now + :lease)) ON CONFLICT (key) DO UPDATE
SET value = excluded.value WHERE json_extract(value, '$[0]') = :name OR json_extract(value, '$[1]') < :now
"""


class Letter(NamedTuple):
    """What is to be published, and the statement that marks it; `key` is what the mark is found by."""

    topic: str
    kind: str
    document: str
    expires: float | None
    mark: str
    key: tuple[Any, ...]


class Outgoing:
    """Call `step` often. `say(line)` tells a person what hinders."""

    def __init__(self, connection: sqlite3.Connection, link: BrokerLink, name: str, say: Callable[[str], None]) -> None:
        self._connection = connection
        self._link = link
        self._name = name
        self._say = say
        self._under_way: dict[int, Letter] = {}
        self._later: dict[tuple[Any, ...], float] = {}  # key: not before

    def step(self, now: float) -> None:
        """Publish what waits, mark what was confirmed. Raises sqlite3.Error."""
        while not self._link.confirmations.empty():
            self._confirmed(self._link.confirmations.get(), now)
        self._connection.execute("UPDATE commands SET sent = ? WHERE sent IS NULL AND expires <= ?", (store.NEVER, now))
        self._later = {key: until for key, until in self._later.items() if until > now}
        letters = self._waiting()
        if letters and self._link.online() and self._leads(now):
            for letter in letters[: AT_ONCE - len(self._under_way)]:
                self._send(letter, now)

    def _waiting(self) -> list[Letter]:
        busy = {letter.key for letter in self._under_way.values()} | self._later.keys()
        letters = [
            *map(_command, self._connection.execute(_COMMANDS)),
            *map(_policy, self._connection.execute(_POLICIES)),
        ]
        return [letter for letter in letters if letter.key not in busy]

    def _leads(self, now: float) -> bool:
        return bool(self._connection.execute(_LEASE, {"name": self._name, "now": now, "lease": LEASE_S}).rowcount)

    def _send(self, letter: Letter, now: float) -> None:
        payload = letter.document.encode(errors="replace")
        try:
            _check(letter, payload)
        except contract.Refused as error:
            self._undeliverable(letter, payload, str(error), now)
            return
        left = None if letter.expires is None else letter.expires - now
        mid = self._link.publish(letter.topic, payload, letter.kind == "policy", left)
        self._under_way[mid] = letter

    def _undeliverable(self, letter: Letter, payload: bytes, why: str, now: float) -> None:
        reason = str(contract.refusal("undeliverable", why))
        self._say(f"not sent to {letter.topic}: {reason}")
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            intake.quarantine(self._connection, [(Arrival(now, letter.topic, payload), reason)])
            self._connection.execute(letter.mark, (store.NEVER, *letter.key))

    def _confirmed(self, confirmation: Confirmation, now: float) -> None:
        letter = self._under_way.pop(confirmation.mid, None)
        if letter is None:
            return
        if confirmation.code >= FAILURE:
            self._say(f"the broker refuses {letter.topic} ({confirmation.code}): may we write v1/cpe/+/down/#?")
            self._later[letter.key] = now + AGAIN_S
        elif confirmation.code == NO_SUBSCRIBERS and letter.kind == "command":
            self._later[letter.key] = now + AGAIN_S  # the router is not there: it would be lost
        else:
            self._connection.execute(letter.mark, (now, *letter.key))


def _check(letter: Letter, payload: bytes) -> None:
    """Raises contract.Refused."""
    if not TOPIC.fullmatch(letter.topic):
        raise contract.refusal("topic", "no name of a router")
    if payload or letter.kind == "command":
        document = contract.parse(letter.kind, payload)[1]
        if letter.kind == "command" and document["id"] != letter.key[0]:
            raise contract.refusal("contradiction", f"the document's id is {document['id']}")


def _command(row: sqlite3.Row) -> Letter:
    mark = "UPDATE commands SET sent = ? WHERE id = ? AND sent IS NULL"
    return Letter(f"v1/cpe/{row['cpe_id']}/down/cmd", "command", row["document"], row["expires"], mark, (row["id"],))


def _policy(row: sqlite3.Row) -> Letter:
    # by its content too: somebody may have put another one in its place meanwhile
    mark = "UPDATE policies SET sent = ? WHERE cpe_id = ? AND created = ? AND document = ? AND sent IS NULL"
    return Letter(f"v1/cpe/{row['cpe_id']}/down/policy", "policy", row["document"], None, mark, tuple(row))
