"""The demo in the terminal: devices, what happens, and the ISP's view, live."""

import io
import json
import re
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from portvagt_sim.story import Moment
from portvagt_sim.world import World

LOOK_SECONDS = 0.25
MOMENTS = 12
MESSAGES = 2
PICTURE_WIDTH = 110
STYLES = {"zombie": "bold red", "block": "bold green", "event": "cyan", "page": "bold yellow", "end": "bold"}
STATES = {"clear": ("clear", "green"), "stopped": ("mail stopped", "bold red"), "exempt": ("exempt", "yellow")}


class Screen:
    """Shows a world while a story plays in it. `hear` takes the story's moments."""

    def __init__(self, world: World, console: Console) -> None:
        self._world = world
        self._console = console
        self._began = time.monotonic()
        self._moments: deque[Text] = deque(maxlen=MOMENTS)
        self._messages: deque[str] = deque(maxlen=MESSAGES)
        self._footer = "Ctrl-C ends the demo and removes everything."
        self._live: Live | None = None

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the picture on the terminal and up to date; without a terminal, moments are plain lines."""
        if not self._console.is_terminal:
            yield
            return
        with Live(get_renderable=self._picture, console=self._console, refresh_per_second=1 / LOOK_SECONDS) as live:
            self._live = live
            yield
            live.refresh()
        self._live = None

    def hear(self, moment: Moment) -> None:
        """Take in what happened."""
        if "message" in moment.facts:
            self._messages.append(json.dumps(moment.facts["message"], ensure_ascii=False))
        if "explanation" in moment.facts:
            moment = moment._replace(text="Why: " + reasons(moment.facts["explanation"]))
        line = Text.assemble(
            (f"{time.monotonic() - self._began:5.1f} s  ", "dim"), (moment.text, STYLES.get(moment.kind, ""))
        )
        self._moments.append(line)
        if self._live is None:
            self._console.print(line)

    def invite(self, url: str) -> None:
        """Say where the user's own browser finds the page."""
        self._footer = f"The family's page, as the laptop sees it, for your browser: {url}\n{self._footer}"
        if self._live is None:
            self._console.print(self._footer)

    def svg(self) -> str:
        """The picture as it is now; in whatever monospaced font the reader has, not one from the internet."""
        console = Console(record=True, width=PICTURE_WIDTH, file=io.StringIO(), force_terminal=True)
        console.print(self._picture())
        return re.sub(r"@font-face {.*?}", "", console.export_svg(title="./dev demo"), flags=re.DOTALL)

    def _picture(self) -> Group:
        parts: list[Any] = [
            Panel(self._devices(), title="the home, as the router sees it"),
            Panel(Group(*self._moments), title="what happens"),
        ]
        if self._messages:
            parts.append(Panel("\n".join(self._messages), title="the ISP receives (MQTT, v1/cpe/cpe-0001/up/event)"))
        parts.append(Text(self._footer, style="bold"))
        return Group(*parts)

    def _devices(self) -> Table:
        table = Table(
            "device", "MAC", "score of new mail networks", "state", "packets refused since", box=None, pad_edge=False
        )
        known = {each["device"]: each for each in self._status()}
        for device in self._world.home:
            table.add_row(device.name, device.mac, *_columns(known.get(device.mac)))
        return table

    def _status(self) -> list[dict[str, Any]]:
        try:
            return list(self._world.router.call("status")["devices"])
        except (OSError, ValueError):
            return []  # the guard is away; the picture goes on


def _columns(device: dict[str, Any] | None) -> tuple[str, Text, str]:
    if device is None:
        return "no mail", Text("clear", "green"), ""
    refused = str(device["attempts_since"] or "")
    text, style = STATES.get(device["state"], (device["state"], ""))
    return f"{device['score']} of {device['threshold']}", Text(text, style), refused


def reasons(explanation: dict[str, Any]) -> str:
    """The evidence of a verdict in a sentence."""
    facts = explanation["case"]["evidence"]
    return (
        f"{facts['connections']} mail connections to {facts['networks']} networks never contacted before, "
        f"in {facts['seconds']} s; usual are {facts['usual_per_day']} a day."
    )
