"""The life of a case: states, what moves a device between them, and what that makes the router do."""

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CLEAR = "clear"
OBSERVED = "observed"  # policy observe: reported, nothing is stopped
STOPPED = "stopped"
EXEMPT = "exempt"  # the ISP or the owner of the router vouches for it, for a time

VERDICT = "verdict"
NOTED = "noted"  # the same verdict under policy observe
QUIET = "quiet"  # no attempt for the quiet hours
RELEASE = "release"
EXEMPTION = "exemption"
EXPIRY = "expiry"  # of an exemption

# (state, what happened): (next state, action of the router or None). A pair that is not here changes nothing.
TRANSITIONS = {
    (CLEAR, VERDICT): (STOPPED, "stopped"),
    (CLEAR, NOTED): (OBSERVED, "observed"),
    (CLEAR, EXEMPTION): (EXEMPT, "exempted"),
    (OBSERVED, QUIET): (CLEAR, None),
    (OBSERVED, RELEASE): (CLEAR, None),
    (OBSERVED, EXEMPTION): (EXEMPT, "exempted"),
    (STOPPED, QUIET): (CLEAR, "released"),
    (STOPPED, RELEASE): (CLEAR, "released"),
    (STOPPED, EXEMPTION): (EXEMPT, "exempted"),
    (EXEMPT, EXEMPTION): (EXEMPT, "exempted"),
    (EXEMPT, RELEASE): (CLEAR, "exemption_ended"),
    (EXEMPT, EXPIRY): (CLEAR, "exemption_ended"),
}

# action: of TRANSITIONS; device: 6 bytes MAC (or its address where the MAC is unknown); case: the Case it is about
Decision = namedtuple("Decision", ("action", "device", "case"))


class Case:
    """Why a device is not clear. `opened`: s, monotonic; `opened_at`: unix s or None; `until`: end of an exemption."""

    __slots__ = ("state", "incident", "token", "opened", "opened_at", "evidence", "acknowledged", "until")

    def __init__(self, state: str, incident: str, opened: float, evidence: "dict[str, Any] | None") -> None:
        self.state = state
        self.incident = incident
        self.token = ""
        self.opened = opened
        self.opened_at: "float | None" = None
        self.evidence = evidence
        self.acknowledged = False
        self.until: "float | None" = None
