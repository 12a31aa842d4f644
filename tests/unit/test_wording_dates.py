"""Days and spans in the reader's language."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from monitoring.wording import dates

THURSDAY = date(2026, 10, 22)


def test_a_day_in_both_languages() -> None:
    with translation.override("en"):
        assert dates.day(THURSDAY) == "22 Oct 2026"
        assert dates.long_day(THURSDAY) == "Thursday 22 October 2026"
    with translation.override("fr"):
        assert dates.day(THURSDAY) == "22 oct. 2026"
        assert dates.long_day(THURSDAY) == "jeudi 22 octobre 2026"


def test_the_first_of_a_month_is_the_first_in_french() -> None:
    with translation.override("fr"):
        assert dates.day(date(2026, 12, 1)) == "1er déc. 2026"


def test_a_moment_has_day_and_time() -> None:
    assert dates.moment(datetime(2026, 11, 18, 16, 42, tzinfo=UTC)) == "18 Nov 2026, 16:42"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-12-03", "Thu 3 Dec 2026"),
        (" 2026-12-03 ", "Thu 3 Dec 2026"),
        ("2026-11-31", ""),
        ("12/03/2026", ""),
        ("", ""),
    ],
)
def test_a_typed_day_is_echoed_with_its_weekday(typed: str, said: str) -> None:
    assert dates.echo(typed) == said


def test_months_are_days_over_30_4375() -> None:
    assert dates.months_between(date(2026, 1, 1), date(2026, 5, 2)) == Decimal(121) / Decimal("30.4375")


@pytest.mark.parametrize(
    ("days", "english", "french"),
    [
        (131, "4.3 months", "4,3 mois"),
        (548, "18 months", "18 mois"),
        (30, "1 month", "1 mois"),
        (0, "0 months", "0 mois"),
    ],
)
def test_months_in_words(days: int, english: str, french: str) -> None:
    start = date(2026, 1, 1)
    with translation.override("en"):
        assert dates.months_since(start + timedelta(days), start) == english
    with translation.override("fr"):
        assert dates.months_since(start + timedelta(days), start) == french


@pytest.mark.parametrize(
    ("days", "english", "french"),
    [
        (6, "6 days left", "6 jours restants"), (1, "1 day left", "1 jour restant"),
        (0, "due today", "à faire aujourd’hui"),
        (-1, "1 day overdue", "1 jour de retard"), (-3, "3 days overdue", "3 jours de retard"),
    ],
)  # fmt: skip
def test_a_due_day_counts_down_and_then_up(days: int, english: str, french: str) -> None:
    with translation.override("en"):
        assert dates.countdown(THURSDAY + timedelta(days), THURSDAY) == english
    with translation.override("fr"):
        assert dates.countdown(THURSDAY + timedelta(days), THURSDAY) == french


@pytest.mark.parametrize(
    ("span", "said"),
    [(timedelta(minutes=15), "15 minutes"), (timedelta(seconds=61), "2 minutes"),
     (timedelta(hours=2), "2 hours"), (timedelta(minutes=90), "90 minutes")],
)  # fmt: skip
def test_a_waiting_time_is_rounded_up(span: timedelta, said: str) -> None:
    assert dates.duration(span) == said


def test_the_browser_gets_the_same_names() -> None:
    weekdays, months, first, none = dates.names_for_the_browser()
    assert dates.echo("2026-12-03").split() == [weekdays.split("|")[3], "3", months.split("|")[11], "2026"]
    assert first == "1"
    assert none == "this day does not exist"
