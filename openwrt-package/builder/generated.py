"""Files of the packages that are written from the agent's table of options; they are kept in the repository."""

from pathlib import Path

from builder import luci, po, uci

FILES = Path(__file__).resolve().parents[1] / "portvagt" / "files"
_BEGIN, _END = "# begin: ./dev package --write\n", "# end\n"


def wanted() -> dict[Path, str]:
    """What each of these files should hold."""
    config, script = FILES / "portvagt.config", FILES / "portvagt.init"
    return {
        config: uci.default_config(),
        script: _between(script.read_text(), uci.checks()),
        luci.OPTIONS: luci.options_js(),
    }


def _between(text: str, inner: str) -> str:
    head, _, rest = text.partition(_BEGIN)
    return head + _BEGIN + inner + _END + rest.partition(_END)[2]


def write() -> None:
    """Bring the files up to date."""
    for path, text in wanted().items():
        path.write_text(text)
    po.TEMPLATE.write_text(po.template())  # of what was just written too


def stale() -> list[str]:
    """Names of files that are not as they should be."""
    files = {**wanted(), po.TEMPLATE: po.template()}
    return [path.name for path, text in files.items() if not path.exists() or path.read_text() != text]
