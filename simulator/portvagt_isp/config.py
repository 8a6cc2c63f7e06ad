"""The configuration file: TOML, one flat table; table [desk] is the abuse desk's. docs/isp.md has an example."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from portvagt_isp.errors import IspError


class Config(NamedTuple):
    """What the file says; paths are relative to it."""

    broker: str  # host name, as in the broker's certificate
    ca: Path
    certificate: Path
    key: Path
    database: Path
    port: int = 8883
    name: str = "collector"  # client id: each collector has its own
    group: str = ""  # collectors of one group share the messages; '': this one takes them all
    retention_days: int = 180
    receipts: bool = False  # tell routers what is stored, for those with option receipts


PATHS = ("ca", "certificate", "key", "database")
TYPES = {
    "broker": str,
    "port": int,
    "name": str,
    "group": str,
    "retention_days": int,
    "receipts": bool,
} | dict.fromkeys(PATHS, str)
WORDS = {int: "number", str: "text", bool: "true or false"}
RANGES = {"port": (1, 65535), "retention_days": (1, 3660)}


def load(path: Path) -> Config:
    """Read the file. Raises IspError."""
    try:
        table = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise IspError(f"{path}: {error}") from None
    table.pop("desk", None)
    _check(path, table)
    found = table | {name: path.parent / table[name] for name in PATHS}
    return Config(**found)


def _check(path: Path, table: dict[str, Any]) -> None:
    for name in table.keys() - TYPES.keys():
        raise IspError(f"{path}: there is no option '{name}'; there are: {', '.join(Config._fields)}")
    for name in Config._fields:
        if name in table:
            _check_value(path, name, table[name])
        elif name not in Config._field_defaults:
            raise IspError(f"{path}: option '{name}' is missing")


def _check_value(path: Path, name: str, value: Any) -> None:
    if type(value) is not TYPES[name]:
        raise IspError(f"{path}: {name} = {value!r} is no {WORDS[TYPES[name]]}")
    if type(value) is int:
        low, high = RANGES[name]
        if not low <= value <= high:
            raise IspError(f"{path}: {name} = {value} is not from {low} to {high}")
    elif name == "name" and not value:
        raise IspError(f"{path}: name may not be empty: the broker keeps messages under it")
    elif name == "group" and any(mark in str(value) for mark in "/+#"):
        raise IspError(f"{path}: group = {value!r} may not have / + or # (MQTT 5, section 4.8.2)")
