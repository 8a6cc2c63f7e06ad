"""The one exception of the simulator: its text is a line for a person, then perhaps the end of a log."""


class SimulatorError(Exception):
    """A part of the simulated world failed; the text says which part, why, and what to do."""
