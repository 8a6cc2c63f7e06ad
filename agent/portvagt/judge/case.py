"""The life of a case: states, what moves a device between them, and what that makes the router do."""

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CLEAR = "clear"
SUSPECTED = "suspected"  # half-way to a verdict; nobody is told
OBSERVED = "observed"  # policy observe: reported, nothing is stopped
STOPPED = "stopped"  # port 25 refused; 465 and 587 to familiar servers only
GARDEN = "garden"  # stopped, and the web leads to the page
RELEASED = "released"  # may send again; for some weeks the next verdict brings a longer hold
EXEMPT = "exempt"  # the ISP or the owner of the router vouches for it, for a time

SUSPICION = "suspicion"  # half of the threshold
CALM = "calm"  # the score has fallen below that
VERDICT = "verdict"
NOTED = "noted"  # the same verdict under policy observe
ORDER = "order"  # of the ISP, which has an abuse report
CONFINEMENT = "confinement"  # by the ISP, or because the attempts go on
REQUEST = "request"  # of the subscriber: the computer is clean now
REMINDER = "reminder"  # somebody has read the page, and the attempts go on
CLAIM = "claim"  # of the subscriber: it is a mail server of theirs
DISOWNING = "disowning"  # of the subscriber: the device is not theirs
QUIET = "quiet"  # no attempt for the whole hold
RELEASE = "release"  # by the ISP or the owner of the router
EXEMPTION = "exemption"
EXPIRY = "expiry"  # of an exemption, of the time after a release
EVICTION = "eviction"  # the router can't remember more devices

# (state, what happened): (next state, action of the router or None). A pair that is not here changes nothing.
TRANSITIONS = {
    (CLEAR, SUSPICION): (SUSPECTED, None),
    (CLEAR, VERDICT): (STOPPED, "stopped"),
    (CLEAR, NOTED): (OBSERVED, "observed"),
    (CLEAR, ORDER): (STOPPED, "stopped"),
    (CLEAR, EXEMPTION): (EXEMPT, "exempted"),
    (SUSPECTED, CALM): (CLEAR, None),
    (SUSPECTED, VERDICT): (STOPPED, "stopped"),
    (SUSPECTED, NOTED): (OBSERVED, "observed"),
    (SUSPECTED, ORDER): (STOPPED, "stopped"),
    (SUSPECTED, EXEMPTION): (EXEMPT, "exempted"),
    (OBSERVED, VERDICT): (STOPPED, "stopped"),
    (OBSERVED, QUIET): (CLEAR, None),
    (OBSERVED, RELEASE): (CLEAR, None),
    (OBSERVED, EXEMPTION): (EXEMPT, "exempted"),
    (STOPPED, CONFINEMENT): (GARDEN, "confined"),
    (STOPPED, REQUEST): (STOPPED, "requested"),
    (STOPPED, REMINDER): (STOPPED, "reminded"),
    (STOPPED, CLAIM): (STOPPED, "mail_server_claimed"),
    (STOPPED, DISOWNING): (STOPPED, "disowned"),
    (STOPPED, QUIET): (RELEASED, "released"),
    (STOPPED, RELEASE): (RELEASED, "released"),
    (STOPPED, EXEMPTION): (EXEMPT, "exempted"),
    (STOPPED, EVICTION): (CLEAR, "forgotten"),
    (GARDEN, REQUEST): (STOPPED, "let_out"),
    (GARDEN, CLAIM): (GARDEN, "mail_server_claimed"),
    (GARDEN, DISOWNING): (GARDEN, "disowned"),
    (GARDEN, QUIET): (RELEASED, "released"),
    (GARDEN, RELEASE): (RELEASED, "released"),
    (GARDEN, EXEMPTION): (EXEMPT, "exempted"),
    (GARDEN, EVICTION): (CLEAR, "forgotten"),
    (RELEASED, VERDICT): (STOPPED, "stopped"),
    (RELEASED, NOTED): (OBSERVED, "observed"),
    (RELEASED, ORDER): (STOPPED, "stopped"),
    (RELEASED, EXEMPTION): (EXEMPT, "exempted"),
    (RELEASED, EXPIRY): (CLEAR, None),
    (EXEMPT, EXEMPTION): (EXEMPT, "exempted"),
    (EXEMPT, RELEASE): (CLEAR, "exemption_ended"),
    (EXEMPT, EXPIRY): (CLEAR, "exemption_ended"),
}
REFUSED = (STOPPED, GARDEN)  # states in which the kernel refuses the device's mail
JUDGED = (CLEAR, SUSPECTED, RELEASED)  # states in which a connection is evidence

