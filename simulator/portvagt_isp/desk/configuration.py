"""Table [desk] of the configuration file, and which database it shares with the collector."""

import tomllib
import zoneinfo
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from portvagt_isp.errors import IspError


class Reporter(NamedTuple):
    """Who signs a XARF report."""

    org: str
    contact: str
    domain: str


class Desk(NamedTuple):
    """How the desk is served. `public_url`: what people type; with https, cookies are sent over TLS only."""

    database: Path
    users: Path
    secret_key_file: Path
    address: str = "127.0.0.1"
    port: int = 8026
    public_url: str = ""
    behind_proxy: bool = False
    time_zone: str = "UTC"
    reporter: Reporter | None = None

    @property
    def url(self) -> str:
        """What people type."""
        return self.public_url.rstrip("/") or f"http://{self.address}:{self.port}"

    @property
    def is_tls(self) -> bool:
        """Whether people reach it by https, through a proxy."""
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        """The name in the Host header that is ours."""
        return urlsplit(self.url).hostname or ""


_KINDS = {
    "users": str,
    "secret_key_file": str,
    "address": str,
    "port": int,
    "public_url": str,
    "behind_proxy": bool,
    "time_zone": str,
    "reporter": dict,
}
_PATHS = ("users", "secret_key_file")


def read(path: Path) -> Desk:
    """The desk's part of a file. Relative paths are the file's neighbours. Raises IspError."""
    try:
        with path.open("rb") as file:
            document = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise IspError(f"{path}: {error}") from error
    return parsed(document, path.parent)


def parsed(document: dict[str, Any], beside: Path) -> Desk:
    """The desk's part of a document. Raises IspError."""
    if not isinstance(document.get("database"), str):
        raise IspError("database: the path of the file that collector and desk share")
    section = document.get("desk", {})
    for key, value in section.items():
        if key not in _KINDS:
            raise IspError(f"[desk] {key}: no such key; there are {', '.join(_KINDS)}")
        if type(value) is not _KINDS[key]:
            raise IspError(f"[desk] {key}: should be a {_KINDS[key].__name__}")
    for key in _PATHS:
        if key not in section:
            raise IspError(f"[desk] {key}: a path is needed")
    values = {**section, **{key: beside / section[key] for key in _PATHS}}
    if "reporter" in values:
        values["reporter"] = _reporter(values["reporter"])
    desk = Desk(database=beside / document["database"], **values)
    _check(desk)
    return desk


def _reporter(section: dict[str, Any]) -> Reporter:
    if set(section) != set(Reporter._fields) or not all(isinstance(value, str) and value for value in section.values()):
        raise IspError(f"[desk.reporter] needs exactly {', '.join(Reporter._fields)}, each a text")
    return Reporter(**section)


def _check(desk: Desk) -> None:
    try:
        zoneinfo.ZoneInfo(desk.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise IspError(f"[desk] time_zone: {error}; such as Europe/Copenhagen") from error
    if not 0 < desk.port < 65536:
        raise IspError("[desk] port: 1 to 65535")
    if urlsplit(desk.url).scheme not in ("http", "https") or not desk.host:
        raise IspError("[desk] public_url: such as https://desk.example.net")
