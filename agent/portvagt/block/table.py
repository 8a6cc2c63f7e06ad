"""The kernel's side of a block: loads the ruleset, changes and reads the elements of its sets."""

import errno
from collections import namedtuple

from portvagt import log, runtime
from portvagt.block import elements, familiar, ruleset
from portvagt.block.nft import NftHangs, TableError, run_nft, start_nft
from portvagt.watch import address, conntrack
from portvagt.watch.requests import Requests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from portvagt.block.elements import Change, Element
    from portvagt.config import Config
    from portvagt.loop import Loop

    Way = tuple[str, "list[Member]"]  # text before the ruleset, devices

_OTHERWISE = "nft refused the table, it is tried otherwise"

# A stopped device. key: 6, 4 or 16 bytes; unread: nobody has read its notice; familiar: list of networks where it may
# still submit mail (3 bytes for an IPv4 /24, 6 for an IPv6 /48), which count only where the key is a MAC; garden: its
# web leads to the page
Member = namedtuple("Member", ("key", "unread", "familiar", "garden"))

# Of a stopped device. packets: that the kernel refused; seconds_ago: float, since the last of them
Attempts = namedtuple("Attempts", ("packets", "seconds_ago"))


class Table:
    """The table `inet portvagt` of one configuration. Keys of devices are 6, 4 or 16 bytes."""

    def __init__(self, config: "Config") -> None:
        self._config = config
        self._text: "Any | None" = None  # of the last load; nft may be reading it
        self.requests = Requests(conntrack.PROTOCOL)

    def load(self, members: "list[Member]") -> None:
        """Load the whole ruleset in one transaction, with these devices stopped. What the sets have already stays.

        What nft refuses is tried without familiar networks (their sets may be full), then in the place of the table
        that is there (an older version's sets have other flags): that ends exemptions and counts. Raises TableError,
        OSError.
        """
        ways = _ways(members)
        while True:
            try:
                run_nft(self._written(*ways.pop(0)))
                return
            except TableError as error:
                if not ways or isinstance(error, NftHangs):
                    raise
                log.warning(_OTHERWISE, str(error))

    def load_beside(
        self, loop: "Loop", members: "list[Member]", done: "Callable[[TableError | OSError | None], None]"
    ) -> None:
        """The same while the loop goes on, and one at a time; then `done(error)`."""
        self._try(loop, _ways(members), done)

    def _try(self, loop: "Loop", ways: "list[Way]", done: "Callable[[TableError | OSError | None], None]") -> None:
        def ended(error: "TableError | None") -> None:
            if error is None or not ways or isinstance(error, NftHangs):
                done(error)
            else:
                log.warning(_OTHERWISE, str(error))
                self._try(loop, ways, done)

        try:
            start_nft(loop, self._written(*ways.pop(0)), ended)
        except OSError as error:
            done(error)

    def _written(self, before: str, members: "list[Member]") -> str:
        """The path of the file that nft is to load, in memory: /var may be full. Raises OSError."""
        if self._text is not None:
            self._text.close()
        self._text = runtime.memory_file()
        self._text.write(before + ruleset.text(self._config, _texts(members)))
        self._text.flush()
        return "/proc/self/fd/{}".format(self._text.fileno())

    def is_loaded(self) -> bool:
        """Whether the kernel has our table."""
        try:
            for _ in self._elements(ruleset.STOPPED[6]):
                pass
        except OSError:
            return False
        return True

    def stop(self, key: bytes, familiar_networks: "list[bytes]") -> None:
        """Refuse the device's mail until it is released, but to these networks, and show it the notice.

        `familiar_networks` as in Member. One transaction; when the kernel does not take the networks (ENFILE: their
        sets are full) the device is stopped without. Raises OSError: ENFILE when ruleset.DEVICES are stopped already.
        """
        size = len(key)
        changes = [elements.add(ruleset.STOPPED[size], key), elements.add(ruleset.NOTICE[size], key)]
        networks = _familiar_additions(key, familiar_networks)
        try:
            self._order(changes + networks)
        except OSError as error:
            if not networks:
                raise
            log.warning("the kernel refused a stop with familiar servers, tried without", str(error))
            self._order(changes)

    def put(self, member: Member) -> None:
        """Refuse its mail, and let the rest be as `member` says. Raises OSError as `stop`."""
        self.stop(member.key, member.familiar)
        if not member.unread:
            self.end_notice(member.key)
        if member.garden:
            self.confine(member.key)

    def release(self, key: bytes) -> None:
        """Forget that the device was stopped. Raises OSError."""
        names = [ruleset.STOPPED[len(key)], ruleset.NOTICE[len(key)], ruleset.GARDEN[len(key)]]
        if len(key) == 6:
            names.extend(familiar.SETS.values())
        changes = [
            elements.delete(name, element.key, element.end)
            for name in names
            for element in self._elements(name)
            if element.key[: len(key)] == key
        ]
        if changes:
            self._order(changes)
        # last: until it is released, a packet may begin the count anew. What is not there is not ordered away: the
        # kernel takes ten times as long to refuse a transaction as to carry one out
        if any([element.key == key for element in self._elements(ruleset.ATTEMPTS[len(key)])]):
            self._delete(ruleset.ATTEMPTS, key)

    def confine(self, key: bytes) -> None:
        """Lead the device's web to the page. Raises OSError."""
        self._add(ruleset.GARDEN, key)

    def let_out(self, key: bytes) -> None:
        """Its web is open again. Raises OSError."""
        self._delete(ruleset.GARDEN, key)

    def exempt(self, key: bytes, seconds: float) -> None:
        """No cap and no block for the device, for a time. Raises OSError."""
        self.release(key)
        self._delete(ruleset.EXEMPT, key)  # before Linux 6.12 a timeout can't be changed, only set anew
        self._add(ruleset.EXEMPT, key, seconds)

    def end_exemption(self, key: bytes) -> None:
        """The cap holds for the device again. Raises OSError."""
        self._delete(ruleset.EXEMPT, key)

    def notice(self, key: bytes) -> None:
        """Show the device the notice again. Raises OSError."""
        self._add(ruleset.NOTICE, key)

    def end_notice(self, key: bytes) -> None:
        """A person has read the page. Raises OSError."""
        self._delete(ruleset.NOTICE, key)

    def stopped(self) -> "set[bytes]":
        """The devices that the kernel refuses now. Raises OSError."""
        return {element.key for name in ruleset.STOPPED.values() for element in self._elements(name)}

    def confined(self) -> "set[bytes]":
        """The devices whose web the kernel leads to the page. Raises OSError."""
        return {element.key for name in ruleset.GARDEN.values() for element in self._elements(name)}

    def attempts(self) -> "dict[bytes, Attempts]":
        """What each stopped device tried that tried anything in ruleset.ATTEMPTS_KEPT_S. Raises OSError."""
        found = [element for name in ruleset.ATTEMPTS.values() for element in self._elements(name)]
        return {element.key: _attempts(element) for element in found}

    def capped(self) -> "dict[bytes, int]":
        """Packets that a cap or policy closed refused in 24 hours or more, by MAC. Raises OSError."""
        return {element.key: element.packets or 0 for element in self._elements(ruleset.CAPPED)}

    def _add(self, sets: "dict[int, str]", key: bytes, timeout_s: "float | None" = None) -> None:
        self._order([elements.add(sets[len(key)], key, timeout_s)])

    def _order(self, changes: "list[Change]") -> None:
        self.requests.order(elements.batch(changes))

    def _delete(self, sets: "dict[int, str]", key: bytes) -> None:
        try:
            self._order([elements.delete(sets[len(key)], key)])
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise

    def _elements(self, name: str) -> "Iterator[Element]":
        return self.requests.dump(elements.dump(name), elements.parse)


