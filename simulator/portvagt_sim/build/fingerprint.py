"""What a build was made of, as one short text: the same text means that building again would change nothing."""

import hashlib
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
BESIDE_THE_AGENT = (
    "requirements.lock",
    "requirements-build.lock",
    "simulator/portvagt_sim/build/compiler.py",
    "simulator/portvagt_sim/build/nuitka.py",
    "simulator/portvagt_sim/build/nuitka_options.py",
    "simulator/portvagt_sim/build/tree.py",
)


def current() -> str:
    """Of the agent, the locked versions, how we build, and the Python that is built in."""
    paths = [*sorted((PROJECT / "agent").rglob("*.py")), *(PROJECT / name for name in BESIDE_THE_AGENT)]
    digest = hashlib.sha256(f"{sys.version} {sys.base_prefix}".encode())
    for path in paths:
        digest.update(f"\0{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
