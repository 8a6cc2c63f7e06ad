"""The key that signs sessions and forms: a file that only the desk's user may read, made when it is missing."""

import os
import secrets
from pathlib import Path

from portvagt_isp.errors import IspError

OTHERS = 0o077
SHORTEST = 32


def read(path: Path) -> str:
    """The key in a file. Raises IspError when there can be none, others may read it, or it is too short."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _checked(path)
    except OSError as error:
        raise IspError(f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    return _checked(path)


def _checked(path: Path) -> str:
    if path.stat().st_mode & OTHERS:
        raise IspError(f"{path}: others may read the key; type: chmod 600 {path}")
    key = path.read_text().strip()
    if len(key) < SHORTEST:
        raise IspError(f"{path}: a key of at least {SHORTEST} characters is needed; delete the file to have one made")
    return key
