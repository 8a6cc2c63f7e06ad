"""How a benchmark tells how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int, str], None]  # done, of, what
