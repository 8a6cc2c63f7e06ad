"""Quality values, as in `da;q=0.8` or `gzip;q=0` (RFC 9110, 12.4.2)."""

_DIGITS = "0123456789"


def thousandths(parameters: str) -> "int | None":
    """What stands behind the first `;` of a preference, as 0 to 1000; None when it is no quality value."""
    text = parameters.strip()
    if not text:
        return 1000
    name, _, value = text.partition("=")
    whole, _, decimals = value.strip().partition(".")
    if name.strip() != "q" or whole not in ("0", "1") or len(decimals) > 3:
        return None
    if any(digit not in _DIGITS for digit in decimals):
        return None
    found = int(whole) * 1000 + int((decimals + "000")[:3])
    return found if found <= 1000 else None
