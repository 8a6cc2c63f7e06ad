"""The least that paho can do: a subscriber that counts.

`python counting_subscriber.py HOST PORT CA CERT KEY NAME N [3.1.1]`: says `listening`, after N messages `done SECONDS`
since the first one, and at SIGTERM `taken COUNT`. With 3.1.1 it speaks that, else MQTT 5.
"""

import signal
import sys
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


def main() -> None:
    """Count."""
    host, port, ca, certificate, key, name, wanted, *version = sys.argv[1:]
    seen: list[float] = []

    def on_message(*_: Any) -> None:
        seen.append(time.monotonic())
        if len(seen) == int(wanted):
            print("done", seen[-1] - seen[0], flush=True)

    client = _client(name, bool(version))
    client.tls_set(ca, certificate, key)
    client.on_connect = lambda client, *_: client.subscribe("v1/cpe/+/up/#", qos=1)
    client.on_subscribe = lambda *_: print("listening", flush=True)
    client.on_message = on_message
    signal.signal(signal.SIGTERM, lambda *_: client.disconnect())
    client.connect(host, int(port), **({} if version else _lasting()))
    client.loop_forever()
    print("taken", len(seen), flush=True)


def _client(name: str, old: bool) -> mqtt.Client:
    if old:
        return mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
    return mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)


def _lasting() -> dict[str, Any]:
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600
    properties.ReceiveMaximum = 1000
    return {"clean_start": False, "properties": properties}


main()
