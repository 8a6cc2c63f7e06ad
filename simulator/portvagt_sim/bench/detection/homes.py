"""The model of innocent homes. Its figures are assumptions: nobody measured them.

First contacts come in clusters (a Habit): at random times, some networks at one sitting, exponential gaps between.
Connections to known servers (a Routine) are no evidence to us, but are to detectors that count connections.
"""

import math
from typing import NamedTuple


class Habit(NamedTuple):
    """A cause of first contacts. `sizes`: networks at one sitting → probability; `gap_s`: mean between them."""

    a_year: float
    sizes: dict[int, float]
    gap_s: float
    failed: float = 0.03


class Routine(NamedTuple):
    """Mail to `servers` known addresses: sittings a day, mean connections each, mean gap in s."""

    a_day: float
    connections: float
    gap_s: float
    servers: int
    failed: float = 0.01


class Device(NamedTuple):
    """Why a device opens mail connections."""

    habits: tuple[Habit, ...]
    routines: tuple[Routine, ...]


class Home(NamedTuple):
    """`share` of all homes; its devices, each with how many there are of it."""

    share: float
    devices: tuple[tuple[int, Device], ...]


def rotation(a_day: float, more: float, new: float) -> Habit:
    """Sittings of 1 + Poisson(more) connections, each to a new network with probability `new`, independently."""

    def chance(count: int) -> float:
        mean = more * new
        poisson = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(count + 1)]
        return (1 - new) * poisson[count] + new * (poisson[count - 1] if count else 0)

    some = 1 - chance(0)
    sizes = {count: chance(count) / some for count in range(1, 8)}
    return Habit(a_day * 365.25 * some, sizes, 20)


# Several accounts behind rotating addresses: six connections a day, of which one in 30 meets a new /24 or /48 for ever.
ROTATION = rotation(3, 1, 1 / 30)
PROVIDER_MOVES = Habit(4, {2: 0.7, 3: 0.3}, 20)  # its addresses change, and one sitting meets some of them
NEW_ACCOUNT = Habit(0.5, {1: 0.3, 2: 0.6, 3: 0.1}, 30)
NEW_DEVICE = Habit(1 / 3, {1: 0.3, 2: 0.3, 3: 0.25, 4: 0.1, 5: 0.05}, 120)  # accounts set up by hand, one by one
PERSON = Device((ROTATION, PROVIDER_MOVES, NEW_ACCOUNT, NEW_DEVICE), (Routine(3, 2, 20, 30),))

# 200 letters a week at one sitting, one a second, through the own provider; the resolver keeps each address for minutes
NEWSLETTER = Device((rotation(1 / 7, 2, 1 / 30), PROVIDER_MOVES), (Routine(1 / 7, 200, 1, 3),))
# scans go to one relay; a stack of 15 pages is 15 mails
SCANNER = Device((Habit(2, {1: 1.0}, 60),), (Routine(2, 1, 60, 2), Routine(1 / 7, 15, 4, 2)))
# delivers to the recipients' own servers: a new one a day, and once a month a letter to several new ones
SERVER = Device(
    (Habit(365, {1: 1.0}, 60, failed=0.08), Habit(12, {2: 0.7, 3: 0.25, 4: 0.04, 5: 0.01}, 1, failed=0.08)),
    (Routine(12, 1.5, 30, 100, failed=0.04),),
)
# 10 accounts typed in after each other, once a year: they lie in 5 to 10 networks
TEN_ACCOUNTS = Device((*PERSON.habits, Habit(1, {5: 0.4, 6: 0.3, 7: 0.2, 10: 0.1}, 180)), (Routine(3, 2, 20, 30),))

# Once a month the internet is down while a device tries two or three networks that it never met: nobody answers.
OUTAGE = Habit(12, {2: 0.5, 3: 0.5}, 30, failed=1.0)
OUTAGES = Home(0, ((4, PERSON), (1, Device((*PERSON.habits, OUTAGE), PERSON.routines))))

HOMES = {
    "family": Home(0.9, ((5, PERSON),)),
    "newsletter": Home(0.03, ((4, PERSON), (1, NEWSLETTER))),
    "mailing scanner": Home(0.055, ((5, PERSON), (1, SCANNER))),
    "own mail server": Home(0.005, ((4, PERSON), (1, SERVER))),
    "10 accounts at once": Home(0.01, ((4, PERSON), (1, TEN_ACCOUNTS))),
}
