"""Numbers and times in a language's words: its file has a table of FORMS and says which form a number takes."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# unit, its seconds, and the time from which it is spoken of
_UNITS = (("day", 86400, 2 * 86400), ("hour", 3600, 6000), ("minute", 60, 100), ("second", 1, 1))
# a shorter time than this, s, is a moment
_MOMENT_S = {"ago": 100, "within": 1, "wait": 100}


def count(words: "Any", form: str, number: int) -> str:
    """A number with what is counted. `words`: a language's module."""
    return str(words.FORMS[form][words.plural(number)].format(number))


def span(words: "Any", how: str, seconds: float) -> str:
    """A time. `how`: ago (12 minutes ago), within (in 12 minutes), wait (12 minutes from now)."""
    if seconds >= _MOMENT_S[how]:
        for unit, size, least in _UNITS:
            if seconds >= least:
                return count(words, how + "_" + unit, round(seconds / size))
    return str(words.TEXT[how + "_moment"])


def sighting(words: "Any", evidence: "dict[str, Any] | None", seconds_ago: float) -> str:
    """What the router saw, and when; without evidence, as after an order of the provider, only when."""
    ago = span(words, "ago", seconds_ago)
    if evidence is None:
        return _sentence(words.TEXT["ordered"].format(ago=ago))
    return _sentence(
        words.TEXT["sighting"].format(
            ago=ago,
            times=count(words, "times", evidence["connections"]),
            within=span(words, "within", evidence["seconds"]),
            servers=count(words, "servers", evidence["networks"]),
        )
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
