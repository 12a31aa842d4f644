"""Quiet hours: across midnight, over daylight saving, week-ends, in the time zone of the patient's centre."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.actions.notifying_hours import QuietHours

PARIS = ZoneInfo("Europe/Paris")
NIGHT = QuietHours(time(22), time(7))
ZONES = st.sampled_from(
    [PARIS, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata")]
)
TIMES = st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0))
HOURS = st.builds(QuietHours, TIMES, TIMES, st.booleans())
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-19 21:59", "2026-11-19 21:59"),
        ("2026-11-19 22:00", "2026-11-20 07:00"),
        ("2026-11-20 03:00", "2026-11-20 07:00"),
        ("2026-11-20 07:00", "2026-11-20 07:00"),
        ("2026-03-28 23:00", "2026-03-29 07:00"),  # the night in which the clock goes forward: an hour shorter
        ("2026-10-24 23:00", "2026-10-25 07:00"),  # and back: an hour longer
    ],
)
def test_a_night_ends_in_the_morning(moment: str, until: str) -> None:
    assert NIGHT.end_of(at(moment), PARIS) == at(until)


def test_a_night_at_the_change_of_the_clock_has_its_true_length() -> None:
    begin = at("2026-03-28 23:00")
    assert NIGHT.end_of(begin, PARIS) - begin.astimezone(UTC) == timedelta(hours=7)


def test_an_end_that_the_clock_skips_is_the_moment_after() -> None:
    hours = QuietHours(time(1), time(2, 30))
    assert hours.end_of(at("2026-03-29 01:30"), PARIS) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_hours_of_one_day_do_not_cross_midnight() -> None:
    lunch = QuietHours(time(12), time(14))
    assert lunch.end_of(at("2026-11-20 13:00"), PARIS) == at("2026-11-20 14:00")
    assert lunch.end_of(at("2026-11-20 15:00"), PARIS) == at("2026-11-20 15:00")


@pytest.mark.parametrize("moment", ["2026-11-21 00:00", "2026-11-22 23:59"])
def test_a_weekend_ends_on_monday(moment: str) -> None:
    assert QuietHours(weekends=True).end_of(at(moment), PARIS) == at("2026-11-23 00:00")


def test_a_friday_night_before_a_quiet_weekend_ends_on_monday_morning() -> None:
    hours = QuietHours(time(22), time(7), weekends=True)
    assert hours.end_of(at("2026-11-20 23:00"), PARIS) == at("2026-11-23 07:00")


def test_the_zone_of_the_centre_decides() -> None:
    moment = datetime(2026, 11, 19, 21, 30, tzinfo=UTC)  # 22:30 in Paris, 21:30 in London
    assert NIGHT.end_of(moment, PARIS) > moment
    assert NIGHT.end_of(moment, ZoneInfo("Europe/London")) == moment


@given(HOURS, MOMENTS, ZONES)
def test_the_end_is_never_earlier_and_is_itself_not_quiet(hours: QuietHours, moment: datetime, zone: ZoneInfo) -> None:
    end = hours.end_of(moment, zone)
    assert end >= moment
    assert hours.end_of(end, zone) == end


@given(HOURS, MOMENTS, ZONES, st.integers(0, 999))
def test_every_moment_before_the_end_is_quiet(hours: QuietHours, moment: datetime, zone: ZoneInfo, part: int) -> None:
    end = hours.end_of(moment, zone)
    if end == moment:
        return
    between = moment + (end - moment) * part // 1000
    assert hours.end_of(between, zone) > between
