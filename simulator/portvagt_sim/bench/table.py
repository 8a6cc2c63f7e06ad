"""A benchmark's rows as tables: for the terminal, and in Markdown for docs/measurements.

A benchmark has COLUMNS, {key: heading}; one that measures several things has TABLES, {title: columns}, and its rows say
at "table" which they belong to. One that measures piece by piece has KEY, the keys that tell pieces apart: its page
keeps the rows of the others.
"""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

from rich.console import Group
from rich.table import Table

Rows = list[dict[str, Any]]


class Part(NamedTuple):
    """One table; the only one has no title of its own."""

    title: str
    columns: dict[str, str]
    rows: Rows


def parts(benchmark: ModuleType, rows: Rows) -> Iterator[Part]:
    """The tables, but for empty ones."""
    if not hasattr(benchmark, "TABLES"):
        yield Part("", benchmark.COLUMNS, rows)
        return
    for title, columns in benchmark.TABLES.items():
        if own := [row for row in rows if row["table"] == title]:
            yield Part(title, columns, own)


def terminal(benchmark: ModuleType, rows: Rows) -> Group:
    """For people at a terminal."""
    return Group(*(_terminal(part, part.title or benchmark.TITLE) for part in parts(benchmark, rows)))


def _terminal(part: Part, title: str) -> Table:
    table = Table(title=title)
    for key, heading in part.columns.items():
        table.add_column(heading, justify="right" if _is_number(part.rows, key) else "left")
    for row in part.rows:
        table.add_row(*(_cell(row.get(key)) for key in part.columns))
    return table


def markdown(benchmark: ModuleType, rows: Rows, machine: str) -> str:
    """The whole page."""
    body = "\n\n".join(_markdown(part) for part in parts(benchmark, rows))
    return f"# {benchmark.TITLE}\n\n{benchmark.ABOUT.strip()}\n\n{body}\n\n{machine}\n"


def _markdown(part: Part) -> str:
    headings = list(part.columns.values())
    rule = ["---:" if _is_number(part.rows, key) else "---" for key in part.columns]
    lines = [headings, rule, *([_cell(row.get(key)) for key in part.columns] for row in part.rows)]
    body = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"## {part.title}\n\n{body}" if part.title else body


def merged(benchmark: ModuleType, page: str, rows: Rows) -> Rows:
    """The new rows of a benchmark with KEY, and those of a page's that they do not replace."""

    def key(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in benchmark.KEY)

    new = {key(row) for row in rows}
    return sorted([*(row for row in read(benchmark, page) if key(row) not in new), *rows], key=key)


def read(benchmark: ModuleType, page: str) -> Rows:
    """The rows of a page of a benchmark with TABLES. Columns that it has no longer are left out."""
    sections = (section.partition("\n") for section in page.split("\n## ")[1:])
    return [row for title, _, text in sections if title in benchmark.TABLES for row in _read(benchmark, title, text)]


def _read(benchmark: ModuleType, title: str, text: str) -> Iterator[dict[str, Any]]:
    keys = {heading: key for key, heading in benchmark.TABLES[title].items()}
    lines = [[cell.strip() for cell in line[1:-1].split("|")] for line in text.splitlines() if line.startswith("|")]
    for cells in lines[2:]:
        named = zip(lines[0], cells, strict=True)
        yield {"table": title, **{keys[name]: _value(cell) for name, cell in named if name in keys}}


def _value(cell: str) -> Any:
    """What _cell() was made of."""
    if re.fullmatch(r"0|-?[1-9]\d*", cell):
        return int(cell)
    if re.fullmatch(r"-?[\d,]+\.\d+", cell):
        return float(cell.replace(",", ""))
    return cell or None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _is_number(rows: Rows, key: str) -> bool:
    return all(isinstance(row.get(key), int | float | None) for row in rows)
