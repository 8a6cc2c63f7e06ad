"""Runs the vectors of JSON files: on CPython under pytest, and as a program on every runtime of the agent.

A file is {"kind": one of KINDS, "vectors": [[arguments…, expected], …]}. In the subset that MicroPython runs.
"""

import binascii
import json
import sys

from portvagt import cli, config, rfc3339
from portvagt.block import elements, familiar
from portvagt.judge import detector, outbound
from portvagt.judge.device import Device
from portvagt.report import events, journal, pseudonym
from portvagt.warn import escape, http, language
from portvagt.watch import address, bpf, event, leases, nftables, rtnetlink


def _hex(data):
    return binascii.hexlify(data).decode()


def ctnetlink(message):
    """[source, port, port outside, destination, port, is new, replied]; null when it is no TCP connection."""
    data = binascii.unhexlify(message)
    buffer = bytearray(512)
    buffer[: len(data)] = data
    found = event.Event(buffer)
    if not found.read(len(data)):
        return None
    source, destination = address.ip_text(found.source()), address.ip_text(found.destination())
    ports = found.source_port, found.outside_port(), found.destination_port
    return [source, ports[0], ports[1], destination, ports[2], found.is_new, found.replied()]


def neighbour(message):
    """[interface, address, MAC] of each neighbour in a message."""
    data = binascii.unhexlify(message)
    return [
        [fact.interface, address.ip_text(fact.address), address.mac_text(fact.mac)]
        for fact in rtnetlink.parse(data, len(data))
    ]


def changers(message, table):
    """The port ids of who changed a table, by a notification."""
    data = binascii.unhexlify(message)
    return list(nftables.changes(data, len(data), table.encode()))


def table_filter(table):
    """The BPF program of a table's notifications, on a little-endian machine."""
    return _hex(bpf.table_filter(table.encode()))


def familiar_element(mac, network):
    """[set, first key, last key, as nft writes it] of a familiar network."""
    device, prefix = address.mac_bytes(mac), binascii.unhexlify(network)
    first, last = familiar.ends(device, prefix)
    return [familiar.SETS[len(prefix)], _hex(first), _hex(last), familiar.text(device, prefix)]


def transaction(*changes):
    """The bytes of changes, each [add or delete, set, key, timeout in s or null, last key or null]."""
    made = []
    for action, name, key, timeout, last in changes:
        first, end = binascii.unhexlify(key), binascii.unhexlify(last) if last else None
        made.append(elements.add(name, first, timeout, end) if action == "add" else elements.delete(name, first, end))
    return _hex(elements.batch(made))


def dumped(message):
    """[key, last key, seconds until it expires, packets] of each element in a dump."""
    data = binascii.unhexlify(message)
    return [
        [_hex(each.key), each.end and _hex(each.end), each.expires_s, each.packets]
        for each in elements.parse(data, len(data))
    ]


def cusum(interval_s, silent, networks):
    """After how many connections, one each interval, the default threshold is reached; null if never.

    Of `silent` connections, one has no answer; 0: all have one.
    """
    bank = detector.bank(10, 1800)
    watched = Device(0, bank)
    for number, network in enumerate(networks):
        flow = bytes([198, 18, network, 25]), 25, 40000 + number
        watched.connection(number * interval_s, flow, bank)
        if watched.score(number * interval_s, bank) >= bank.threshold:
            return number + 1
        if not silent or number % silent:
            watched.answered(flow)
    return None


def traced(repeated, added, question):
    """[{device: connections}, ports, complete since] that a ring gives after `added`, `repeated` times, a second apart.

    added: [device, destination, port, source port]; question: [now, at, tolerance, destination, source port].
    """
    ring = outbound.Outbound(1000.5, 86400)
    for second in range(repeated):
        for device, destination, port, source_port in added:
            key = address.device_bytes(device)
            ring.add(1000.5 + second, key, address.ip_bytes(destination), port, source_port)
    now, at, tolerance_s, destination, source_port = question
    found = ring.find(now, at, tolerance_s, address.ip_bytes(destination), source_port)
    connections = {address.device_text(key): count for key, count in found.connections.items()}
    return [connections, sorted(found.ports), found.complete_since]


def configuration(text, section, key):
    """The value of a key, or the error."""
    try:
        return getattr(getattr(config.parse(text, "f"), section), key)
    except config.ConfigError as error:
        return str(error)


def request(text):
    """[method, host, path, query], or the status of the refusal."""
    try:
        found = http.RequestReader().feed(text.encode())
    except http.Refusal as refusal:
        return refusal.status
    return [found.method, found.host, found.path, found.query] if found else None


def duration(text):
    """Seconds, null for what is no duration."""
    try:
        return cli.duration("--for", text)
    except cli.UsageError:
        return None


def unix_seconds(text):
    """Unix time, null for what is no time."""
    try:
        return rfc3339.unix_seconds(text)
    except ValueError:
        return None


def hmac(key, message):
    """HMAC-SHA-256 in hexadecimal."""
    return _hex(pseudonym.hmac_sha256(binascii.unhexlify(key), binascii.unhexlify(message)))


KINDS = {
    "ctnetlink": ctnetlink,
    "neighbour": neighbour,
    "changers": changers,
    "table_filter": table_filter,
    "familiar": familiar_element,
    "transaction": transaction,
    "dump": dumped,
    "cusum": cusum,
    "outbound": traced,
    "configuration": configuration,
    "request": request,
    "rfc3339": unix_seconds,
    "duration": duration,
    "hmac": hmac,
    "language": language.negotiate,
    "visible": escape.visible,
    "html": escape.html,
    "leases": leases.parse,
    "utc": events.utc_text,
    "journal": lambda text: journal.line(text.encode()).decode(),
}


def failures(path):
    """A sentence for each vector of a file that does not hold."""
    with open(path) as file:
        content = json.load(file)
    found = []
    for vector in content["vectors"]:
        arguments, expected = vector[:-1], vector[-1]
        result = KINDS[content["kind"]](*arguments)
        if result != expected:
            found.append(f"{path}: {arguments} gives {result}, not {expected}")
    return found


if __name__ == "__main__":
    said = [failure for path in sys.argv[1:] for failure in failures(path)]
    print("\n".join(said + [f"{len(sys.argv) - 1} files"]))
    sys.exit(1 if said else 0)
