"""The pages: (what the guard knows, settings, language) → HTML. Pure; no script, and nothing is fetched for them."""

from collections import namedtuple

from portvagt.warn import language as languages
from portvagt.warn.escape import html, visible
from portvagt.warn.style import CSS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# isp_name, isp_phone: str, may be empty; language: the default
Settings = namedtuple("Settings", ("isp_name", "isp_phone", "language"))


class Page:
    """Writes pages in one language for one provider. `chosen`: the person asked for the language by its link."""

    def __init__(self, settings: Settings, language: str, chosen: bool = False) -> None:
        self._settings = settings
        self.language = language
        self._query = language_query(language) if chosen else ""
        self._words = languages.texts(language)
        self._text: "dict[str, Any]" = self._words.TEXT

    def stopped(self, case: "dict[str, Any]") -> str:
        """For the device whose mail is stopped. `case`: the guard's answer."""
        if case["acknowledged"]:
            parts = [self._heading("acknowledged"), self._facts(case), self._steps()]
        else:
            parts = [self._heading("stopped"), self._facts(case), self._steps(), self._button(case)]
        return self._document(parts + [self._again(case), self._real()])

    def clear(self) -> str:
        """For a device that nothing is known against."""
        return self._document([self._heading("clear"), _numbered(self._text["tips_list"]), self._help()])

    def notice(self, kind: str) -> str:
        """A heading, a sentence and the way back. `kind`: unavailable, missing or expired."""
        way_back = '<p><a class="button" href="/{}">{}</a></p>'.format(self._query, html(self._text["home"]))
        return self._document([self._heading(kind), way_back, self._help()])

    def _document(self, parts: "Iterable[str]") -> str:
        content = "".join(parts)
        title = content[content.index("<h1>") + 4 : content.index("</h1>")]
        return (
            '<!doctype html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<title>{}</title>\n<link rel="icon" href="data:,">\n<style>{}</style>\n</head>\n'
            "<body>\n<header>{}</header>\n<main>\n{}</main>\n</body>\n</html>\n"
        ).format(self.language, title, CSS, self._header(), content)

    def _header(self) -> str:
        links = [_language_link(each) for each in languages.LANGUAGES if each != self.language]
        return '<p>{}</p><nav aria-label="{}">{}</nav>'.format(
            html(self._settings.isp_name), html(self._text["other_languages"]), " ".join(links)
        )

    def _heading(self, kind: str) -> str:
        return '<h1>{}</h1>\n<p class="lead">{}</p>\n'.format(html(self._text[kind]), html(self._text[kind + "_lead"]))

    def _facts(self, case: "dict[str, Any]") -> str:
        facts = (
            ("device", self._device(case["device"])),
            ("seen", html(self._words.sighting(case["evidence"], case["stopped_seconds_ago"]))),
            ("works", html(self._text[_works(case)])),
        )
        rows = ["<div><dt>{}</dt><dd>{}</dd></div>\n".format(html(self._text[term]), text) for term, text in facts]
        return "<dl>\n{}</dl>\n".format("".join(rows))

    def _device(self, device: "dict[str, Any]") -> str:
        name = visible(device["name"] or "")
        if name:
            # bdi: a name in a right-to-left script must not reorder the sentence around it
            said = html(self._text["named"]).format(name="<b><bdi>{}</bdi></b>".format(html(name)))
        else:
            said = html(self._text["this_device"])
        if device["mac_tail"]:
            kind = "random_mac" if device["random_mac"] else "mac"
            said += " " + html(self._text[kind]).format(tail="<b>{}</b>".format(html(device["mac_tail"])))
        return said

    def _steps(self) -> str:
        return self._section("steps", [_numbered(self._text["steps_list"])])

    def _button(self, case: "dict[str, Any]") -> str:
        fields = ['<input type="hidden" name="{}" value="{}">'.format(name, html(case[name])) for name in _FIELDS]
        return '<form method="post" action="/acknowledge{}">{}<button>{}</button></form>\n'.format(
            self._query, "".join(fields), html(self._text["cleaned" if case["state"] == "garden" else "read"])
        )

    def _again(self, case: "dict[str, Any]") -> str:
        sentences = [self._words.quiet(case["hold_hours"])]
        if not case["acknowledged"]:
            sentences.append(self._text["again_garden" if case["state"] == "garden" else "again_text"])
        return self._section("again", [_paragraph(" ".join(sentences))])

    def _real(self) -> str:
        sentences = [self._text["real_text"].format(isp=self._isp())]
        if self._settings.isp_phone:
            phone = self._settings.isp_phone.replace(" ", "\u00a0")  # stays on one line
            sentences.append(self._text["real_phone"].format(phone=phone))
        return self._section("real", [_paragraph(" ".join(sentences)), _paragraph(self._text["real_promise"])])

    def _help(self) -> str:
        return self._section("help", [_paragraph(self._text["help_text"].format(isp=self._isp()))])

    def _isp(self) -> str:
        return self._settings.isp_name or str(self._text["your_provider"])

    def _section(self, heading: str, parts: "list[str]") -> str:
        return "<h2>{}</h2>\n{}".format(html(self._text[heading]), "".join(parts))


def _works(case: "dict[str, Any]") -> str:
    """The key of the text that says what the device may still do."""
    if case["state"] == "garden":
        return "works_garden"
    return "works_usual" if case["familiar"] else "works_text"


_FIELDS = ("incident", "token")


def language_query(language: str) -> str:
    """What a link ends in that keeps a language."""
    return "?language=" + language


def _language_link(language: str) -> str:
    return '<a href="/{}" lang="{}" hreflang="{}">{}</a>'.format(
        language_query(language), language, language, html(languages.NAMES[language])
    )


def _numbered(steps: "Iterable[tuple[str, str]]") -> str:
    items = ["<li><b>{}</b> {}</li>\n".format(html(what), html(how)) for what, how in steps]
    return '<ol class="steps">\n{}</ol>\n'.format("".join(items))


def _paragraph(text: str) -> str:
    return "<p>{}</p>\n".format(html(text))
