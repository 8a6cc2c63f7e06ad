"""The ISP's MQTT broker: mosquitto with mutual TLS. A certificate's name is its user and its client id."""

from pathlib import Path

from portvagt_sim.addresses import BROKER, BROKER_PORT
from portvagt_sim.certificates import Identity
from portvagt_sim.namespaces import answers
from portvagt_sim.program import Program

START_SECONDS = 10.0
COLLECTOR = "collector"
COLLECTORS = (COLLECTOR, "collector-2")  # portvagt-isp collect may run more than once, each with a name of its own

# Each router may only speak, and be spoken to, below its own name (%u). A pattern line holds for every user,
# a topic line for the user above it (mosquitto.conf(5), acl_file).
# A shared subscription ($share/GROUP/FILTER) is judged by its filter.
ROUTERS = """
pattern write v1/cpe/%u/up/#
pattern read v1/cpe/%u/down/cmd
pattern read v1/cpe/%u/down/policy
pattern read v1/cpe/%u/down/receipt
"""
COLLECTING = """
user {}
topic read v1/cpe/+/up/#
topic write v1/cpe/+/down/#
"""
ACCESS = ROUTERS + "".join(map(COLLECTING.format, COLLECTORS))

# `user root`: no change of user, which a rootless sandbox forbids. Sessions are kept across a restart, even a
# crash: what a router publishes while the collector is still away waits for it.
CONFIGURATION = """
user root
listener {port}
allow_anonymous false
cafile {authority}
certfile {certificate}
keyfile {key}
require_certificate true
use_identity_as_username true
use_username_as_clientid true
acl_file {access}
persistence true
persistence_location {directory}/
autosave_interval 1
autosave_on_changes true
max_queued_messages 100000
"""


class Broker:
    """mosquitto in the ISP's namespace."""

    def __init__(self, netns: str, workdir: Path, authority: Path, identity: Identity) -> None:
        self._netns = netns
        self._workdir = workdir
        self._configuration = workdir / "mosquitto.conf"
        access = workdir / "access"
        access.write_text(ACCESS)
        access.chmod(0o600)
        self._configuration.write_text(
            CONFIGURATION.format(
                port=BROKER_PORT,
                authority=authority,
                certificate=identity.certificate,
                key=identity.key,
                access=access,
                directory=workdir,
            )
        )

    def start(self) -> None:
        """Start mosquitto."""
        self.program = Program(
            "broker", self._netns, ["mosquitto", "-c", str(self._configuration)], self._workdir / "broker.log"
        )

    def wait_ready(self) -> None:
        """Wait until the broker accepts connections."""
        self.program.wait_until(lambda: answers(self._netns, BROKER.v4, BROKER_PORT), START_SECONDS, "it listens")

    def stop(self) -> None:
        """Stop mosquitto."""
        self.program.stop()

    def restart(self) -> None:
        """Stop mosquitto, start it again and wait until it accepts connections."""
        self.stop()
        self.start()
        self.wait_ready()
