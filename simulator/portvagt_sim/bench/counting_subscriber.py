"""The least that paho can do: a subscriber that counts. `python counting_subscriber.py HOST PORT CA CERT KEY NAME N`.

Says `listening`, and, after N messages, `done SECONDS` since the first one.
"""

import sys
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


def main() -> None:
    """Count."""
    host, port, ca, certificate, key, name, wanted = sys.argv[1:]
    seen: list[float] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)

    def on_message(*_: Any) -> None:
        seen.append(time.monotonic())
        if len(seen) == int(wanted):
            print("done", seen[-1] - seen[0], flush=True)

    client.tls_set(ca, certificate, key)
    client.on_connect = lambda client, *_: client.subscribe("v1/cpe/+/up/#", qos=1)
    client.on_subscribe = lambda *_: print("listening", flush=True)
    client.on_message = on_message
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600
    properties.ReceiveMaximum = 1000
    client.connect(host, int(port), clean_start=False, properties=properties)
    client.loop_forever()


main()
