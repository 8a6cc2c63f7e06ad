import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.warn import language


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("en", "en"),
        ("da-DK,da;q=0.9,en-US;q=0.8,en;q=0.7", "da"),
        ("en-GB, da;q=0.9", "en"),
        ("EN-us", "en"),
        ("nl, en;q=0.3", "en"),
        ("da;q=0.2, en;q=0.8", "en"),
        ("en;q=1.000", "en"),
        ("en ; q=0.5 , da ; q=0.4", "en"),
        # q=0 is a refusal, also of what a wildcard would have let in
        ("da;q=0, *;q=0.1", "en"),
        ("da;q=0, en;q=0", "da"),
        # nothing of ours, or nothing readable: the configured one
        ("", "da"),
        ("*", "da"),
        ("nl, it;q=0.9", "da"),
        ("en;q=2", "da"),
        ("en;q=0.1234", "da"),
        ("en;q=x", "da"),
        ("en;level=1", "da"),
        ("dan, eng", "da"),
        # a region or script names its language, and the better of two ranges counts
        ("en-US;q=0.5, en;q=0, da;q=0.1", "en"),
        # equal: the first
        ("en, da", "en"),
        ("da, en", "da"),
        # Norwegian by any of its names
        ("no", "nb"),
        ("nn-NO, en;q=0.5", "nb"),
        ("no, nb;q=0.9, nn;q=0.8, en;q=0.7", "nb"),
        ("nb;q=0, no;q=0.1, en;q=0.05", "nb"),
    ],
)
def test_the_best_of_our_languages(header, expected):
    assert language.negotiate(header, "da") == expected


def test_the_default_is_the_configured_one():
    assert language.negotiate("nl", "en") == "en"
    assert language.negotiate("*", "en") == "en"


@given(st.text(max_size=80), st.sampled_from(language.LANGUAGES))
def test_any_header_gives_a_language_of_ours(header, default):
    assert language.negotiate(header, default) in language.LANGUAGES


def test_a_very_long_header_is_read_in_part():
    assert language.negotiate("x," * 4000 + "en", "da") == "da"


def test_one_language_is_in_memory_at_a_time():
    for name in (*language.LANGUAGES, *language.LANGUAGES):
        assert language.texts(name).TEXT["device"]
        loaded = [each for each in sys.modules if each.startswith("portvagt.warn.texts.")]
        assert loaded == [f"portvagt.warn.texts.{name}"]


SAY = "from portvagt.warn import language as l; print(l.LANGUAGES, l.negotiate('de', 'de'), l.texts('en').__name__)"


@pytest.mark.parametrize("runtime", ["cpython", "micropython"])
def test_where_only_two_are_installed_the_others_are_not_offered(runtime, tmp_path):
    from portvagt_sim import micropython

    agent = micropython.AGENT if runtime == "cpython" else micropython.compile_agent()
    shutil.copytree(agent / "portvagt", tmp_path / "portvagt")
    for path in (tmp_path / "portvagt" / "warn" / "texts").iterdir():
        if path.stem not in ("__init__", "da", "en") and path.is_file():
            path.unlink()
    program = sys.executable if runtime == "cpython" else str(micropython.program())
    path = {"PYTHONPATH": str(tmp_path), "MICROPYPATH": f"{tmp_path}:.frozen", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([program, "-c", SAY], env=path, capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=2)[:2] == ["('da',", "'en')"]
    assert done.stdout.endswith("en portvagt.warn.texts.en\n")
