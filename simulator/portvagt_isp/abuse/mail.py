"""A mail's parts, by Python's own parser; strangers wrote it, so what is looked at is bounded.

With policy compat32: the newer one takes every header apart, which takes 20 s where one is a megabyte long.
"""

from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import parseaddr
from itertools import islice

from portvagt_isp.abuse.report import FIELD_MAX
from portvagt_isp.errors import IspError

SIZE_MAX = 1 << 20  # bytes
DEPTH_MAX = 20  # a multipart in a multipart …
PARTS_MAX = 50
HEADERS_MAX = 1000
TEXT_MAX = 1 << 16  # bytes of a part


def parse(data: bytes) -> Message:
    """Raises IspError."""
    if data.lower().count(b"boundary") > DEPTH_MAX:
        raise IspError(f"a mail with more than {DEPTH_MAX} multiparts: take the report out of it")
    return message_from_bytes(data)


def parts(message: Message) -> list[Message]:
    """The message and all that is in it, as they come."""
    return list(islice(message.walk(), PARTS_MAX))


def text(part: Message, most: int = TEXT_MAX) -> str:
    """Of a part that is text of some kind, decoded; `most` bytes."""
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    return raw[:most].decode("utf-8", "replace")


def enclosed(part: Message) -> Message | None:
    """The message whose headers a message/rfc822 or text/rfc822-headers part has."""
    if part.get_content_type() == "text/rfc822-headers":
        return headers_of(text(part))
    inner = part.get_payload()
    return inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None


def headers_of(source: str) -> Message:
    """A message that is given as text."""
    return message_from_string(source[:TEXT_MAX])


def original(all_parts: list[Message]) -> Message | None:
    """The first mail among the parts that is reported."""
    for part in all_parts:
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            return enclosed(part)
    return None


def fields(message: Message | None, name: str) -> list[str]:
    """All headers of that name, unfolded, what is too long cut."""
    found = islice(message.raw_items(), HEADERS_MAX) if message else ()
    return [" ".join(str(value)[:FIELD_MAX].split()) for each, value in found if each.lower() == name.lower()]


def field(message: Message | None, name: str) -> str | None:
    """The first of them."""
    found = fields(message, name)
    return found[0] if found else None


def sender(message: Message) -> str:
    """The address in From."""
    return parseaddr(field(message, "From") or "")[1]
