"""The texts themselves: the same in each language, and as easy to read as promised."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.warn.cases import GALLERY, document

from portvagt.warn import grammar, layouts
from portvagt.warn import pages as pages_module
from portvagt.warn.language import LANGUAGES, NAMES, texts


class Reader(HTMLParser):
    """The words that a person sees, a line for each block of text; `first` ends where what is below begins."""

    BLOCKS = ("h1", "h2", "h3", "p", "dt", "dd", "li", "b", "button", "div")

    def __init__(self, document):
        super().__init__()
        self.lines = [""]
        self.first = ""
        self._hidden = True
        self.feed(document)

    def handle_starttag(self, tag, attributes):
        if tag == "main":
            self._hidden = False
        if dict(attributes).get("class") == "rest":
            self.first = " ".join(self.lines)
        if tag in self.BLOCKS and tag != "b":
            self.lines.append("")

    def handle_endtag(self, tag):
        if tag in self.BLOCKS and tag != "b":
            self.lines.append("")

    def handle_data(self, data):
        if not self._hidden:
            self.lines[-1] += data


def words(text):
    """\u064b to \u0652 are the marks over and under Arabic letters, which belong to their word."""
    return re.findall(r"[\w\u064b-\u0652]+(?:[:’'‑-]\w+)*", text)


def sentences(lines):
    """A heading without a full stop is a sentence too."""
    return [part for line in lines for part in re.split(r"[.!?؟:]+(?=\s|$)", line) if words(part)]


def lix(lines):
    """Läsbarhetsindex (Björnsson 1968): words a sentence, plus per cent of words longer than 6 letters."""
    all_words = [word for line in lines for word in words(line)]
    long_words = [word for word in all_words if len(word) > 6]
    return len(all_words) / len(sentences(lines)) + 100 * len(long_words) / len(all_words)


def running(lines):
    """Lines that are prose: headings, terms and buttons would make a text look easier than it is."""
    return [line for line in lines if re.search(r"[.:]\s*$", line)]


def pages(language):
    return {name: document(name, language) for name in GALLERY}


def syllables(word):
    """Groups of vowels, as in German; a word has at least one."""
    return max(1, len(re.findall(r"[aeiouyäöü]+", word.lower())))


def english_syllables(word):
    """Less a final e that nobody hears."""
    return syllables(re.sub(r"(?<![laeiouy])e$|(?<=[^td])ed$", "", word.lower()))


def french_syllables(word):
    """Less a final e or es that nobody hears; an elided article sounds with its word."""
    heard = re.sub(r"(?<=[^aeiouyéèêëîïôûù])es?$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouyàâéèêëîïôûùœ]+", heard)))


def spanish_syllables(word):
    """A strong vowel, or an i or u with an accent, is a syllable; weak ones join it."""
    return max(1, len(re.findall(r"[iuüy]?[aeoáéóíú][iuy]?|[iuüy]+", word.lower())))


def mean_syllables(lines, count):
    all_words = [word for line in lines for word in words(line)]
    return sum(count(word) for word in all_words) / len(all_words)


def words_a_sentence(lines):
    return len([word for line in lines for word in words(line)]) / len(sentences(lines))


def flesch_kincaid(lines):
    """Grade level (Kincaid et al. 1975)."""
    return 0.39 * words_a_sentence(lines) + 11.8 * mean_syllables(lines, english_syllables) - 15.59


def wiener_sachtextformel(lines):
    """School year, by the first of the formulas (Bamberger and Vanecek 1984)."""
    all_words = [word for line in lines for word in words(line)]

    def per_cent(is_one):
        return 100 * sum(map(is_one, all_words)) / len(all_words)

    return (
        0.1935 * per_cent(lambda word: syllables(word) >= 3)
        + 0.1672 * words_a_sentence(lines)
        + 0.1297 * per_cent(lambda word: len(word) > 6)
        - 0.0327 * per_cent(lambda word: syllables(word) == 1)
        - 0.875
    )


def kandel_moles(lines):
    """Flesch's reading ease for French (Kandel and Moles 1958): from 70 fairly easy, from 80 easy."""
    return 207 - 1.015 * words_a_sentence(lines) - 73.6 * mean_syllables(lines, french_syllables)


