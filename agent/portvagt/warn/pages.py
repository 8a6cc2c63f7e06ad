"""The pages: (settings, who looks, what the guard knows) → HTML. Pure; no script, and nothing is fetched for them."""

from collections import namedtuple

from portvagt.warn import device_kind, grammar, layouts
from portvagt.warn import language as languages
from portvagt.warn.escape import html, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

# isp_name, isp_phone: str, may be empty; language: the default; logo: a data: URI or ""; sheet: a style.Sheet
Settings = namedtuple("Settings", ("isp_name", "isp_phone", "language", "logo", "sheet"))

# language; kind: of device_kind; kept: what the person chose, {"language": …, "kind": …}, for the page's own links
Visit = namedtuple("Visit", ("language", "kind", "kept"))

HABITS = 3  # of the tips, on a page that has something else to say first
_FIELDS = ("incident", "token")
_GLOBE = (
    '<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="8"/>'
    '<path d="M2 10h16M10 2c3 3 3 13 0 16c-3-3-3-13 0-16"/></svg>'
)


def query(kept: "dict[str, str]") -> str:
    """What a link ends in that keeps what a person chose."""
    return "?" + "&".join(["{}={}".format(name, kept[name]) for name in sorted(kept)]) if kept else ""


class Page:
    """One page, `name` of layouts.LAYOUTS. `path`: where it is; `case`: the guard's answer, {} where it is of none."""

    def __init__(self, settings: Settings, visit: Visit, name: str, path: str, case: "dict[str, Any]") -> None:
        self.language = visit.language
        self._settings = settings
        self._visit = visit
        self._name = name
        self._path = path
        self._case = case
        self._words = languages.texts(visit.language)
        self._values = {"isp": settings.isp_name or str(self._words.TEXT["your_provider"])}
        if layouts.is_refused(case or {"state": ""}):
            self._values["hold"] = grammar.count(self._words, "hold_hour", case["hold_hours"])
            self._values["wait"] = grammar.span(self._words, "wait", case["quiet_wait_s"])

    def document(self) -> str:
        """The whole page."""
        headed = layouts.HEADED_AS.get(self._name, self._name)
        title = self._say(headed)
        return (
            '<!doctype html>\n<html lang="{}"{}>\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<title>{}</title>\n<link rel="icon" href="data:,">\n<style>{}</style>\n</head>\n'
            '<body>\n<header>{}</header>\n<main>\n<h1>{}</h1>\n<p class="lead">{}</p>\n'
            "{}</main>\n<footer>{}</footer>\n</body>\n</html>\n"
        ).format(
            self.language,
            ' dir="rtl"' if self.language in languages.RIGHT_TO_LEFT else "",
            title,
            self._settings.sheet.css,
            self._header(),
            title,
            self._say(headed + "_lead"),
            self._content(layouts.LAYOUTS[self._name]),
            self._footer(),
        )

    def _content(self, layout: "layouts.Layout") -> str:
        rows = [self._block("about", layout.about) + self._block("todo", layout.todo), self._block("rest", layout.rest)]
        return '<div class="first">\n{}</div>\n{}'.format(*rows)

    def _block(self, name: str, parts: "Iterable[str]") -> str:
        content = "".join([_PARTS[part](self) for part in parts])
        return '<div class="{}">\n{}</div>\n'.format(name, content) if content else ""

    def _say(self, key: str) -> str:
        """A text as HTML, with what it names filled in."""
        return html(self._words.TEXT[key].format(**self._values))

    def _link(self, path: str, text: str, chosen: "dict[str, str] | None" = None, attributes: str = "") -> str:
        """A link that keeps what the person chose, and adds what they choose by it. `text`: HTML."""
        kept = dict(self._visit.kept)
        kept.update(chosen or {})
        path, mark, fragment = path.partition("#")
        return '<a href="{}{}{}"{}>{}</a>'.format(path, html(query(kept)), mark + fragment, attributes, text)

    # around the content

    def _header(self) -> str:
        others = [each for each in languages.LANGUAGES if each != self.language]
        links = ["<li>{}</li>".format(self._language_link(each)) for each in others]
        return ('<p>{}</p><nav aria-label="{}"><details><summary>{}{}</summary><ul>{}</ul></details></nav>').format(
            self._provider(),
            self._say("language"),
            _GLOBE,
            html(languages.NAMES[self.language]),
            "".join(links),
        )

    def _provider(self) -> str:
        if self._settings.logo:
            return '<img src="{}" alt="{}">'.format(html(self._settings.logo), html(self._settings.isp_name))
        return html(self._settings.isp_name)

    def _language_link(self, language: str) -> str:
        direction = "rtl" if language in languages.RIGHT_TO_LEFT else "ltr"
        attributes = ' lang="{0}" hreflang="{0}" dir="{1}"'.format(language, direction)
        return self._link(self._path, html(languages.NAMES[language]), {"language": language}, attributes)

    def _footer(self) -> str:
        links = [
            "<li>{}</li>".format(self._link(path, self._say("to_" + name)))
            for path, name in (("/prevention", "prevention"), ("/mail", "mail"))
            if path != self._path
        ]
        return '<nav aria-label="{}"><ul>{}</ul></nav>'.format(self._say("more"), "".join(links))

    # parts

    def facts(self) -> str:
        """Which device, what was seen, what still works."""
        case = self._case
        seen = grammar.sighting(self._words, case["evidence"], case["stopped_seconds_ago"])
        rows = (("device", self._device(case["device"])), ("seen", html(seen)), ("works", self._say(_works(case))))
        return _pairs([(self._say(term), text) for term, text in rows])

    def _device(self, device: "dict[str, Any]") -> str:
        said = [self._named(visible(device["name"] or ""))]
        if device["mac_tail"]:
            kind = "random_mac" if device["random_mac"] else "mac"
            said.append(html(self._words.TEXT[kind]).format(tail=_figures(device["mac_tail"])))
        return " ".join(said)

    def _named(self, name: str) -> str:
        is_exact = self._visit.kind not in (device_kind.THING, device_kind.OTHER)
        kind = html(self._words.KINDS[self._visit.kind]) if is_exact else ""
        # bdi: a name in a right-to-left script must not reorder the sentence around it
        called = "<b><bdi>{}</bdi></b>".format(html(name)) if name else ""
        if called and kind:
            called += " ({})".format(kind)
        return (
            html(self._words.TEXT["named"]).format(name=called or kind) if called or kind else self._say("this_device")
        )

    def steps(self) -> str:
        """The three steps for the kind of device."""
        return self._section("steps", _numbered(self._words.STEPS[self._visit.kind]), ' class="three"')

    def choose_kind(self) -> str:
        """The kinds to choose from, where nobody could guess it."""
        return self._ask_for_kind("choose_kind") if self._visit.kind == device_kind.OTHER else ""

    def another_kind(self) -> str:
        """The kinds to choose from, where one was guessed or chosen."""
        return self._ask_for_kind("another_kind") if self._visit.kind != device_kind.OTHER else ""

    def _ask_for_kind(self, heading: str) -> str:
        return self._section(heading, self._kinds("/"), ' class="screen"')

    def _kinds(self, path: str) -> str:
        links = []
        for kind in device_kind.KINDS:
            current = ' aria-current="true"' if kind == self._visit.kind else ""
            links.append("<li>{}</li>".format(self._link(path, html(self._words.KINDS[kind]), {"kind": kind}, current)))
        return '<ul class="kinds">{}</ul>\n'.format("".join(links))

    def button(self, text: str, path: str) -> str:
        """A form of one button, with what binds it to this device and case."""
        fields = ['<input type="hidden" name="{}" value="{}">'.format(name, html(self._case[name])) for name in _FIELDS]
        return '<form method="post" action="{}{}">{}<button>{}</button></form>\n'.format(
            path, html(query(self._visit.kept)), "".join(fields), self._say(text)
        )

    def again(self, part: str) -> str:
        """When mail opens again, and what the button does about it."""
        return self._section("again", _paragraph(self._say(part)))

    def choices(self) -> str:
        """What else a person can do."""
        links = (("/mail-server", "to_mail_server"), ("/not-mine", "to_not_mine"))
        items = ["<li>{}</li>".format(self._link(path, self._say(text))) for path, text in links]
        return self._section("choices", '<ul class="links">{}</ul>\n'.format("".join(items)), ' class="screen"')

    def real(self) -> str:
        """How to find out whether the page is the provider's."""
        said = self._say("real_text")
        if self._settings.isp_phone:
            phone = self._settings.isp_phone.replace(" ", "\u00a0")  # stays on one line
            said += " " + html(self._words.TEXT["real_phone"]).format(phone=_figures(phone))
        return self._section("real", _paragraph(said) + _paragraph(self._say("real_promise")))

    def text(self) -> str:
        """The page's own paragraph."""
        return _paragraph(self._say(self._name + "_text"))

    def reference(self) -> str:
        """The number by which the provider finds the request."""
        number = self._case["reference"]
        return '<p class="number">{}</p>\n'.format(_figures(number[:4] + "\u00a0" + number[4:]))

    def tips(self, count: "int | None" = None) -> str:
        """How to keep viruses out."""
        return _numbered(self._words.TEXT["tips"][:count])

    def clean(self) -> str:
        """The steps for each kind of device, for whom no page about a case is shown."""
        said = _paragraph(self._say("clean_text")) + self._kinds("/prevention#clean")
        if self._visit.kind != device_kind.OTHER:
            said += "<h3>{}</h3>\n".format(html(self._words.KINDS[self._visit.kind]))
            said += _numbered(self._words.STEPS[self._visit.kind])
        return self._section("clean", said, ' id="clean"')

    def settings(self) -> str:
        """What a mail program must be told."""
        rows = [(html(term), html(value)) for term, value in self._words.TEXT["settings_list"]]
        return self._section("settings", _pairs(rows))

    def programs(self) -> str:
        """Where common mail programs have it."""
        rows = [(html(name), html(path)) for name, path in self._words.TEXT["programs_list"]]
        return self._section("programs", _pairs(rows))

    def help(self) -> str:
        """Whom to call."""
        return self._section("help", _paragraph(self._say("help_text")))

    def home(self) -> str:
        """The way to the device's page, as a button."""
        return "<p>{}</p>\n".format(self._link("/", self._say("home"), None, ' class="button"'))

    def back(self) -> str:
        """The way back, less prominent than the button above it."""
        return '<p class="links">{}</p>\n'.format(self._link("/", self._say("back")))

    def _section(self, heading: str, content: str, attributes: str = "") -> str:
        return "<section{}><h2>{}</h2>\n{}</section>\n".format(attributes, self._say(heading), content)


