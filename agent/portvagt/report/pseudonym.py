"""Devices under a name that only this router can resolve: HMAC-SHA-256 with a key that never leaves it.

MicroPython has sha256 but no hmac, so RFC 2104's construction stands here.
"""

import binascii
import errno
import hashlib
import os

from portvagt import log, runtime
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

KEY_BYTES = 32
_BLOCK = 64  # SHA-256's block size in bytes
_NAME_BYTES = 16


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """RFC 2104 with SHA-256: 32 bytes."""
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    key = key + b"\0" * (_BLOCK - len(key))
    inner = hashlib.sha256(bytes([byte ^ 0x36 for byte in key]) + message).digest()
    return hashlib.sha256(bytes([byte ^ 0x5C for byte in key]) + inner).digest()


def pseudonym(key: bytes, device: str) -> str:
    """32 hex digits that stand for a device (its MAC as text)."""
    return binascii.hexlify(hmac_sha256(key, device.encode())[:_NAME_BYTES]).decode()


class Pseudonyms:
    """Of one router. `days`: after which a device gets another one, 0: never. Devices: keys as of the judge."""

    def __init__(self, key: bytes, days: int) -> None:
        self._key = key
        self._days = days

    def of(self, device: bytes, unix_s: "float | None") -> str:
        """The pseudonym of a device at a time; None: while the clock is not set, which is a period of its own."""
        return pseudonym(self._key, _in_period(device, self._period(unix_s)))

    def device_of(self, name: str, devices: "Iterable[bytes]", unix_s: "float | None") -> "bytes | None":
        """Which of these devices has this pseudonym, or had it in the period before; None when none has."""
        now = self._period(unix_s)
        periods = (now,) if now is None else (now, now - 1, None)
        for device in devices:
            if any([pseudonym(self._key, _in_period(device, period)) == name for period in periods]):
                return device
        return None

    def _period(self, unix_s: "float | None") -> "int | None":
        return int(unix_s // (86400 * self._days)) if self._days and unix_s is not None else None


def _in_period(device: bytes, period: "int | None") -> str:
    text = address.device_text(device)
    return text if period is None else "{} {}".format(text, period)


def load_key(path: str) -> bytes:
    """The router's key; made at the first call. One that can't be written down lasts until the guard ends."""
    try:
        with open(path, "rb") as file:
            key = file.read(KEY_BYTES + 1)
        if len(key) == KEY_BYTES:
            return key
        problem = "{}: is not {} bytes long".format(path, KEY_BYTES)
    except OSError as error:
        problem = "" if error.errno == errno.ENOENT else "{}: {}".format(path, error)
    if problem:  # worse pseudonyms are better than no protection: the guard starts
        log.warning("the pseudonym key is replaced, the ISP will not recognise known devices", problem)
    key = os.urandom(KEY_BYTES)
    try:
        runtime.write_private(path, (key,))
    except OSError as error:
        log.error("the pseudonym key can't be saved, the next start makes another", "{}: {}".format(path, error))
    return key