def _ways(members: "list[Member]") -> "list[Way]":
    """What may be loaded, the best first."""
    without = [Member(each.key, each.unread, [], each.garden) for each in members]
    choices = [members, without] if any([each.familiar for each in members]) else [members]
    return [(before, chosen) for before in ("", ruleset.REMOVAL) for chosen in choices]


def _texts(members: "list[Member]") -> "list[tuple[str, str]]":
    """(set, element) of all of them as nft writes these."""
    found = [(ruleset.STOPPED[len(each.key)], address.device_text(each.key)) for each in members]
    found.extend([(ruleset.NOTICE[len(each.key)], address.device_text(each.key)) for each in members if each.unread])
    found.extend([(ruleset.GARDEN[len(each.key)], address.device_text(each.key)) for each in members if each.garden])
    for each in members:
        if len(each.key) == 6:
            found.extend([(familiar.SETS[len(net)], familiar.text(each.key, net)) for net in each.familiar])
    return found


def _familiar_additions(key: bytes, networks: "list[bytes]") -> "list[Change]":
    if len(key) != 6:
        return []
    found = []
    for network in networks:
        first, last = familiar.ends(key, network)
        found.append(elements.add(familiar.SETS[len(network)], first, end=last))
    return found


def _attempts(element: "Element") -> Attempts:
    left = ruleset.ATTEMPTS_KEPT_S if element.expires_s is None else element.expires_s
    return Attempts(element.packets or 0, max(0.0, ruleset.ATTEMPTS_KEPT_S - left))
