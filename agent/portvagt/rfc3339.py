"""Reads times as people copy them from an abuse report. Pure."""

_DIGITS = "0123456789"


def unix_seconds(text: str) -> int:
    """Unix time of an RFC 3339 time such as 2026-11-25T04:30:00Z; a fraction is cut off. Raises ValueError."""
    if text[10:11] not in ("T", "t", " "):
        raise ValueError("no time of day")
    year, month, day = _fields(text[:10], "-", (4, 2, 2))
    hour, minute, second = _fields(text[11:19], ":", (2, 2, 2))
    if not 1 <= month <= 12 or not 1 <= day <= _month_days(year, month) or hour > 23 or minute > 59 or second > 60:
        raise ValueError("not in the calendar")
    clock_s = hour * 3600 + minute * 60 + second
    return _days(year, month, day) * 86400 + clock_s - _offset_s(_without_fraction(text[19:]))


def _fields(text: str, separator: str, widths: "tuple[int, ...]") -> "list[int]":
    parts = text.split(separator)
    if [len(part) for part in parts] != list(widths) or not all(digit in _DIGITS for part in parts for digit in part):
        raise ValueError("not in figures")
    return [int(part) for part in parts]


def _without_fraction(zone: str) -> str:
    if not zone.startswith("."):
        return zone
    rest = zone[1:].lstrip(_DIGITS)
    if len(rest) == len(zone) - 1:
        raise ValueError("no fraction")
    return rest


def _offset_s(zone: str) -> int:
    if zone in ("Z", "z"):
        return 0
    hours, minutes = _fields(zone[1:], ":", (2, 2))
    if zone[0] not in "+-" or hours > 23 or minutes > 59:
        raise ValueError("no zone")
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)


def _month_days(year: int, month: int) -> int:
    return _days(year + month // 12, month % 12 + 1, 1) - _days(year, month, 1)


def _days(year: int, month: int, day: int) -> int:
    """From 1970-01-01, in the Gregorian calendar. Years begin with March here, so that the leap day is the last."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 719469
