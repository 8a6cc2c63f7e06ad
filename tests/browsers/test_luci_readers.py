"""Both views for whoever reads them: without barriers, in Danish, and with words for what the guard refuses."""

import pytest
from tests.browsers import luci_site
from tests.browsers.luci_visit import ABSENT, Plugin
from tests.browsers.test_accessibility import AXE, TAGS

from builder import po

FIND = "tags => axe.run('#view', {runOnly: {type: 'tag', values: tags}})"


@pytest.mark.parametrize("language", ["en", "da"])
def test_no_view_has_a_barrier(world, visit, laptop, language):
    for view in ("overview", "settings"):
        visit.go(view, language)
        visit.page.add_script_tag(path=AXE)
        found = visit.page.evaluate(FIND, TAGS)
        assert found["passes"]
        broken = [(each["id"], node["html"]) for each in found["violations"] for node in each["nodes"]]
        # what LuCI's own widgets lack is not ours to mend
        assert [each for each in broken if not luci_site.IS_REAL or "widget" not in each[1]] == []


def test_danish(world, visit, laptop):
    visit.go("overview", "da")
    shown = visit.page.locator("#view").inner_text()
    assert "Mail stoppet" in shown and "1 enhed er stoppet." in shown
    english = {
        message.text for message in po.parse(po.template()) if "%" not in message.text and len(message.text) > 12
    }
    assert [text for text in english if text in shown] == []


def test_the_guards_refusals_have_words_of_ours(world, visit, laptop):
    """The patterns in words.js fit what the agent says today."""
    visit.go("overview")
    said = ask(world, "release", device=laptop.mac)
    assert translated(visit, said) != said
    for text in (ABSENT["error"], "the guard does not answer", "64 devices are exempt already; release one first"):
        assert translated(visit, text) != text
    assert translated(visit, "another sentence") == "another sentence"


def ask(world, method, **parameters):
    return Plugin(world.router)(method, parameters)["error"]


def translated(visit, text):
    return visit.page.evaluate("text => L.require('portvagt.words').then(words => words.answer(text))", text)
