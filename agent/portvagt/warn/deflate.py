"""Compresses what never changes, once, at the start: RFC 1951. MicroPython as OpenWrt and Debian build it only expands.

Slow and simple: it takes milliseconds for a style sheet, so nothing that a browser waits for goes through it.
"""

from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORTEST = 4  # the format has 3, but such a match saves next to nothing
_LONGEST = 257  # 258 has a symbol of its own, which we can do without
_PLACES = 1024  # of the table of what was seen where
_END = 256
_FIRST_LENGTH = 257
_SYMBOLS = 286
_BITS_MAX = 15
# A code of 5 bits would have room for 32 distances, there are 30, and decoders want a code without gaps: two that are
# frequent in a few KB (257 to 512 back) take 4.
_DISTANCE_BITS = [4 if symbol in (16, 17) else 5 for symbol in range(30)]
# The code for the lengths of the other two codes: 0 to 15 with 4 bits each, no repetitions. In the order of 3.2.7.
_LENGTH_BITS = [0, 0, 0] + [4] * 16


class _Bits:
    """A stream of bits, the lowest first."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._waiting = 0
        self._count = 0

    def add(self, value: int, count: int) -> None:
        self._waiting |= value << self._count
        self._count += count
        while self._count >= 8:
            self.data.append(self._waiting & 255)
            self._waiting >>= 8
            self._count -= 8

    def pad(self) -> None:
        """Zeros up to the next byte."""
        self.add(0, -self._count % 8)


def deflated(data: bytes) -> bytes:
    """One block and an empty one behind it, so that it ends with a byte; more must follow. `data`: 1 byte to 32 KiB.

    Nothing in it refers to what stands before it.
    """
    tokens = list(_tokens(data))
    bits = _lengths(_counts(tokens))
    out = _Bits()
    _add_header(out, bits)
    _add_tokens(out, tokens, _codes(bits))
    out.add(0, 3)  # 3.2.4: a stored block begins with the next byte; this one stores nothing
    out.pad()
    return bytes(out.data) + b"\x00\x00\xff\xff"


def _tokens(data: bytes) -> "Iterator[int]":
    """Bytes as they are, and length << 16 | distance for what was there before."""
    seen = array("i", [-1] * _PLACES)
    at = 0
    while at < len(data):
        before, length = _match(data, at, seen)
        if length < _SHORTEST:
            yield data[at]
            length = 1
        else:
            yield length << 16 | at - before
        for place in range(at, min(at + length, len(data) - 2)):
            seen[_hash(data, place)] = place
        at += length


def _hash(data: bytes, at: int) -> int:
    return (data[at] * 1089 + data[at + 1] * 33 + data[at + 2]) % _PLACES


def _match(data: bytes, at: int, seen: "array[int]") -> "tuple[int, int]":
    """Where the last place was whose first three bytes have the hash of those at `at`, and how many bytes are equal."""
    before = seen[_hash(data, at)] if at + 2 < len(data) else -1
    length = 0
    if before >= 0:
        most = min(_LONGEST, len(data) - at)
        while length < most and data[before + length] == data[at + length]:
            length += 1
    return before, length


def _bucket(value: int, steps: int) -> "tuple[int, int, int]":
    """(symbol, number of extra bits, extra bits): 3.2.5; each time that a bit is added, `steps` symbols have it."""
    extra = 0
    while value >> extra >= 2 * steps:
        extra += 1
    return steps * extra + (value >> extra), extra, value & ((1 << extra) - 1)


def _symbol(token: int) -> int:
    return token if token < _END else _FIRST_LENGTH + _bucket((token >> 16) - 3, 4)[0]


def _counts(tokens: "list[int]") -> "list[int]":
    """How often each symbol is needed."""
    counts = [0] * _SYMBOLS
    counts[_END] = 1
    for token in tokens:
        counts[_symbol(token)] += 1
    return counts


def _lengths(counts: "list[int]") -> "list[int]":
    """Bits of each symbol's code by Huffman's algorithm, 0 for one that is not needed.

    A symbol rarer than 1 in 1024 counts as that, so that no code is longer than _BITS_MAX (its depth is that of a
    Fibonacci tree at most: 14).
    """
    least = sum(counts) >> 10
    lengths = [0] * len(counts)
    leaves = sorted([(max(count, least), symbol) for symbol, count in enumerate(counts) if count])
    singles = [(weight, [symbol]) for weight, symbol in leaves]
    pairs: "list[tuple[int, list[int]]]" = []  # comes in order by itself
    while len(singles) + len(pairs) > 1:
        one, other = _lightest(singles, pairs), _lightest(singles, pairs)
        pairs.append((one[0] + other[0], one[1] + other[1]))
        for symbol in pairs[-1][1]:
            lengths[symbol] += 1
    return lengths


def _lightest(singles: "list[tuple[int, list[int]]]", pairs: "list[tuple[int, list[int]]]") -> "tuple[int, list[int]]":
    return (singles if singles and (not pairs or singles[0][0] <= pairs[0][0]) else pairs).pop(0)


def _codes(lengths: "list[int]") -> "list[tuple[int, int]]":
    """(code as it is sent, bits) of each symbol: 3.2.2."""
    codes = [(0, 0)] * len(lengths)
    code = 0
    for bits in range(1, _BITS_MAX + 1):
        code <<= 1
        for symbol, length in enumerate(lengths):
            if length == bits:
                codes[symbol] = _reversed(code, bits), bits
                code += 1
    return codes


def _reversed(code: int, bits: int) -> int:
    """The highest bit first, as Huffman codes are sent."""
    turned = 0
    for _ in range(bits):
        turned = turned << 1 | code & 1
        code >>= 1
    return turned


def _add_header(out: _Bits, bits: "list[int]") -> None:
    """3.2.7: not the last block, dynamic codes, and what they are."""
    out.add(0, 1)
    out.add(2, 2)
    out.add(_SYMBOLS - 257, 5)
    out.add(len(_DISTANCE_BITS) - 1, 5)
    out.add(len(_LENGTH_BITS) - 4, 4)
    for count in _LENGTH_BITS:
        out.add(count, 3)
    for count in bits + _DISTANCE_BITS:
        out.add(_reversed(count, 4), 4)


def _add_tokens(out: _Bits, tokens: "list[int]", codes: "list[tuple[int, int]]") -> None:
    distances = _codes(_DISTANCE_BITS)
    for token in tokens:
        out.add(*codes[_symbol(token)])
        if token > _END:
            _add_extra(out, _bucket((token >> 16) - 3, 4))
            back = _bucket((token & 0xFFFF) - 1, 2)
            out.add(*distances[back[0]])
            _add_extra(out, back)
    out.add(*codes[_END])


def _add_extra(out: _Bits, bucket: "tuple[int, int, int]") -> None:
    out.add(bucket[2], bucket[1])
