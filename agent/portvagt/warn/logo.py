"""The provider's logo, a small PNG or SVG file, as a data: URI: the page asks for nothing else.

In <img> a browser runs no script of an SVG and fetches nothing for it. A file with such things in it is refused all the
same: nobody drew a logo that needs them.
"""

import binascii

SIZE_MAX = 6 * 1024  # with it every page still comes in the first 14 KB (RFC 6928), compressed
_PNG_START, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_NAMESPACE = "http://www.w3.org/2000/svg"  # without it, <img> shows nothing
_NO_SVG = 'is no well-formed SVG; it must begin with <svg xmlns="{}"'.format(_NAMESPACE)


class BadLogo(Exception):
    """The file can't be the logo; the text says why."""


def load(path: str) -> str:
    """A data: URI; "" for the path "". Raises BadLogo."""
    if not path:
        return ""
    try:
        with open(path, "rb") as file:
            data = file.read(SIZE_MAX + 1)
    except OSError as error:
        raise BadLogo("can't be read: {}".format(error))
    if len(data) > SIZE_MAX:
        raise BadLogo("is larger than {} bytes".format(SIZE_MAX))
    return "data:{};base64,{}".format(_type(data), binascii.b2a_base64(data).decode().strip())


def _type(data: bytes) -> str:
    if data.startswith(_PNG_START) and data.endswith(_PNG_END):
        return "image/png"
    try:
        problem = _svg_problem(data.decode())
    except ValueError:  # UnicodeError
        problem = "is neither a PNG nor an SVG"
    if problem:
        raise BadLogo(problem)
    return "image/svg+xml"


def _svg_problem(text: str) -> str:
    """Why a text is no picture, "" when it is one."""
    names: "list[str]" = []  # of the elements that are open
    for piece in _without_comments(text).split("<")[1:]:
        tag, end, _ = piece.partition(">")
        if _is_unwanted(tag):
            return "has more in it than a picture: <{}".format(tag[:40])
        if not end or not _is_in_place(tag, names):
            return _NO_SVG
    return _NO_SVG if names or "<svg" not in text else ""


def _is_in_place(tag: str, names: "list[str]") -> bool:
    """Whether a tag closes the last element of `names`, or may begin one there; `names` is kept up to date."""
    name = _name(tag)
    if tag.startswith("?"):
        return True
    if tag.startswith("/"):
        return bool(names) and names.pop() == name
    if not names and (name != "svg" or _NAMESPACE not in tag):
        return False
    if not tag.endswith("/"):
        names.append(name)
    return True


def _is_unwanted(tag: str) -> bool:
    """Whether it is a declaration or a script, or has an attribute such as onload or an address that is a script."""
    words = tag.lower().replace("\n", " ").replace("\t", " ").split(" ")
    if tag.startswith("!") or _name(tag).lower() in ("script", "foreignobject") or "javascript:" in tag.lower():
        return True
    return any(word.startswith("on") and "=" in word for word in words)


def _name(tag: str) -> str:
    return (tag.strip("/").split() or [""])[0]


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    return first + "".join([each.partition("-->")[2] for each in rest])
