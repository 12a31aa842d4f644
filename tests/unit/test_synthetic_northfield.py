"""The patients of the demonstration are what the table says they are, whatever the day."""

from collections import Counter
from datetime import date

import pytest

from monitoring.domain.classify import classify_all
from monitoring.domain.terms import EpisodeStatus, RuleSetId
from monitoring.studies import northfield, p0007
from monitoring.studies.as_series import series_of
from monitoring.studies.northfield import WANTED, Look

TOLD_ON = date(2026, 11, 20)
LEAP_DAY = date(2028, 2, 29)


def test_every_kind_is_there_as_often_as_wanted() -> None:
    assert Counter(look.kind for look in northfield.read_looks()) == Counter(WANTED)


def test_no_course_is_used_twice() -> None:
    looks = northfield.read_looks()
    assert len({look.number for look in looks}) == len(looks)


@pytest.mark.parametrize("look", northfield.read_looks(), ids=lambda look: f"{look.kind}-{look.number}")
def test_each_patient_is_of_its_kind_by_the_products_own_rules(look: Look) -> None:
    for today in (TOLD_ON, LEAP_DAY):
        assert northfield.kind_of(look.patient("x", today), today) is look.kind


def test_choosing_again_begins_with_the_same_courses() -> None:
    """The table was made by `choose`; its first hundred candidates, looked at again, give the same rows."""
    again = {look.number: look for number in range(1, 101) if (look := northfield.look_at(number, TOLD_ON))}
    kept = [look for look in northfield.read_looks() if look.number <= 100]
    assert len(kept) > 10
    assert all(again[look.number] == look for look in kept)


def test_p0007_is_a_confirmed_second_relapse_after_hsct() -> None:
    verdicts = classify_all(series_of(p0007.story(TOLD_ON)), as_of=TOLD_ON)
    first, second = verdicts[RuleSetId.ELN2021].episodes
    assert (first.status, first.relapse_on) == (EpisodeStatus.RESPONDED, date(2026, 1, 19))
    assert (second.status, second.relapse_on) == (EpisodeStatus.CONFIRMED, date(2026, 10, 22))
    assert (second.confirmed_on, second.late) == (date(2026, 11, 12), False)


def test_p0007_is_a_case_in_which_eln_2025_differs() -> None:
    verdicts = classify_all(series_of(p0007.story(TOLD_ON)), as_of=TOLD_ON)
    assert verdicts[RuleSetId.ELN2025].state == "LOW_LEVEL"
    assert verdicts[RuleSetId.ELN2025].episodes == ()


def test_p0007_ends_on_the_day_of_loading() -> None:
    moved = p0007.story(LEAP_DAY)
    assert (LEAP_DAY - moved.on(moved.samples[-1].day)).days == (TOLD_ON - date(2026, 11, 12)).days
    assert moved.born_on == date(1967, 3, 14)


def test_p0007_keeps_the_values_of_its_table() -> None:
    patient = p0007.story(TOLD_ON)
    assert len(patient.samples) == 22
    assert [b.pct_abl1 for b in patient.baselines] == ["640", "410"]
    assert [s.pct_abl1 for s in patient.samples if s.pct_abl1][-3:] == ["0.018", "0.058", "0.0064"]
    assert min(s.abl1_copies for s in patient.samples) == 720
    assert [c.dose_mg for c in patient.treatments[1].cycles] == [400, 400, 100, 100]
