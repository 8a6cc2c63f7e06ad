"""Files of the package that are written from the agent's table of options; they are kept in the repository."""

from pathlib import Path

from builder import uci

FILES = Path(__file__).resolve().parents[1] / "portvagt" / "files"
_BEGIN, _END = "# begin: ./dev package --write\n", "# end\n"


def wanted() -> dict[Path, str]:
    """What each of these files should hold."""
    config, script = FILES / "portvagt.config", FILES / "portvagt.init"
    return {config: uci.default_config(), script: _between(script.read_text(), uci.checks())}


def _between(text: str, inner: str) -> str:
    head, _, rest = text.partition(_BEGIN)
    return head + _BEGIN + inner + _END + rest.partition(_END)[2]


def write() -> None:
    """Bring the files up to date."""
    for path, text in wanted().items():
        path.write_text(text)


def stale() -> list[str]:
    """Names of files that are not as they should be."""
    return [path.name for path, text in wanted().items() if not path.exists() or path.read_text() != text]
