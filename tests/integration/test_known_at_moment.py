"""A moment as it is typed: in the time of the patient's centre, also in the two nights in which the clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from monitoring.forms.typed_moment import NotAMoment, read_moment, write_moment
from monitoring.wording.standpoint_words import clock_change_words, full_moment

PARIS = ZoneInfo("Europe/Paris")
LOCAL_TIMES = st.builds(datetime.combine, st.dates(date(1990, 1, 1), date(2037, 1, 1)), st.times())
ZONES = st.sampled_from(
    [PARIS, ZoneInfo("Europe/London"), ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-13 17:00", datetime(2026, 3, 13, 16, 0, tzinfo=UTC)),
        ("2026-03-13T17:00:30", datetime(2026, 3, 13, 16, 0, 30, tzinfo=UTC)),
        ("2026-07-13 17:00", datetime(2026, 7, 13, 15, 0, tzinfo=UTC)),
        ("2026-03-13T17:00:00Z", datetime(2026, 3, 13, 17, 0, tzinfo=UTC)),
        ("2026-03-13T17:00:00.25-03:30", datetime(2026, 3, 13, 20, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-03-13T17:00:00 01:00", datetime(2026, 3, 13, 16, 0, tzinfo=UTC)),  # a "+" that was not encoded
        # the clocks go back at 03:00: 02:30 comes twice, and the second one is meant
        ("2026-10-25 02:30", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-10-25 02:30+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # the clocks go forward at 02:00: 02:30 does not come, and 03:30 is meant
        ("2026-03-29 02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_of_the_centre_unless_it_says_otherwise(typed: str, meant: datetime) -> None:
    assert read_moment(typed, PARIS) == meant


@pytest.mark.parametrize(
    "typed",
    ["2026-03-13", "yesterday", "13/03/2026 17:00", "2026-02-30 10:00", "2026-03-13 25:00", "2026-03-13 17",
     "2026-03-13 17:00 Paris", "0000-01-01 00:00", "9999-12-31 23:59-12:00", "٢٠٢٦-03-13 17:00", ""],
)  # fmt: skip
def test_what_is_no_moment_is_refused(typed: str) -> None:
    with pytest.raises(NotAMoment):
        read_moment(typed, PARIS)


@given(LOCAL_TIMES, ZONES)
def test_a_moment_that_is_written_is_read_as_the_same(naive: datetime, zone: ZoneInfo) -> None:
    at = naive.replace(tzinfo=UTC)
    assert read_moment(write_moment(at, zone), zone) == at


@given(LOCAL_TIMES, ZONES)
def test_of_two_readings_of_a_local_time_the_later_one_is_taken(naive: datetime, zone: ZoneInfo) -> None:
    readings = {naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    assert read_moment(naive.isoformat(), zone) == max(readings)


def test_in_the_night_with_two_equal_hours_the_words_say_which() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    with override("en"):
        assert full_moment(first, PARIS) == full_moment(second, PARIS) == "25 October 2026, 02:30"
        assert "the first of the two hours (UTC+02:00)" in clock_change_words(first, PARIS)
        assert "the second of the two hours (UTC+01:00)" in clock_change_words(second, PARIS)
        assert clock_change_words(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), PARIS) == ""
