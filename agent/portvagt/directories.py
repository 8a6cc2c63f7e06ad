"""Directories of the agent, where the init script has not made them with their owners."""

import os


def make(path: str) -> None:
    """Make a directory and those above it, if they are not there."""
    parts = path.split("/")
    for index in range(2, len(parts) + 1):
        try:
            os.mkdir("/".join(parts[:index]))
        except OSError:
            pass  # it is there, or the next use says what is wrong
