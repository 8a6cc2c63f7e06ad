"""The results of a run for people: a table in the terminal, and a section for each broker in docs/measurements."""

from typing import Any

from rich.table import Table

from portvagt_sim.bench.command import MEASUREMENTS

PAGE = MEASUREMENTS / "fleet.md"
HEAD = """# A fleet of routers

`./dev fleet --broker BROKER` on one machine: virtual routers (the reporter's own publisher, outbox and MQTT link, with
mutual TLS and a certificate each), the broker, the real `portvagt-isp collect` and a subscriber of paho-mqtt that only
counts, which share its processors. Events happen by chance; at a quarter of the time and at half of it each router has
one at once, and 0.03 s after the latter the broker has its accident. *Lost*: an outbox took it, the store does not have
it. Latency: from the event to its being readable in the store. Processor time covers all that passes: states too.
"""

# (what is measured, value in words of the results)
FIGURES = (
    ("routers", "{routers}"),
    ("collectors", "{collectors}"),
    ("the broker, half-way", "{accident}"),
    ("events that outboxes took", "{accepted}"),
    ("stored", "{stored}"),
    ("**lost**", "{lost}"),
    ("**stored twice**", "{duplicates_stored}"),
    ("received twice, dropped by the collector", "{duplicates_received}"),
    ("in quarantine", "{quarantined}"),
    ("events/s stored, on average, peak second", "{events_s}, {peak_events_s}"),
    ("latency before the first outbreak, ms, p50, p99", "{calm_latency_ms[p50]}, {calm_latency_ms[p99]}"),
    ("latency of all events, ms, p50, p99", "{latency_ms[p50]}, {latency_ms[p99]}"),
    ("an outbreak at all routers is stored after, s", "{outbreak_s}"),
    ("the one that the accident interrupts, s", "{broken_outbreak_s}"),
    ("routers without a broker, s, p50, p99, longest", "{outages[p50_s]}, {outages[p99_s]}, {outages[longest_s]}"),
    ("connections lost in all", "{outages[count]}"),
    ("CPU ms for 1,000 events: collectors", "{collector_cpu_ms_per_1000}"),
    ("CPU ms for 1,000 events: counts only", "{counter_cpu_ms_per_1000}"),
    ("CPU ms for 1,000 events: broker, reconnects included", "{broker_cpu_ms_per_1000}"),
    ("CPU ms for a connect: broker", "{connect[broker_cpu_ms]}"),
    ("memory for a connection, KiB: broker", "{connect[broker_kb]}"),
    ("memory of a collector, MB", "{collector_mb}"),
    ("bytes of an event, of a state (JSON)", "{bytes[event]}, {bytes[state]}"),
)


def terminal(results: dict[str, Any]) -> Table:
    """For people at a terminal."""
    table = Table("figure", "value", title=f"{results['routers']} routers, {_title(results)}")
    for name, value in FIGURES:
        table.add_row(name.replace("*", ""), value.format(**results))
    return table


def write(results: dict[str, Any], machine: str) -> None:
    """Replace the section of this broker."""
    sections = _sections(PAGE.read_text() if PAGE.exists() else "")
    sections[_title(results)] = _section(results, machine)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text("\n".join([HEAD, *(sections[name] for name in sorted(sections))]))


def _title(results: dict[str, Any]) -> str:
    return str(results["broker"]) + ("" if results["commands"] else ", routers without a subscription")


def _section(results: dict[str, Any], machine: str) -> str:
    rows = [f"| {name} | {value.format(**results)} |" for name, value in FIGURES]
    return "\n".join([f"## {_title(results)}", "", "| | |", "| --- | ---: |", *rows, "", machine, ""])


def _sections(text: str) -> dict[str, str]:
    _, *parts = text.split("## ")
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}