def inflesz(lines):
    """Szigriszt's perspicuity (1993) on the INFLESZ scale (Barrio 2008): from 65 fairly easy, from 80 very easy."""
    return 206.835 - words_a_sentence(lines) - 62.3 * mean_syllables(lines, spanish_syllables)


# What "easy" means in each language: (measure, least, most) for the prose of each page. Where there is none, no formula
# is established: the length of sentences and of the first screen alone counts.
EASY = {
    "da": ((lix, 0, 34),),
    "en": ((lix, 0, 34), (flesch_kincaid, -4, 5)),
    "de": ((wiener_sachtextformel, -4, 6),),
    "sv": ((lix, 0, 34),),
    "nb": ((lix, 0, 34),),
    "fi": (),
    "pl": (),
    "tr": (),
    "ar": (),
    "uk": (),
    "fr": ((kandel_moles, 70, 207),),
    "es": ((inflesz, 65, 207),),
}


def fields(text):
    return set(re.findall(r"{\w*}", str(text)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts(language):
    model, other = texts(LANGUAGES[0]), texts(language)
    assert language in NAMES
    for table in ("TEXT", "KINDS", "STEPS", "FORMS"):
        assert list(getattr(other, table)) == list(getattr(model, table)), table
    for key, text in model.TEXT.items():
        assert type(other.TEXT[key]) is type(text), key
        assert len(other.TEXT[key]) == len(text) or isinstance(text, str), key
        assert fields(other.TEXT[key]) == fields(text) or key.startswith("again_"), key
    for kind, steps in model.STEPS.items():
        assert [len(step) for step in other.STEPS[kind]] == [len(step) for step in steps] == [2, 2, 2], kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_has_a_form(language):
    module = texts(language)
    used = Counter(module.plural(number) for number in range(1000))
    assert set(used) == set(range(len(used)))
    for key, forms in module.FORMS.items():
        assert len(forms) == len(used), key
        for form, text in enumerate(forms):
            assert fields(text) == {"{}"} or used[form] == 1, f"{key}: {text} is said of {used[form]} numbers"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_used(language):
    source = "".join(Path(module.__file__).read_text() for module in (pages_module, layouts, grammar))
    for key in texts(language).TEXT:
        bases = {key, key.removesuffix("_lead"), key.removesuffix("_text"), key.removeprefix("to_")}
        bases.add(key.removesuffix("_moment"))
        assert any(f'"{base}' in source for base in bases), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_has_at_most_120_words(language):
    for name, page in pages(language).items():
        assert 4 < len(words(Reader(page).first)) <= 120, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_easy(language):
    for name, page in pages(language).items():
        lines = Reader(page).lines
        for measure, least, most in EASY[language]:
            assert least <= measure(running(lines)) <= most, (name, measure.__name__)
        for sentence in sentences(lines):
            assert len(words(sentence)) <= 15, sentence


def test_the_grade_is_computed_as_defined():
    # 2 sentences, 7 words, 9 syllables
    assert flesch_kincaid(["The cat looked. Use a better table."]) == pytest.approx(0.39 * 7 / 2 + 11.8 * 9 / 7 - 15.59)


def test_lix_is_computed_as_defined():
    # 2 sentences, 8 words of which 2 have more than 6 letters
    assert lix(["Det er en meget lille hundehvalp. Den sovende."]) == 4 + 25


def test_the_wiener_sachtextformel_is_computed_as_defined():
    # 2 sentences, 9 words: 3 of 3 syllables or more, 2 of more than 6 letters, 3 of one
    sample = ["Das ist eine Kamera. Bitte E‑Mail einschalten, Sie verstehen."]
    assert [syllables(word) for word in words(sample[0])] == [1, 1, 2, 3, 2, 2, 3, 1, 3]
    expected = 0.1935 * 100 * 3 / 9 + 0.1672 * 9 / 2 + 0.1297 * 100 * 2 / 9 - 0.0327 * 100 * 3 / 9 - 0.875
    assert wiener_sachtextformel(sample) == pytest.approx(expected)


def test_the_ease_of_french_is_computed_as_defined():
    # 2 sentences, 8 words, 11 syllables
    sample = ["L’appareil est propre. Changez vos mots de passe."]
    assert [french_syllables(word) for word in words(sample[0])] == [3, 1, 1, 2, 1, 1, 1, 1]
    assert kandel_moles(sample) == pytest.approx(207 - 1.015 * 8 / 2 - 73.6 * 11 / 8)


def test_the_perspicuity_of_spanish_is_computed_as_defined():
    # 2 sentences, 8 words, 15 syllables
    sample = ["Guía fácil de hoy. Cambia la contraseña, ciudad."]
    assert [spanish_syllables(word) for word in words(sample[0])] == [2, 2, 1, 1, 2, 1, 4, 2]
    assert inflesz(sample) == pytest.approx(206.835 - 8 / 2 - 62.3 * 15 / 8)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_begins_with_the_provider(language):
    # its stand-in, "your internet provider", has no capital letter
    for key, text in texts(language).TEXT.items():
        assert not re.search(r"(^|[.?] )\{isp}", str(text)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_ends_after_a_letter_and_a_hyphen(language):
    for name, page in pages(language).items():
        assert not re.search(r"\b[^\W\d]-\w", " ".join(Reader(page).lines)), name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "alarm",
    [
        *("!", "straks", "omgående", "immediately", "urgent", "download now", "klik her", "click here"),
        *("natychmiast", "pilne", "kliknij tutaj", "hemen", "acil", "buraya tıkla", "فورًا", "عاجل", "اضغط هنا"),
        *("негайно", "терміново", "натисніть тут"),
        "!",
        "straks",
        "omgående",
        "immediately",
        "urgent",
        "download now",
        "klik her",
        "click here",
        "¡",
        "sofort",
        "dringend",
        "omedelbart",
        "umiddelbart",
        "välittömästi",
        "immédiat",
        "inmediat",
    ],
)
def test_nothing_shouts(language, alarm):
    for page in pages(language).values():
        assert alarm not in " ".join(Reader(page).lines).lower()


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
    assert grammar.sighting(texts("da"), evidence, ago) == danish
    assert grammar.sighting(texts("en"), evidence, ago) == english


@pytest.mark.parametrize(
    ("language", "once", "often"),
    [
        ("de", "Gerade eben wollte es in einer Sekunde einmal E‑Mails senden. "
         "Dabei nutzte es einen Server zum ersten Mal.",
         "Vor 3 Tagen wollte es in 2 Stunden 40-mal E‑Mails senden. Dabei nutzte es 9 Server zum ersten Mal."),
        ("sv", "För en liten stund sedan försökte den skicka mejl en gång på en sekund. "
         "Det gällde en server den inte har använt förut.",
         "För 3 dagar sedan försökte den skicka mejl 40 gånger på 2 timmar. "
         "Det gällde 9 servrar den inte har använt förut."),
        ("nb", "For litt siden prøvde den å sende e‑post én gang på ett sekund. "
         "Det var til en server den ikke har brukt før.",
         "For 3 dager siden prøvde den å sende e‑post 40 ganger på 2 timer. "
         "Det var til 9 servere den ikke har brukt før."),
        ("fi", "Hetki sitten se yritti lähettää sähköpostia kerran yhdessä sekunnissa. "
         "Se käytti yhtä palvelinta ensimmäistä kertaa.",
         "3 päivää sitten se yritti lähettää sähköpostia 40 kertaa 2 tunnissa. "
         "Se käytti 9 palvelinta ensimmäistä kertaa."),
        ("fr", "Il y a un instant, il a tenté un envoi en une seconde. Il a utilisé un serveur pour la première fois.",
         "Il y a 3 jours, il a tenté 40 envois en 2 heures. Il a utilisé 9 serveurs pour la première fois."),
        ("es", "Hace un momento intentó enviar correo una vez en un segundo. Usó un servidor por primera vez.",
         "Hace 3 días intentó enviar correo 40 veces en 2 horas. Usó 9 servidores por primera vez."),
    ],
)  # fmt: skip
def test_one_and_many_in_the_other_languages(language, once, often):
    words = texts(language)
    assert grammar.sighting(words, {"connections": 1, "networks": 1, "seconds": 1.2}, 3) == once
    assert grammar.sighting(words, {"connections": 40, "networks": 9, "seconds": 7200}, 260000) == often


def test_without_evidence_only_the_time_is_said():
    assert grammar.sighting(texts("da"), None, 725) == "Routeren stoppede mail fra den for 12 minutter siden."
    assert grammar.sighting(texts("en"), None, 3) == "The router stopped its mail a moment ago."


@pytest.mark.parametrize(
    ("seconds", "danish", "english"),
    [
        (0, "om et øjeblik", "in a moment"),
        (120, "om 2 minutter", "in 2 minutes"),
        (82000, "om 23 timer", "in 23 hours"),
        (604800, "om 7 dage", "in 7 days"),
    ],
)
def test_a_wait_is_said_in_the_largest_unit(seconds, danish, english):
    assert grammar.span(texts("da"), "wait", seconds) == danish
    assert grammar.span(texts("en"), "wait", seconds) == english


@given(st.floats(0, 1e9), st.sampled_from(["ago", "within", "wait"]), st.sampled_from(LANGUAGES))
def test_every_time_can_be_said(seconds, how, language):
    assert grammar.span(texts(language), how, seconds)


def test_the_quiet_time_has_one_and_many():
    assert grammar.count(texts("da"), "hold_hour", 1) == "i en time"
    assert grammar.count(texts("en"), "hold_hour", 24) == "for 24 hours"


def test_marks_do_not_cut_a_word_in_two():
    assert words("يُفتح البريد تلقائيًا بعد 23 ساعة") == ["يُفتح", "البريد", "تلقائيًا", "بعد", "23", "ساعة"]


@pytest.mark.parametrize(
    ("language", "form", "said"),
    [
        ("pl", "ago_minute", {1: "minutę temu", 2: "2 minuty temu", 5: "5 minut temu", 12: "12 minut temu",
                              21: "21 minut temu", 22: "22 minuty temu", 112: "112 minut temu"}),
        ("tr", "ago_minute", {1: "bir dakika önce", 2: "2 dakika önce", 21: "21 dakika önce"}),
        ("ar", "ago_minute", {1: "قبل دقيقة", 2: "قبل دقيقتين", 3: "قبل 3 دقائق", 10: "قبل 10 دقائق",
                              11: "قبل 11 دقيقة", 99: "قبل 99 دقيقة", 100: "قبل 100 دقيقة"}),
        ("ar", "servers", {0: "بـ 0 خادم", 1: "بخادم واحد", 2: "بخادمين", 6: "بـ 6 خوادم", 11: "بـ 11 خادمًا",
                           102: "بـ 102 خادم", 103: "بـ 103 خوادم", 111: "بـ 111 خادمًا"}),
        ("uk", "ago_minute", {1: "1 хвилину тому", 2: "2 хвилини тому", 5: "5 хвилин тому", 11: "11 хвилин тому",
                              14: "14 хвилин тому", 21: "21 хвилину тому", 23: "23 хвилини тому",
                              111: "111 хвилин тому"}),
        ("uk", "hold_hour", {1: "протягом 1 години", 21: "протягом 21 години", 24: "протягом 24 годин"}),
    ],
)  # fmt: skip
def test_a_number_takes_the_form_of_its_language(language, form, said):
    assert {number: grammar.count(texts(language), form, number) for number in said} == said


@pytest.mark.parametrize(
    ("language", "sighting", "ordered"),
    [
        ("pl", "12 minut temu próbowało wysłać pocztę 6 razy w niecałą sekundę. "
         "Po raz pierwszy łączyło się z 6 serwerami.", "Router zatrzymał pocztę 12 minut temu."),
        ("tr", "12 dakika önce, bir saniyeden kısa sürede 6 kez e‑posta göndermeye çalıştı. "
         "Daha önce kullanmadığı 6 sunucuya bağlandı.", "Modem, e‑posta gönderimini 12 dakika önce durdurdu."),
        ("ar", "قبل 12 دقيقة حاول إرسال البريد 6 مرات خلال أقل من ثانية. واتصل بـ 6 خوادم لأول مرة.",
         "أوقف الراوتر بريد هذا الجهاز قبل 12 دقيقة."),
        ("uk", "12 хвилин тому він намагався надіслати пошту 6 разів менш ніж за секунду. "
         "Уперше з’єднувався з 6 серверами.", "Роутер зупинив пошту 12 хвилин тому."),
    ],
)  # fmt: skip
def test_the_sighting_is_a_sentence_of_its_language(language, sighting, ordered):
    evidence = {"connections": 6, "networks": 6, "seconds": 0.12}
    assert grammar.sighting(texts(language), evidence, 725) == sighting
    assert grammar.sighting(texts(language), None, 725) == ordered
