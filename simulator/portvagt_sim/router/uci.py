"""Writing the agent's configuration file in OpenWrt's UCI format."""

from collections.abc import Iterator, Mapping, Sequence

Value = str | int | Sequence[str]
Settings = Mapping[str, Mapping[str, Value]]


def merged(settings: Settings, changes: Settings) -> Settings:
    """`settings` with the options of `changes` put over them."""
    return {section: {**settings.get(section, {}), **changes.get(section, {})} for section in [*settings, *changes]}


def rendered(settings: Settings) -> str:
    """The text of the file: a section each, named as its type; sequences become lists."""
    return "\n".join(line for section, options in settings.items() for line in _section(section, options)) + "\n"


def _section(name: str, options: Mapping[str, Value]) -> Iterator[str]:
    yield f"config {name} '{name}'"
    for key, value in options.items():
        if isinstance(value, str | int):
            yield f"\toption {key} '{value}'"
        else:
            yield from (f"\tlist {key} '{item}'" for item in value)
