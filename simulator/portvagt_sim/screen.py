"""The demo in the terminal: devices, what happens, and the ISP's view, live."""

import io
import json
import re
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from portvagt_sim.story import Moment
from portvagt_sim.world import World

LOOK_SECONDS = 0.25
MOMENTS = 17
MESSAGES = 2
FEWEST_MOMENTS, FRAME = 3, 2  # lines
PICTURE_WIDTH, PICTURE_HEIGHT = 110, 60
TOPIC = "v1/cpe/cpe-0001/up/event"
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
        with Live(
            get_renderable=lambda: self._picture(self._console),
            console=self._console,
            refresh_per_second=1 / LOOK_SECONDS,
        ) as live:
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
            (f"{time.monotonic() - self._began:5.1f} s  ", "dim"),
            (moment.text, STYLES.get(moment.kind, "")),
            no_wrap=True,
            overflow="ellipsis",
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
        console = Console(
            record=True, width=PICTURE_WIDTH, height=PICTURE_HEIGHT, file=io.StringIO(), force_terminal=True
        )
        console.print(self._picture(console))
        return re.sub(r"@font-face {.*?}", "", console.export_svg(title="./dev demo"), flags=re.DOTALL)

    def _picture(self, console: Console) -> Group:
        """Devices and footer always; of moments and messages what the terminal has room for, the latest."""
        devices = Panel(self._devices(), title="the home, as the router sees it")
        footer = Text(self._footer, style="bold")
        room = console.height - _height(console, devices) - _height(console, footer)
        messages = self._messages_for(console, room - FEWEST_MOMENTS - FRAME)
        count = max(FEWEST_MOMENTS, room - _height(console, messages) - FRAME)
        moments = Panel(Group(*list(self._moments)[-count:]), title="what happens")
        return Group(devices, moments, messages, footer)

    def _messages_for(self, console: Console, room: int) -> Group:
        """The latest messages that fit, in a frame; an empty group when none does."""
        for first in range(len(self._messages)):
            shown = Panel("\n".join(list(self._messages)[first:]), title=f"the ISP receives (MQTT, {TOPIC})")
            if _height(console, shown) <= room:
                return Group(shown)
        return Group()

    def _devices(self) -> Table:
        table = Table("device", "MAC", "zombie score", "state", "refused packets", box=None, pad_edge=False)
        known = {each["device"]: each for each in self._status()}
        for device in self._world.home:
            table.add_row(device.name, device.mac, *_columns(known.get(device.mac)))
        return table

    def _status(self) -> list[dict[str, Any]]:
        try:
            return list(self._world.router.call("status")["devices"])
        except (OSError, ValueError):
            return []  # the guard is away; the picture goes on


def _height(console: Console, renderable: RenderableType) -> int:
    return len(console.render_lines(renderable, console.options, pad=False))


def _columns(device: dict[str, Any] | None) -> tuple[str, Text, str]:
    if device is None:
        return "no mail", Text("clear", "green"), ""
    refused = str(device["attempts_since"] or "")
    text, style = STATES.get(device["state"], (device["state"], ""))
    # a verdict ends the counting, while time goes on taking off the score
    score = f"{device['score']} of" if device["state"] == "clear" else "reached"
    return f"{score} {device['threshold']}", Text(text, style), refused


def reasons(explanation: dict[str, Any]) -> str:
    """The evidence of a verdict in a sentence."""
    facts = explanation["case"]["evidence"]
    return (
        f"{facts['connections']} mail connections to {facts['networks']} networks never contacted before, "
        f"in {facts['seconds']} s; usual are {facts['usual_per_day']} a day."
    )
