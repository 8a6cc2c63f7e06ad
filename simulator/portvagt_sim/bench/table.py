"""A benchmark's rows as a table: for the terminal, and in Markdown for docs/measurements."""

from types import ModuleType
from typing import Any

from rich.table import Table

Rows = list[dict[str, Any]]


def terminal(benchmark: ModuleType, rows: Rows) -> Table:
    """For people at a terminal."""
    table = Table(title=benchmark.TITLE)
    for key, heading in benchmark.COLUMNS.items():
        table.add_column(heading, justify="right" if _is_number(rows, key) else "left")
    for row in rows:
        table.add_row(*(_cell(row.get(key)) for key in benchmark.COLUMNS))
    return table


def markdown(benchmark: ModuleType, rows: Rows, machine: str) -> str:
    """The whole page."""
    headings = list(benchmark.COLUMNS.values())
    rule = ["---:" if _is_number(rows, key) else "---" for key in benchmark.COLUMNS]
    lines = [headings, rule, *([_cell(row.get(key)) for key in benchmark.COLUMNS] for row in rows)]
    body = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"# {benchmark.TITLE}\n\n{benchmark.ABOUT.strip()}\n\n{body}\n\n{machine}\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _is_number(rows: Rows, key: str) -> bool:
    return all(isinstance(row.get(key), int | float | None) for row in rows)
