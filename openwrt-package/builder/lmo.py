"""LuCI's compiled translations, .lmo, as its po2lmo makes them (modules/luci-base/src/lib/lmo.c).

Texts, each filled up to four bytes; then an index of four big-endian words a text, sorted by the first: hash of the
key, number of forms, where the text begins, its length; then the index's place.
"""

import struct

from builder.po import Message

_PLURALS = "Plural-Forms: "
_CONTEXT_END, _FORM = "\1", "\2"
_WORD = 0xFFFFFFFF


def build(messages: list[Message]) -> bytes:
    """The .lmo of a .po file's messages."""
    texts, index = bytearray(), []
    for key, forms, text in _entries(messages):
        content = text.encode()
        index.append((key, forms, len(texts), len(content)))
        texts += content + bytes(-len(content) % 4)
    words = b"".join(struct.pack(">4I", *entry) for entry in sorted(index))
    return bytes(texts) + words + struct.pack(">I", len(texts))


def _entries(messages: list[Message]) -> list[tuple[int, int, str]]:
    found = []
    for message in messages:
        if not message.text:
            found += [(0, 0, line[len(_PLURALS) :]) for line in _head(message) if line.startswith(_PLURALS)]
        for number, text in enumerate(message.translations if message.text else ()):
            key = message.text + (f"{_FORM}{number}" if message.plural else "")
            if hash_of(key.encode()) != hash_of(text.encode()):  # the same text needs no translation
                found.append((hash_of(key.encode()), len(message.translations), text))
    return found


def _head(message: Message) -> list[str]:
    return "".join(message.translations).split("\\n")


def read(content: bytes) -> dict[int, str]:
    """{hash of the key: text} of a .lmo file."""
    (place,) = struct.unpack(">I", content[-4:])
    entries = struct.iter_unpack(">4I", content[place:-4])
    return {key: content[at : at + length].decode() for key, _, at, length in entries}


def hash_of(data: bytes) -> int:
    """Paul Hsieh's SuperFastHash as LuCI has it; it begins with the length."""
    if not data:
        return 0
    value = len(data)
    whole = len(data) & ~3
    for first, second in struct.iter_unpack("<HH", data[:whole]):
        value = value + first & _WORD
        value = (value << 16 ^ (second << 11 ^ value)) & _WORD
        value = value + (value >> 11) & _WORD
    return _avalanche(_rest(value, data[whole:]))


def _rest(value: int, rest: bytes) -> int:
    if len(rest) == 3:
        value = value + int.from_bytes(rest[:2], "little") & _WORD
        value = (value ^ value << 16) & _WORD
        value = (value ^ _signed(rest[2]) << 18) & _WORD
        return value + (value >> 11) & _WORD
    if len(rest) == 2:
        value = value + int.from_bytes(rest, "little") & _WORD
        value = (value ^ value << 11) & _WORD
        return value + (value >> 17) & _WORD
    if len(rest) == 1:
        value = value + _signed(rest[0]) & _WORD
        value = (value ^ value << 10) & _WORD
        return value + (value >> 1) & _WORD
    return value


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


def _avalanche(value: int) -> int:
    for left, right in ((3, 5), (4, 17), (25, 6)):
        value = (value ^ value << left) & _WORD
        value = value + (value >> right) & _WORD
    return value
