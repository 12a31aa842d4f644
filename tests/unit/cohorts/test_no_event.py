"""An estimate of 100 % has no log-log interval, in R neither: the tables say why, and every number that is there."""

from typing import Any

import pytest

from monitoring.domain.cohorts.drawn_curve import Milestone
from monitoring.domain.cohorts.endpoints import Endpoint, Origin
from monitoring.domain.cohorts.part_endpoints import endpoints_answer
from monitoring.domain.cohorts.part_response import response_answer
from monitoring.domain.cohorts.parts import Grouping, Part, PartQuestion
from monitoring.domain.survival.curves import INCIDENCE_START
from monitoring.domain.terms import Marker
from monitoring.views import cohort_curves
from monitoring.wording import (
    cohort_incidence_words,
    cohort_lead_words,
    cohort_numbers,
    cohort_survival_words,
    cohort_transplant_words,
)
from tests.cohort_patients import cohort_patient
from tests.simulated_cohort import asked, day

NBSP = "\u00a0"
NO_EVENT = f"100{NBSP}% (no event by then)"


def until(days: int, *, died: bool = False, **more: Any) -> Any:
    on = day(days)
    return cohort_patient(died_on=on if died else None, last_contact_on=on, last_assessment_on=on, **more)


NPM1 = [until(900), until(1000), until(1200)]
CBF = [until(days, died=True, marker=Marker.CBFB_MYH11) for days in (200, 500)] + [until(900, marker=Marker.CBFB_MYH11)]
CENSORED_AT_ONCE = [until(0), until(0)]


def test_of_grouped_curves_the_one_without_an_event_says_so_in_place_of_its_interval() -> None:
    question, answer = asked("SURVIVAL", [*NPM1, *CBF], endpoint="OS", grouping="MARKER")
    cells = {row.head: row.cells for row in cohort_survival_words.tables(question, answer)[0].rows}
    assert cells["NPM1"] == ("3", "0", NO_EVENT, NO_EVENT, "not reached")
    assert cells["CBFB::MYH11"][2] == f"67{NBSP}% (5 to 95)"


def test_incidence_stands_at_none_where_nobody_had_the_event() -> None:
    question, answer = asked("INCIDENCE", [*NPM1, *CBF], endpoint="RFS", grouping="MARKER")
    cells = {row.head: row.cells for row in cohort_incidence_words.tables(question, answer)[0].rows}
    assert cells["NPM1: Death"][2:] == (f"0{NBSP}% (no event by then)",) * 2


@pytest.mark.parametrize(
    ("share", "start", "words"),
    [
        (1.0, 1.0, f"100{NBSP}% (no event by then)"), (0.0, 1.0, f"0{NBSP}% (no interval)"),
        (0.0, INCIDENCE_START, f"0{NBSP}% (no event by then)"), (1.0, INCIDENCE_START, f"100{NBSP}% (no interval)"),
    ],
)  # fmt: skip
def test_only_where_a_curve_began_is_there_no_event(share: float, start: float, words: str) -> None:
    assert cohort_numbers.at_milestone(Milestone(12, share, None, None, 3), start) == words


def test_the_lead_and_the_short_table_say_it_too() -> None:
    endpoints = endpoints_answer(NPM1, Origin.MOLECULAR_RELAPSE)
    question = PartQuestion(Part.ENDPOINTS, origin=Origin.MOLECULAR_RELAPSE)
    lead = cohort_lead_words.lead(response_answer(NPM1), endpoints, question)
    assert f"100{NBSP}% were alive without any further relapse (no event by then)." in lead
    for row in cohort_lead_words.endpoint_rows(endpoints):
        assert row.shares == ((f"100{NBSP}%", "no event by then"),) * 2


def test_almost_all_are_never_told_as_all() -> None:
    many = [until(900) for _ in range(400)] + [until(100, died=True)]
    endpoints = endpoints_answer(many, Origin.MOLECULAR_RELAPSE)
    assert {row.shares[0][0] for row in cohort_lead_words.endpoint_rows(endpoints)} == {f">{NBSP}99{NBSP}%"}


@pytest.mark.parametrize("grouping", [Grouping.NONE, Grouping.SIGNALLING])
@pytest.mark.parametrize(
    "patients", [[until(900)], CENSORED_AT_ONCE, NPM1, []], ids=["one", "day 0", "no event", "none"]
)
def test_every_curve_of_a_cohort_without_events_is_shown_in_words(patients: list[Any], grouping: Grouping) -> None:
    for endpoint in Endpoint:
        question, answer = asked("SURVIVAL", patients, endpoint=endpoint, grouping=grouping)
        shown = cohort_curves.survival(question, answer)
        assert "no event" in shown["caption"]
        question, answer = asked("INCIDENCE", patients, endpoint=endpoint, grouping=grouping)
        assert cohort_curves.incidence(question, answer)["caption"]
    for way in ("LANDMARK", "SIMON_MAKUCH", "NAIVE"):
        question, answer = asked("TRANSPLANT", patients, comparison=way)
        shown = cohort_curves.transplant(question, answer)
        assert shown["pictures"] or cohort_transplant_words.nothing(answer)


def test_where_there_is_no_event_no_band_is_told_and_where_nobody_is_no_tick() -> None:
    for part, words in (("SURVIVAL", cohort_survival_words), ("TRANSPLANT", cohort_transplant_words)):
        assert "rey band" not in words.caption(*asked(part, NPM1))
        assert "tick" not in words.caption(*asked(part, []))
        assert "rey band" in words.caption(*asked(part, [*NPM1, *CBF], endpoint="OS"))


@pytest.mark.parametrize(("each", "is_rough"), [(9, True), (10, False)])
def test_a_test_between_small_groups_is_told_to_be_rough(each: int, is_rough: bool) -> None:
    patients = [until(100 + 10 * number, died=True, marker=marker)
                for number in range(each) for marker in (Marker.NPM1, Marker.CBFB_MYH11)]  # fmt: skip
    for part, words in (("SURVIVAL", cohort_survival_words), ("INCIDENCE", cohort_incidence_words)):
        said = words.caption(*asked(part, patients, endpoint="RFS", grouping="MARKER"))
        assert ("p is a rough guide only" in said) is is_rough
        assert "rough" not in words.caption(*asked(part, patients, endpoint="RFS"))
