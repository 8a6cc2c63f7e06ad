import datetime

import pytest

from portvagt_isp.desk.plots import days, yardstick
from portvagt_isp.desk.trend import Day


@pytest.mark.parametrize(
    "highest, top", [(0, 4), (4, 4), (5, 5), (6, 10), (11, 20), (21, 50), (51, 100), (199, 200), (4321, 5000)]
)
def test_an_axis_ends_at_a_round_number(highest, top):
    assert days.ceiling(highest) == top


def test_a_bar_is_as_high_as_its_count():
    first = datetime.date(2026, 11, 1)
    shown = days.drawn([Day(first + datetime.timedelta(number), number, 0, 0) for number in range(5)])
    assert shown.count('<rect class="stopped"') == 4 * 2  # none for no device; two widths
    assert 'height="156.0"' in shown
    assert 'height="39.0"' in shown


def test_evidence_without_numbers_has_no_yardstick():
    assert yardstick.drawn(None) is None
    assert yardstick.drawn({"networks": "<svg>", "usual_per_day": 4}) is None


def test_the_yardsticks_longest_bar_fills_the_width():
    assert 'width="520.0"' in yardstick.drawn({"networks": 40, "usual_per_day": 4})
    assert 'width="52.0"' in yardstick.drawn({"networks": 40, "usual_per_day": 4})
