"""Runs of nft(8), which loads a whole ruleset in one transaction; one that hangs is killed."""

from portvagt import runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portvagt.loop import Loop

TIMEOUT_S = 10
_SAID_MAX = 400  # bytes


class TableError(Exception):
    """The kernel or nft refused; the text is what nft said."""


class NftHangs(TableError):
    """It did not end in time, and another text would not help."""


def run_nft(path: str) -> None:
    """`nft -f path`. Raises TableError with what nft said, NftHangs, OSError."""
    run = _Run(path)
    while not run.ended():
        pass
    if run.error is not None:
        raise run.error


def start_nft(loop: "Loop", path: str, ended: "Callable[[TableError | None], None]") -> None:
    """The same while the loop goes on; then `ended(error)`. Raises OSError."""
    run = _Run(path)

    def on_ready(events: int) -> None:
        if run.ended(lambda: loop.forget(run.child)):
            ended(run.error)

    loop.watch(run.child, on_ready)


class _Run:
    """`error`: what came of it, once it has ended."""

    def __init__(self, path: str) -> None:
        self.error: "TableError | None" = None
        self._said = b""
        self._started = runtime.monotonic()
        # both timeout(1)s, coreutils' and busybox', take this form
        self.child = runtime.Child("timeout -s KILL {} nft -f {}".format(TIMEOUT_S, path))

    def ended(self, before_close: "Callable[[], None]" = lambda: None) -> bool:
        """Wait until it says something or ends; whether it has ended."""
        said = self.child.read(_SAID_MAX)
        if said:
            self._said = (self._said + said)[:_SAID_MAX]
            return False
        before_close()
        status = runtime.exit_status(self.child.wait())
        if status and runtime.monotonic() - self._started >= TIMEOUT_S:
            self.error = NftHangs("nft was killed after {} s".format(TIMEOUT_S))
        elif status:
            # cut in the middle of a letter it would be no text
            text = bytes([byte for byte in self._said if byte < 128]).decode().split("\n")[0]
            self.error = TableError(text or "nft ended with status {}".format(status))
        return True
