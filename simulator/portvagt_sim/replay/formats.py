"""The formats that recorded traffic comes in. Each reader takes (origin, lines with numbers), and gives a flow a row.

csv         a header line; columns start, src, dst, dport and, where known, sport, state, origin
messages    a header line without dst: start, src, n_rcpt, rcpt; a row is one connection to the sender's own relay
conntrack   `conntrack -E -o timestamp`: lines of kind [NEW] are connections, others are passed over
zeek        Zeek's conn.log as TSV with its #fields line
"""

import csv
import ipaddress
import math
import re
from collections.abc import Callable, Iterable, Iterator

from portvagt_sim.replay.flow import BadRow, Flow

Lines = Iterator[tuple[int, str]]  # (number from 1, text without its end)
Row = tuple[int, Flow | BadRow | None]  # None: a line that is no connection, and need not be one
Reader = Callable[[str, Lines], Iterator[Row]]

RELAY = "192.0.2.1"  # stands for the sender's own relay, whose address nobody recorded
SUBMISSION = 587
CONNTRACK = re.compile(
    r"\[(?P<start>\d+\.\d+)\s*\]\s+\[NEW\]\s+tcp\s.*?"
    r"src=(?P<src>\S+) dst=(?P<dst>\S+) sport=(?P<sport>\d+) dport=(?P<dport>\d+)"
)
CONNTRACK_OTHER = re.compile(r"\[\d+\.\d+\s*\]\s+\[(NEW|UPDATE|DESTROY)\]")


def _flow(origin: str, fields: "dict[str, str]") -> Flow:
    """Raises BadRow."""
    try:
        ipaddress.ip_address(fields["dst"])
        start = float(fields["start"])
        ports = [int(fields.get("sport") or 0), int(fields["dport"])]
    except KeyError as error:
        raise BadRow(f"has no {error.args[0]}") from None
    except (TypeError, ValueError) as error:
        raise BadRow(str(error)) from None
    if not math.isfinite(start) or not all(0 <= port < 65536 for port in ports):
        raise BadRow(f"start {fields['start']}, ports {ports}: out of range")
    return Flow(
        fields.get("origin") or origin,
        fields["src"],
        ports[0],
        fields["dst"],
        ports[1],
        start,
        fields.get("state") or "",
    )


def _attempted(origin: str, fields: "dict[str, str]") -> Flow | BadRow:
    try:
        return _flow(origin, fields)
    except BadRow as error:
        return error


def _table(origin: str, header: "list[str]", rows: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    for number, cells in rows:
        if len(cells) != len(header):
            yield number, BadRow(f"has {len(cells)} columns, the header {len(header)}")
        else:
            yield number, _attempted(origin, dict(zip(header, cells, strict=True)))


def read_csv(origin: str, lines: Lines) -> Iterator[Row]:
    """Csv and messages: the header tells which."""
    header = next(csv.reader([next(lines)[1]]))
    rows = ((number, next(csv.reader([text]))) for number, text in lines if text)
    if "dst" in header:
        yield from _table(origin, header, rows)
    else:
        extra = [RELAY, str(SUBMISSION)]
        yield from _table(origin, [*header, "dst", "dport"], ((number, cells + extra) for number, cells in rows))


def read_conntrack(origin: str, lines: Lines) -> Iterator[Row]:
    """`conntrack -E -o timestamp`."""
    for number, text in lines:
        found = CONNTRACK.match(text.strip())
        if found:
            yield number, _attempted(origin, found.groupdict())
        elif not text or CONNTRACK_OTHER.match(text.strip()):
            yield number, None
        else:
            yield number, BadRow("is no line of conntrack -E -o timestamp")


ZEEK_NAMES = {
    "ts": "start",
    "id.orig_h": "src",
    "id.orig_p": "sport",
    "id.resp_h": "dst",
    "id.resp_p": "dport",
    "conn_state": "state",
}


def read_zeek(origin: str, lines: Lines) -> Iterator[Row]:
    """Zeek's conn.log."""
    header: list[str] = []
    for number, text in lines:
        if text.startswith("#fields"):
            header = [ZEEK_NAMES.get(name, name) for name in text.split("\t")[1:]]
        elif text and not text.startswith("#"):
            fields = dict(zip(header, text.split("\t"), strict=False))
            yield number, _attempted(origin, fields) if fields.get("proto", "tcp") == "tcp" else None


def reader_of(first_line: str) -> Reader:
    """The reader for a file that begins so. Raises BadRow."""
    if first_line.startswith("#separator"):
        return read_zeek
    if CONNTRACK_OTHER.match(first_line.strip()):
        return read_conntrack
    names = next(csv.reader([first_line]), [])
    if {"start", "src"} <= set(names):
        return read_csv
    raise BadRow("is neither a CSV header with start and src, nor conntrack -E -o timestamp, nor Zeek's conn.log")