_PARTS: "dict[str, Callable[[Page], str]]" = {
    "facts": Page.facts,
    "steps": Page.steps,
    "choose_kind": Page.choose_kind,
    "another_kind": Page.another_kind,
    "acknowledge": lambda page: page.button("acknowledge", "/acknowledge"),
    "cleaned": lambda page: page.button("cleaned", "/cleaned"),
    "mail_server_button": lambda page: page.button("mail_server_button", "/mail-server"),
    "not_mine_button": lambda page: page.button("not_mine_button", "/not-mine"),
    "again_gate": lambda page: page.again("again_gate"),
    "again_read": lambda page: page.again("again_read"),
    "again_wait": lambda page: page.again("again_wait"),
    "again_garden": lambda page: page.again("again_garden"),
    "choices": Page.choices,
    "real": Page.real,
    "text": Page.text,
    "reference": Page.reference,
    "tips": Page.tips,
    "habits": lambda page: page.tips(HABITS),
    "clean": Page.clean,
    "settings": Page.settings,
    "programs": Page.programs,
    "help": Page.help,
    "home": Page.home,
    "back": Page.back,
}


def _works(case: "dict[str, Any]") -> str:
    """The key of the text that says what the device may still do."""
    if case["state"] == "garden":
        return "works_garden"
    if case["gate"]:
        return "works_gate"
    return "works_usual" if case["familiar"] else "works_text"


def _figures(text: str) -> str:
    """Something to compare letter by letter: in its own order too where the language is written from right to left."""
    return '<b dir="ltr">{}</b>'.format(html(text))


def _numbered(steps: "Iterable[tuple[str, str]]") -> str:
    items = ["<li><b>{}</b> {}</li>\n".format(html(what), html(how)) for what, how in steps]
    return '<ol class="steps">\n{}</ol>\n'.format("".join(items))


def _pairs(rows: "Iterable[tuple[str, str]]") -> str:
    """Terms and what is said of them, as HTML."""
    return "<dl>\n{}</dl>\n".format(
        "".join(["<div><dt>{}</dt><dd>{}</dd></div>\n".format(term, text) for term, text in rows])
    )


def _paragraph(text: str) -> str:
    return "<p>{}</p>\n".format(text)
