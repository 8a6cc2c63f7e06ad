"""The texts themselves: the same in each language, and as easy to read as promised."""

import re
from html.parser import HTMLParser
from pathlib import Path
from types import FunctionType

import pytest
from tests.warn.cases import SETTINGS, stopped

from portvagt.warn import answers
from portvagt.warn import pages as pages_module
from portvagt.warn.language import LANGUAGES, NAMES, texts
from portvagt.warn.pages import Page


class Reader(HTMLParser):
    """The words that a person sees, a line for each block of text; `first` ends with the button."""

    BLOCKS = ("h1", "h2", "p", "dt", "dd", "li", "b", "button", "div")

    def __init__(self, document):
        super().__init__()
        self.lines = [""]
        self.first = None
        self._hidden = True
        self.feed(document)

    def handle_starttag(self, tag, _attributes):
        if tag == "main":
            self._hidden = False
        if tag in self.BLOCKS and tag != "b":
            self.lines.append("")

    def handle_endtag(self, tag):
        if tag == "button":
            self.first = " ".join(self.lines)
        if tag in self.BLOCKS and tag != "b":
            self.lines.append("")

    def handle_data(self, data):
        if not self._hidden:
            self.lines[-1] += data


def words(text):
    return re.findall(r"\w+(?:[:’'-]\w+)*", text)


def sentences(lines):
    """A heading without a full stop is a sentence too."""
    return [part for line in lines for part in re.split(r"[.!?:]+(?=\s|$)", line) if words(part)]


def lix(lines):
    """Läsbarhetsindex (Björnsson 1968): words a sentence, plus per cent of words longer than 6 letters."""
    all_words = [word for line in lines for word in words(line)]
    long_words = [word for word in all_words if len(word) > 6]
    return len(all_words) / len(sentences(lines)) + 100 * len(long_words) / len(all_words)


def running(lines):
    """Lines that are prose: headings, terms and buttons would make a text look easier than it is."""
    return [line for line in lines if re.search(r"[.:]\s*$", line)]


def pages(language):
    page = Page(SETTINGS, language)
    random = {"name": None, "mac_tail": "3d:0a", "random_mac": True}
    return {
        "stopped": page.stopped(stopped()),
        "random": page.stopped(stopped(device=random)),
        "acknowledged": page.stopped(stopped(acknowledged=True)),
        "familiar": page.stopped(stopped(familiar=2)),
        "garden": page.stopped(stopped(state="garden")),
        "ordered": page.stopped(stopped(evidence=None)),
        "clear": page.clear(),
        **{kind: page.notice(kind) for kind in ("unavailable", "missing", "expired")},
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts(language):
    model, other = texts(LANGUAGES[0]), texts(language)
    assert set(other.TEXT) == set(model.TEXT)
    assert language in NAMES
    for key, text in model.TEXT.items():
        assert type(other.TEXT[key]) is type(text), key
        assert len(other.TEXT[key]) == len(text) or isinstance(text, str), key
        assert re.findall(r"{\w+}", str(other.TEXT[key])) == re.findall(r"{\w+}", str(text)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_functions(language):
    def functions(module):
        return {name for name, value in vars(module).items() if isinstance(value, FunctionType) and name[0] != "_"}

    assert functions(texts(language)) == functions(texts(LANGUAGES[0])) == {"sighting", "quiet"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_used(language):
    source = Path(pages_module.__file__).read_text() + Path(answers.__file__).read_text()
    for key in texts(language).TEXT:
        base = key.removesuffix("_lead")
        assert f'"{key}"' in source or f'"{base}"' in source, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_has_at_most_120_words(language):
    first = Reader(pages(language)["stopped"]).first
    assert 60 < len(words(first)) <= 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_easy(language):
    for name, document in pages(language).items():
        lines = Reader(document).lines
        assert lix(running(lines)) <= 34, name
        for sentence in sentences(lines):
            assert len(words(sentence)) <= 15, sentence


def test_lix_is_computed_as_defined():
    # 2 sentences, 8 words of which 2 have more than 6 letters
    assert lix(["Det er en meget lille hundehvalp. Den sovende."]) == 4 + 25


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "alarm", ["!", "straks", "omgående", "immediately", "urgent", "download now", "klik her", "click here"]
)
def test_nothing_shouts(language, alarm):
    for document in pages(language).values():
        assert alarm not in " ".join(Reader(document).lines).lower()


@pytest.mark.parametrize(
    ("connections", "networks", "seconds", "ago", "danish", "english"),
    [
        (6, 6, 0.12, 725, "For 12 minutter siden prøvede den at sende mail 6 gange på under et sekund. "
         "Det var til 6 servere, den ikke har brugt før.",
         "12 minutes ago it tried to send mail 6 times in less than a second. It used 6 servers for the first time."),
        (1, 1, 1.2, 3, "For lidt siden prøvede den at sende mail én gang på et sekund. "
         "Det var til en server, den ikke har brugt før.",
         "A moment ago it tried to send mail once in one second. It used a server for the first time."),
        (40, 9, 45, 7300, "For 2 timer siden prøvede den at sende mail 40 gange på 45 sekunder. "
         "Det var til 9 servere, den ikke har brugt før.",
         "2 hours ago it tried to send mail 40 times in 45 seconds. It used 9 servers for the first time."),
        (40, 9, 7200, 260000, "For 3 dage siden prøvede den at sende mail 40 gange på 2 timer. "
         "Det var til 9 servere, den ikke har brugt før.",
         "3 days ago it tried to send mail 40 times in 2 hours. It used 9 servers for the first time."),
    ],
)  # fmt: skip
def test_the_sighting_has_the_grammar_of_its_language(connections, networks, seconds, ago, danish, english):
    evidence = {"connections": connections, "networks": networks, "seconds": seconds}
    assert texts("da").sighting(evidence, ago) == danish
    assert texts("en").sighting(evidence, ago) == english


def test_without_evidence_only_the_time_is_said():
    assert texts("da").sighting(None, 725) == "Routeren stoppede mail fra den for 12 minutter siden."
    assert texts("en").sighting(None, 3) == "The router stopped its mail a moment ago."


def test_the_quiet_time_has_one_and_many():
    assert "en time." in texts("da").quiet(1)
    assert "24 timer." in texts("da").quiet(24)
    assert "an hour." in texts("en").quiet(1)
    assert "24 hours." in texts("en").quiet(24)
