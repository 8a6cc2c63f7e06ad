"""The kernel's side of a block: loads the ruleset, changes and reads the elements of its sets."""

import errno
import os

from portvagt import runtime
from portvagt.block import elements, ruleset
from portvagt.watch import address, conntrack
from portvagt.watch.requests import Requests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from portvagt.block.elements import Element
    from portvagt.config import Config

NFT_TIMEOUT_S = 10


class TableError(Exception):
    """The kernel or nft refused; the text is what nft said."""


class Table:
    """The table `inet portvagt` of one configuration. Keys of devices are 6, 4 or 16 bytes."""

    def __init__(self, config: "Config") -> None:
        self._config = config
        self.requests = Requests(conntrack.PROTOCOL)

    def load(self, stopped: "list[bytes]", unread: "list[bytes]") -> None:
        """Load the whole ruleset in one transaction, with these devices stopped and with these notices unread.

        Raises TableError, OSError.
        """
        members = [(ruleset.STOPPED[len(key)], address.device_text(key)) for key in stopped]
        members.extend([(ruleset.NOTICE[len(key)], address.device_text(key)) for key in unread])
        path = self._config.main.run_dir + "/guard/table.nft"
        with open(path, "w") as file:
            file.write(ruleset.text(self._config, members))
        run_nft(path)

    def is_loaded(self) -> bool:
        """Whether the kernel has our table."""
        try:
            for _ in self._elements(ruleset.STOPPED[6]):
                pass
        except OSError:
            return False
        return True

    def stop(self, key: bytes) -> None:
        """Refuse the device's mail for the quiet time, and show it the notice. Raises OSError."""
        self._add(ruleset.STOPPED, key)
        self._add(ruleset.NOTICE, key)

    def release(self, key: bytes) -> None:
        """Forget that the device was stopped. Raises OSError."""
        for sets in (ruleset.STOPPED, ruleset.NOTICE, ruleset.ATTEMPTS):
            self._delete(sets, key)

    def exempt(self, key: bytes, seconds: float) -> None:
        """No cap and no block for the device, for a time. Raises OSError."""
        self.release(key)
        self._delete(ruleset.EXEMPT, key)  # before Linux 6.12 a timeout can't be changed, only set anew
        self._add(ruleset.EXEMPT, key, seconds)

    def end_exemption(self, key: bytes) -> None:
        """The cap holds for the device again. Raises OSError."""
        self._delete(ruleset.EXEMPT, key)

    def end_notice(self, key: bytes) -> None:
        """A person has read the page. Raises OSError."""
        self._delete(ruleset.NOTICE, key)

    def stopped(self) -> "set[bytes]":
        """The devices that the kernel refuses now. Raises OSError."""
        return {element.key for name in ruleset.STOPPED.values() for element in self._elements(name)}

    def attempts(self) -> "dict[bytes, int]":
        """Packets that the kernel refused from each stopped device that sent any. Raises OSError."""
        found = [element for name in ruleset.ATTEMPTS.values() for element in self._elements(name)]
        return {element.key: element.packets or 0 for element in found}

    def _add(self, sets: "dict[int, str]", key: bytes, timeout_s: "float | None" = None) -> None:
        self.requests.order(elements.batch(elements.add(sets[len(key)], key, timeout_s)))

    def _delete(self, sets: "dict[int, str]", key: bytes) -> None:
        try:
            self.requests.order(elements.batch(elements.delete(sets[len(key)], key)))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise

    def _elements(self, name: str) -> "Iterator[Element]":
        return self.requests.dump(elements.dump(name), elements.parse)


def run_nft(path: str) -> None:
    """`nft -f path`, given up after NFT_TIMEOUT_S. Raises TableError with what nft said."""
    # both timeout(1)s, coreutils' and busybox', take this form
    status = runtime.run("timeout {} nft -f {} 2> {}.error".format(NFT_TIMEOUT_S, path, path))
    if status != 0:
        with open(path + ".error") as file:
            said = file.read(400).split("\n")[0]
        raise TableError(said or "nft ended with status {}".format(status))
    os.remove(path + ".error")
