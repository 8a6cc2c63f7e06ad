"""How long a router waits before it tries the broker again. Pure.

A fleet that lost its broker together must not come back together: each router takes its own random pause.
"""

FIRST_S = 1.0
LONGEST_S = 300.0


def next_pause(previous_s: float, chance: float) -> float:
    """Seconds to wait, by decorrelated jitter. `previous_s`: last pause, FIRST_S at first; `chance`: random, 0 to 1."""
    return min(LONGEST_S, FIRST_S + chance * (3 * previous_s - FIRST_S))
