"""The text format of /etc/config files (UCI): `config TYPE ['NAME']`, `option KEY VALUE`, `list KEY VALUE`.

Grammar as libuci's file.c reads it, less what nobody writes by hand: a quoted value must end on its line.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Line:
    """One statement: keyword (`config`, `option`, `list`, `package`), its arguments, its line number from 1."""

    __slots__ = ("keyword", "arguments", "number")

    def __init__(self, keyword: str, arguments: "list[str]", number: int) -> None:
        self.keyword = keyword
        self.arguments = arguments
        self.number = number


class BadLine(ValueError):
    """A line that is no UCI; `number` is its line number from 1."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number
        self.message = message


_ARGUMENTS = {"package": (1, 1), "config": (1, 2), "option": (2, 2), "list": (2, 2)}


def parse(text: str) -> "Iterator[Line]":
    """The statements of a file, in order. Raises BadLine."""
    for index, raw in enumerate(text.split("\n")):
        number = index + 1
        words = _words(raw, number)
        if words:
            yield _statement(words, number)


def _statement(words: "list[str]", number: int) -> Line:
    keyword, arguments = words[0], words[1:]
    if keyword not in _ARGUMENTS:
        raise BadLine(number, "'{}' is none of config, option, list".format(keyword))
    least, most = _ARGUMENTS[keyword]
    if not least <= len(arguments) <= most:
        raise BadLine(number, "'{}' takes {} values, here are {}".format(keyword, most, len(arguments)))
    return Line(keyword, arguments, number)


def _words(line: str, number: int) -> "list[str]":
    words: "list[str]" = []
    position = 0
    while True:
        while position < len(line) and line[position] in " \t\r;":
            position += 1
        if position >= len(line) or line[position] == "#":
            return words
        word, position = _word(line, position, number)
        words.append(word)


def _word(line: str, position: int, number: int) -> "tuple[str, int]":
    """One argument: pieces that are bare, '…' (literal) or "…" (backslash escapes), joined as a shell joins them."""
    pieces: "list[str]" = []
    while position < len(line) and line[position] not in " \t\r;":
        if line[position] in "'\"":
            piece, position = _quoted(line, position, number)
        elif line[position] == "\\" and position + 1 < len(line):
            piece, position = line[position + 1], position + 2
        else:
            piece, position = line[position], position + 1
        pieces.append(piece)
    return "".join(pieces), position


def _quoted(line: str, position: int, number: int) -> "tuple[str, int]":
    quote = line[position]
    pieces: "list[str]" = []
    position += 1
    while position < len(line):
        letter = line[position]
        if letter == quote:
            return "".join(pieces), position + 1
        if letter == "\\" and quote == '"' and position + 1 < len(line):
            position += 1
            letter = line[position]
        pieces.append(letter)
        position += 1
    raise BadLine(number, "a quote ({}) is not closed".format(quote))
