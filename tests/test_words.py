import pytest

from portvagt import words

LAPTOP = {"device": "02:00:00:00:00:01", "name": "laptop", "addresses": ["192.168.1.120"]}


def trace(devices, port_given=True, complete=True, connections=1, ports=(25,)):
    one = devices == 1
    return words.trace(
        {
            "devices": devices,
            "device": LAPTOP if one else None,
            "connections": connections if one else None,
            "ports": list(ports) if one else None,
            "port_given": port_given,
            "complete": complete,
            "complete_since": "2026-11-24T05:00:00.000Z",
        }
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            {"devices": 1},
            "02:00:00:00:00:01 (laptop, 192.168.1.120): 1 mail connection matches (port 25); the source port fits too.",
        ),
        (
            {"devices": 1, "connections": 3, "ports": (25, 587), "port_given": False},
            "02:00:00:00:00:01 (laptop, 192.168.1.120): 3 mail connections match (port 25, 587);"
            " not compared: the source port (--port).",
        ),
        (
            {"devices": 2, "port_given": False},
            "2 devices match; give the source port that the mail server saw (--port).",
        ),
        ({"devices": 2}, "2 devices match; give a shorter time (--within)."),
        (
            {"devices": 0},
            "Nothing matches. Where the ISP translates ports too, ask it for the router's; or leave out --port.",
        ),
        (
            {"devices": 0, "port_given": False},
            "Nothing matches. Are address, time and zone those of the report? Or give a longer time (--within).",
        ),
    ],
)
def test_what_was_traced(answer, sentence):
    assert trace(**answer) == f"{sentence}\nMail connections are known since 2026-11-24T05:00:00.000Z."


@pytest.mark.parametrize("devices", [0, 1, 2])
def test_what_is_not_known_for_sure_is_said(devices):
    said = trace(devices, complete=False).splitlines()[1:]
    assert said == [
        "All mail connections are known only since 2026-11-24T05:00:00.000Z.",
        "Of what happened before, something may be missing.",
    ]


@pytest.mark.parametrize(
    ("reporting", "said"),
    [
        (None, None),
        ({"status": "the reporter does not run", "seconds": None}, "reporting: the reporter does not run"),
        (
            {"status": "connected to mqtt.isp.example:8883", "seconds": 7300},
            "reporting: connected to mqtt.isp.example:8883 (for 2 h)",
        ),
    ],
)
def test_how_reporting_is(reporting, said):
    answer = {
        "version": "1",
        "runtime": "cpython",
        "policy": "stop",
        "table": "loaded",
        "uptime_s": 1,
        "blind": "no LAN",
        "damaged_files": 0,
        "repairs": None,
        "devices": [],
        "reporting": reporting,
    }
    lines = words.status(answer).splitlines()
    assert [line for line in lines if line.startswith("reporting")] == ([said] if said else [])
