"""The line that says what a measurement was taken on."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path


def line(with_commit: bool = True) -> str:
    """Processor, cores, memory, kernel, Python, nft, day, commit."""
    parts = (
        _field("/proc/cpuinfo", "model name"),
        f"{os.cpu_count()} cores",
        f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB",
        f"Linux {platform.release()}",
        f"Python {platform.python_version()}",
        _said("nft", "--version").split("(")[0].strip(),
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"commit {commit()}" if with_commit else "",
    )
    return "Measured on: " + ", ".join(part for part in parts if part)


def commit() -> str:
    """Of this code, with a word when it was changed since."""
    return _said("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty")


def _field(path: str, name: str) -> str:
    """The value of the first line `name: value` of a file in /proc."""
    for text in Path(path).read_text().splitlines():
        key, _, value = text.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def _said(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()
