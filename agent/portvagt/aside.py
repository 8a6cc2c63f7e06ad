"""Damaged files are kept for whoever wants to know what happened: the first and the last of them, two at most."""

import os


def set_aside(path: str) -> str:
    """Move a file to {path}.bad, or to {path}.bad2 where the first one is kept already; which. Raises OSError."""
    place = path + ".bad"
    try:
        os.stat(place)
        place = path + ".bad2"
    except OSError:
        pass
    os.rename(path, place)
    return place
