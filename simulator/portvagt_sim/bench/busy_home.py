"""A home in which each device has all that a device can have short of a case. Runs on MicroPython too."""

from portvagt.judge import detector, familiar
from portvagt.judge.case import Terms
from portvagt.judge.device import NETWORKS_MAX
from portvagt.judge.home import Home

PORTS = (25, 587)
NOW = familiar.DAY_S


def build(devices):
    """(home, keys, flows): every flow of each device has been a connection, half of them to familiar servers."""
    never = detector.Bank(1e9, *detector.bank(10, 1800)[1:])
    home = Home(never, Terms(True, 86400, 3600, 86400, None, ()), lambda: "incident")
    keys = [bytes([2, 0, 0, 0, 0, device]) for device in range(devices)]
    flows = [
        (bytes([198, 18, network, 25]), PORTS[network % len(PORTS)], 1024 + network) for network in range(NETWORKS_MAX)
    ]
    rounds = familiar.HOME_MAX // devices
    for at in (0, NOW):
        for key in keys:
            for flow in flows[:rounds]:
                home.familiar.used(at, key, flow[0][:3])
    judge(home, keys, flows)
    return home, keys, flows


def judge(home, keys, flows):
    """Judge a connection for each flow of each device."""
    for key in keys:
        for flow in flows:
            home.connection(NOW, key, flow)
