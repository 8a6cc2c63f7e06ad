from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.rfc3339 import unix_seconds

zones = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-1439, 1439))


@given(st.datetimes(timezones=zones), st.sampled_from(["T", "t", " "]))
def test_any_time_is_read_as_datetime_reads_it(moment, between):
    expected = (moment.replace(microsecond=0) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    assert unix_seconds(moment.isoformat(between)) == expected


def test_z_is_utc():
    assert unix_seconds("2026-11-25T04:30:00Z") == unix_seconds("2026-11-25T05:30:00+01:00") == 1795581000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-25",
        "2026-11-25T04:30Z",
        "2026-11-25T04:30:00",
        "2026-11-25T04:30:00.Z",
        "2026-11-25T04:30:00+1:00",
        "2026-11-25T04:30:00*01:00",
        "2026-11-25T04:30:00+24:00",
        "2026-11-25T24:00:00Z",
        "2026-11-25T04:60:00Z",
        "2026-11-25T04:30:61Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-11-25X04:30:00Z",
        "２026-11-25T04:30:00Z",
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        unix_seconds(text)


@given(st.text(st.sampled_from("0123456789-:.TZ+ "), max_size=30))
def test_no_text_does_worse_than_a_value_error(text):
    try:
        assert isinstance(unix_seconds(text), int)
    except ValueError:
        pass
