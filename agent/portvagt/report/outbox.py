"""Events that the broker has not confirmed yet, in memory and in a journal on flash.

An event is on the disk before the guard may forget it. A file that SIGKILL, a power cut or a full disk left torn is
repaired by writing it anew, beside the old one, before anything is added to it.
"""

import errno
import json
from collections import OrderedDict

from portvagt import aside, log, runtime
from portvagt.report import journal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

COUNT_MAX = 500
BYTES_MAX = 256 * 1024
EVENT_MAX = 2048  # bytes of one event's JSON text
ID_MAX = 64
# actions that no other makes room for; acknowledgements have none and count as these
IMPORTANT = ("stopped", "observed", "confined")
DELIVERED_MAX = 128  # ids kept to know a repetition: more than the guard holds back for us
DELIVERED_BATCH = 20  # deliveries a flash write; losing that note only costs a repetition


def _is_minor(event: "dict[str, Any]") -> bool:
    data = event.get("data")
    return isinstance(data, dict) and data.get("action", IMPORTANT[0]) not in IMPORTANT


class Outbox:
    """At most `count_max` events and `bytes_max` bytes of them; when it is full, the oldest of the least important go.

    `dropped`: how many had to go so. `damaged`: how many files could not be read, or not all of one.
    """

    def __init__(self, path: str, count_max: int = COUNT_MAX, bytes_max: int = BYTES_MAX) -> None:
        self.dropped = self.damaged = 0
        self._path = path
        self._count_max = count_max
        self._bytes_max = bytes_max
        self._bytes = 0
        self._events: "OrderedDict[str, bytes]" = OrderedDict()
        self._minor: "OrderedDict[str, bool]" = OrderedDict()  # ids of the less important events
        self._delivered: "list[str]" = []  # or dropped
        self._unsaved: "OrderedDict[str, bool]" = OrderedDict()  # events that only memory has
        self._unsaved_deliveries: "list[str]" = []
        self._journal_bytes = 0
        self._whole = False  # the file exists and ends with a complete line: it may be appended to
        self._restore()

    def waiting(self) -> "list[str]":
        """Ids of the events that were not delivered, oldest first."""
        return list(self._events)

    def text(self, identity: str) -> bytes:
        """JSON text of a waiting event."""
        return self._events[identity]

    def unsaved(self) -> int:
        """How many waiting events only memory has."""
        return len(self._unsaved)

    def is_safe(self, identity: str) -> bool:
        """Whether a restart can't lose this event: it is on the disk, delivered or dropped."""
        return identity not in self._unsaved

    def add(self, event: "dict[str, Any]") -> bool:
        """Take an event, once; False while only memory has it. Raises ValueError: it is no event, or too large."""
        identity, text = event.get("id"), json.dumps(event).encode()
        if not isinstance(identity, str) or not 0 < len(identity) <= ID_MAX or len(text) > EVENT_MAX:
            raise ValueError("an event needs an 'id' and has at most {} bytes".format(EVENT_MAX))
        if identity in self._events or identity in self._delivered:
            return self.is_safe(identity)
        minor = _is_minor(event)
        if not self._make_room(len(text), minor):
            self._drop(identity)
            return True
        self._put(identity, text, minor)
        self._unsaved[identity] = True
        return self.save()

    def done(self, identity: str) -> None:
        """The broker has confirmed an event. One that was dropped meanwhile is ignored."""
        if identity not in self._events:
            return
        self._take(identity)
        # when all is delivered, nothing of it stays on the flash
        if not self._events or len(self._unsaved_deliveries) >= DELIVERED_BATCH:
            self.save()

    def save(self) -> bool:
        """Write what only memory has; False when the disk refuses (said in the log): try again later."""
        try:
            if self._whole and self._events and self._journal_bytes < 2 * self._bytes_max:
                self._append()
            else:
                self._rewrite()
        except (OSError, MemoryError) as error:
            problem = "{}: {} (look with: df, mount)".format(self._path, error)
            log.error("events can't be stored, they stay in memory and are tried again", problem)
            self._unsaved_deliveries.clear()  # the next attempt writes all of what was delivered
            return False
        self._unsaved.clear()
        self._unsaved_deliveries.clear()
        return True

    def _put(self, identity: str, text: bytes, minor: bool) -> None:
        self._bytes += len(text) - len(self._events.get(identity, b""))
        self._events[identity] = text
        if minor:
            self._minor[identity] = True

    def _forget(self, identity: str) -> None:
        self._bytes -= len(self._events.pop(identity, b""))
        self._minor.pop(identity, None)
        self._unsaved.pop(identity, None)

    def _take(self, identity: str) -> None:
        self._forget(identity)
        self._unsaved_deliveries.append(identity)
        self._remember([identity])

    def _remember(self, identities: "list[str]") -> None:
        self._delivered.extend(identities)
        del self._delivered[:-DELIVERED_MAX]

    def _make_room(self, size: int, minor: bool) -> bool:
        """For an event of `size` bytes; False: only more important ones could go."""
        while self._events and (len(self._events) >= self._count_max or self._bytes + size > self._bytes_max):
            if minor and not self._minor:
                return False
            self._drop(next(iter(self._minor or self._events)))
        return True

    def _drop(self, identity: str) -> None:
        self._take(identity)
        self.dropped += 1
        log.warning("the outbox is full, the oldest of the least important events goes", "no. {}".format(self.dropped))

    def _append(self) -> None:
        lines = [journal.line(self._events[each]) for each in self._unsaved]
        if self._unsaved_deliveries:
            lines.insert(0, journal.line(json.dumps(self._unsaved_deliveries).encode()))
        content = b"".join(lines)
        self._whole = False  # until all of it is on the disk
        with open(self._path, "ab") as file:
            file.write(content)
            runtime.sync(file)
        self._whole = True
        self._journal_bytes += len(content)

    def _rewrite(self) -> None:
        self._whole = False
        self._journal_bytes = 0
        runtime.write_private(self._path, self._lines())
        self._whole = True

    def _lines(self) -> "Iterator[bytes]":
        """The whole journal, a line at a time: in one piece it is more memory than a small router can spare."""
        for text in [json.dumps(self._delivered).encode()] + list(self._events.values()):
            one_line = journal.line(text)
            self._journal_bytes += len(one_line)
            yield one_line

    def _restore(self) -> None:
        try:
            with open(self._path, "rb") as file:
                texts, damaged, torn = journal.read(file)
        except OSError as error:
            if error.errno != errno.ENOENT:
                self.damaged += 1
                log.error("stored events can't be read", "{}: {}".format(self._path, error))
            return
        for text in texts:
            damaged = not self._apply(text) or damaged
        self._journal_bytes = sum([len(text) + 10 for text in texts])
        self._whole = not torn
        if damaged:
            self._set_aside()

    def _apply(self, text: bytes) -> bool:
        """Replay one record: a JSON object is an event, a list names the delivered ones. False: it is neither."""
        try:
            record = json.loads(text)
            if isinstance(record, dict):
                self._put(str(record["id"]), text, _is_minor(record))
            else:
                self._remember([str(each) for each in record])
                for each in record:
                    self._forget(str(each))
        except (ValueError, KeyError, TypeError):
            return False
        return True

    def _set_aside(self) -> None:
        self._whole = False
        self.damaged += 1
        try:
            bad = aside.set_aside(self._path)
            log.error("the outbox was damaged", "{} events are left of it, see {}".format(len(self._events), bad))
        except OSError as error:
            log.error("the damaged outbox can't be set aside", str(error))
        self.save()
