"""What the guard says of devices, as values for tests."""

from portvagt.warn.pages import Settings

SETTINGS = Settings("Example Net", "70 12 34 56", "da")
NAMELESS = Settings("", "", "da")
CLEAR = {"state": "clear"}


def stopped(**changes):
    """A device that has just been stopped."""
    case = {
        "state": "stopped",
        "incident": "3f9c2b",
        "token": "77aa01",
        "device": {"name": "laptop", "mac_tail": "3d:0a", "random_mac": False},
        "stopped_seconds_ago": 725.0,
        "stopped_at": None,
        "acknowledged": False,
        "familiar": 0,
        "hold_hours": 24,
        "evidence": {
            "connections": 6,
            "networks": 6,
            "seconds": 0.12,
            "unanswered": 2,
            "ports": [25],
            "usual_per_day": 4,
        },
        "page": "http://192.168.1.1:8025/",
    }
    return {**case, **changes}
