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


def device_of(key: bytes, name: str, devices: "Iterable[bytes]") -> "bytes | None":
    """Which of these devices (keys as of the judge) has this pseudonym; None when none has."""
    for device in devices:
        if pseudonym(key, address.device_text(device)) == name:
            return device
    return None


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