# The hold after the first, the second and each later verdict, times the quiet hours.
HOLDS = (1, 3, 7)

# What is on flash of the last attempts may be this old, s. A silence that was longer when it was written, and of whose
# end nothing was written, lasted until the power was cut.
STALE_S = 3600

REMIND_AFTER_S = 86400  # of going on after somebody has read the page: malware can click too

# How often a family may say that a device is clean before the ISP must say it, and how old the token of a page that is
# shown may get, s; one that is pressed may be twice as old, so that every page that is seen can be used for a day.
REQUESTS_MAX = 3
TOKEN_S = 86400

# stops: policy stop, not observe; quiet_s: without an attempt until the first hold ends; release_quiet_s: the same
# before somebody may release the device by hand; probation_s: after a release, until a verdict is a first one again
# garden_after_s: of going on to try, None: never; never_garden: keys that no garden shuts in
Terms = namedtuple("Terms", ("stops", "quiet_s", "release_quiet_s", "probation_s", "garden_after_s", "never_garden"))

# action: of TRANSITIONS; device: 6 bytes MAC (or its address where the MAC is unknown); case: the Case it is about
Decision = namedtuple("Decision", ("action", "device", "case"))


class Case:
    """Why a device is not clear. Times are s, monotonic.

    `acknowledged`: somebody has read the page, at `acknowledged_at`; `opened`: when it came into a case, `opened_at`:
    the same, unix s or None; `since`: when into its state; `evidence`: of Device.evidence(); `until`: end of the
    exemption or of the time after a release; `stops`: verdicts, this one included; `last_attempt`: of a refused device,
    by the kernel's counters; `requested`: how often the subscriber said that it is clean; `claimed`, `disowned`: what
    else they said; `token`: of the page's buttons, from `token_made` on; `familiar`: networks that stay open.
    """

    __slots__ = (
        "state",
        "incident",
        "token",
        "token_made",
        "opened",
        "since",
        "opened_at",
        "evidence",
        "acknowledged",
        "acknowledged_at",
        "until",
        "stops",
        "last_attempt",
        "requested",
        "claimed",
        "disowned",
        "familiar",
    )

    def __init__(self, state: str, incident: str, opened: float, evidence: "dict[str, Any] | None") -> None:
        self.state = state
        self.incident = incident
        self.token = ""
        self.token_made = opened
        self.opened = opened
        self.since = opened
        self.opened_at: "float | None" = None
        self.evidence = evidence
        self.acknowledged = False
        self.acknowledged_at: "float | None" = None
        self.until: "float | None" = None
        self.stops = 0
        self.last_attempt = opened
        self.requested = 0
        self.claimed = False
        self.disowned = False
        self.familiar: "list[bytes]" = []

    def reference(self) -> str:
        """What a person tells the ISP: 8 digits, which the ISP makes of the incident in the event as well."""
        return "{:08d}".format(int(self.incident[:8], 16) % 10**8)

    def hold_s(self, quiet_s: float) -> float:
        """Seconds without an attempt that end it: longer for who was stopped before."""
        return quiet_s * HOLDS[min(max(self.stops, 1), len(HOLDS)) - 1]
