"""The words beside a cohort's curves: definitions, numbers with their intervals, who is missing; in both languages."""

from fractions import Fraction
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.utils import translation

from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.endpoints import Endpoint, Origin
from monitoring.domain.cohorts.parts import Comparison, Grouping, Part, PartQuestion
from monitoring.wording import cohort_endpoint_words as ends
from monitoring.wording import (
    cohort_incidence_words,
    cohort_numbers,
    cohort_survival_words,
    cohort_transplant_words,
)
from monitoring.wording.cohort_choices import choices
from tests.cohort_patients import TREATED_ON, cohort_patient
from tests.simulated_cohort import asked, day, simulated

NBSP, NARROW_SPACE = "\u00a0", "\u202f"


def until(days: int, *, died: bool = False, **more: Any) -> Any:
    on = day(days)
    return cohort_patient(died_on=on if died else None, last_contact_on=on, last_assessment_on=on, **more)


FOUR = [until(100, died=True), until(400), until(500, died=True), until(800)]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0"), (0.001, f"<{NBSP}1"), (0.005, "1"), (0.125, "13"), (0.625, "63"), (0.285, "29"),
        (Fraction(1, 8), "13"), (Fraction(1, 300), f"<{NBSP}1"), (0.994, "99"), (0.999, f">{NBSP}99"), (1.0, "100"),
        (Fraction(16, 44), "36"),
    ],
)  # fmt: skip
def test_shares_are_rounded_half_up_and_never_onto_none_or_all(share: float | Fraction, words: str) -> None:
    assert cohort_numbers.whole_words(share) == words


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.14, "0.14"), (0.2349, "0.23"), (0.0412, "0.041"), (0.0499, "0.0499"), (0.0501, "0.0501"), (0.001, "0.0010"),
        (0.00099, f"<{NBSP}0.001"), (0.9949, "0.99"), (0.997, "1.0"), (1.0, "1.0"), (0.5, "0.50"),
    ],
)  # fmt: skip
def test_p_has_two_digits_and_stays_on_its_side_of_0_05(p: float, words: str) -> None:
    assert cohort_numbers.p_number(p) == words


def test_months_are_days_by_30_4375() -> None:
    assert cohort_numbers.month_number(950) == "31.2"
    assert cohort_numbers.month_number(30.4375 * 12) == "12.0"


def test_french_writes_its_own_numbers() -> None:
    with translation.override("fr"):
        assert cohort_numbers.percent(0.72) == f"72{NARROW_SPACE}%"
        assert cohort_numbers.month_number(950) == "31,2"
        assert cohort_numbers.count(50_000) == f"50{NARROW_SPACE}000"
        assert cohort_numbers.p_value(0.0412) == f"p{NBSP}={NBSP}0,041"


def test_the_caption_names_event_origin_censoring_interval_and_follow_up() -> None:
    question, answer = asked("SURVIVAL", FOUR, endpoint="OS")
    said = cohort_survival_words.caption(question, answer)
    for words in (
        "Event: death from any cause; 2 events.",
        "Origin: day of the index sample",
        "Censored (ticks) at the last contact; HSCT does not censor.",
        "95 % interval, log-log",
        "reverse Kaplan-Meier",
    ):
        assert words in said


def test_what_came_first_is_counted() -> None:
    patients = [
        until(500, second_molecular_relapse_on=day(90), haematological_relapse_on=day(200)),
        until(500, haematological_relapse_on=day(100)), until(50, died=True), until(700),
    ]  # fmt: skip
    question, answer = asked("SURVIVAL", patients)
    said = cohort_survival_words.caption(question, answer)
    assert "3 events, what came first: 1 molecular relapse, 1 haematological relapse, 1 death." in said
    assert "last assessment of the disease, else at the last contact" in said


def test_the_one_sentence_tells_one_year_with_its_interval() -> None:
    question, answer = asked("SURVIVAL", FOUR, endpoint="OS")
    assert cohort_survival_words.lead(question, answer).startswith(
        f"One year after molecular relapse 75{NBSP}% (13 to 96)"
    )
    question, answer = asked("SURVIVAL", [until(100)], endpoint="OS")
    assert "Nobody was followed for a year" in cohort_survival_words.lead(question, answer)


def test_a_median_that_is_not_reached_is_said_and_never_a_number() -> None:
    question, answer = asked("SURVIVAL", [until(300), until(500)], endpoint="OS")
    table, _ = cohort_survival_words.tables(question, answer)
    assert table.rows[0].cells[-1] == "not reached"


def test_the_table_says_the_numbers_of_the_answer() -> None:
    question, answer = asked("SURVIVAL", simulated(), grouping="SIGNALLING")
    shares, by_month = cohort_survival_words.tables(question, answer)
    for group, row in zip(answer.groups, shares.rows, strict=True):
        assert row.cells[:2] == (str(group.patients), str(group.events))
        year = group.milestones[0]
        assert row.cells[2] == cohort_numbers.with_interval(year.estimate, year.low, year.high)
    at_risk = by_month.rows[0]
    assert at_risk.cells[: len(answer.groups[0].counts)] == tuple(str(each.at_risk) for each in answer.groups[0].counts)


def test_who_is_not_in_the_figure_is_counted_with_the_reason() -> None:
    patients = [
        *simulated(),
        cohort_patient(failure=None),
        cohort_patient(last_contact_on=None, last_assessment_on=None),
    ]
    question, answer = asked("SURVIVAL", patients, grouping="SIGNALLING")
    said = cohort_survival_words.caption(question, answer)
    assert "1 has no such day of origin, 1 was never heard of again, 4 belong to none of the groups." in said


def test_early_mortality_stands_where_time_begins_with_treatment() -> None:
    dead = (TREATED_ON - day(0)).days + 40
    question, answer = asked(
        "SURVIVAL", [until(dead, died=True), until(400), until(500)], endpoint="OS", origin="CYCLE_1"
    )
    said = cohort_survival_words.caption(question, answer)
    assert f"Early mortality to day 60: 1 of 3, 33{NBSP}% (1 to 91) of the patients" in said
    young = until((TREATED_ON - day(0)).days + 5)
    question, answer = asked("SURVIVAL", [young], endpoint="OS", origin="CYCLE_1")
    assert "nobody was followed to day 60 yet" in cohort_survival_words.caption(question, answer)


def test_the_incidence_says_that_death_competes() -> None:
    question, answer = asked("INCIDENCE", simulated(), grouping="SIGNALLING")
    said = cohort_incidence_words.caption(question, answer)
    assert "Aalen-Johansen: death competes and is not censored" in said
    assert "Gray’s test, Death: p" in said
    assert "ticks" not in said
    shares = cohort_incidence_words.tables(question, answer)[0]
    assert len(shares.rows) == sum(len(group.causes) for group in answer.groups)


def test_the_naive_split_is_warned_of_in_plain_words_and_the_others_are_not() -> None:
    _, answer = asked("TRANSPLANT", simulated(), comparison="NAIVE")
    warning = cohort_transplant_words.warning(answer)
    assert "immortal time" in warning
    assert "must not be read as its effect" in warning
    for way in ("LANDMARK", "SIMON_MAKUCH"):
        assert cohort_transplant_words.warning(asked("TRANSPLANT", simulated(), comparison=way)[1]) == ""


def test_the_landmark_is_named_with_those_who_left_before() -> None:
    question, answer = asked("TRANSPLANT", [until(90, died=True), until(170), *simulated()])
    said = cohort_transplant_words.caption(question, answer)
    assert "Groups as known on day 180 after the origin" in said
    assert f"{answer.left_before} had the event, or were last seen, by day 180 and are left out." in said
    assert "day 180 after molecular relapse" in cohort_transplant_words.words_of(question, answer).axis


def test_simon_makuch_says_that_a_tick_can_be_a_transplant() -> None:
    question, answer = asked("TRANSPLANT", simulated(), comparison="SIMON_MAKUCH")
    said = cohort_transplant_words.caption(question, answer)
    assert "a tick can be a transplant" in said
    assert "HSCT does not censor" not in said
    assert "Mantel-Byar test: p" in said


def test_nobody_to_compare_is_said() -> None:
    _, answer = asked("TRANSPLANT", [until(30)])
    assert cohort_transplant_words.nothing(answer) == "Nobody is left to compare."


@pytest.mark.parametrize("endpoint", Endpoint)
@pytest.mark.parametrize("origin", Origin)
def test_every_endpoint_from_every_origin_has_its_words(endpoint: Endpoint, origin: Origin) -> None:
    question, answer = asked("SURVIVAL", simulated(6), endpoint=endpoint, origin=origin)
    assert str(ends.BEGINNINGS[origin]) in cohort_survival_words.caption(question, answer)
    assert str(ends.DEFINITIONS[endpoint]) in cohort_survival_words.caption(question, answer)


@pytest.mark.parametrize("grouping", Grouping)
def test_every_group_has_a_name_and_none_is_a_code(grouping: Grouping) -> None:
    question, answer = asked("SURVIVAL", [*simulated(), cohort_patient(failure=None)], grouping=grouping,
                             origin="CYCLE_1")  # fmt: skip
    names = cohort_survival_words.words_of(question, answer).names
    assert set(names) == {group.name for group in answer.groups}
    assert not any("_" in name for name in names.values())


@pytest.mark.parametrize("part", [Part.SURVIVAL, Part.INCIDENCE, Part.TRANSPLANT])
def test_each_link_asks_a_question_and_one_of_each_option_is_the_one_shown(part: Part) -> None:
    for option in choices(parts.ask(part, {})):
        assert sum(choice.is_chosen for choice in option.choices) == 1
        for choice in option.choices:
            found = _question(part, choice.query)
            assert (found == parts.ask(part, {})) is choice.is_chosen


def test_the_naive_split_has_no_landmark_to_choose() -> None:
    naive = parts.ask("TRANSPLANT", {"comparison": Comparison.NAIVE})
    assert [option.name for option in choices(naive)] == ["Endpoint", "Origin", "Comparison", "Whose patients"]


def test_counted_together_is_not_centre_by_centre() -> None:
    pooled, by_centre = parts.ask("SURVIVAL", {"pooled": True}), parts.ask("SURVIVAL", {"grouping": Grouping.CENTRE})
    groups = next(option for option in choices(pooled) if option.name == "Groups")
    assert "By centre" not in [choice.words for choice in groups.choices]
    assert "Whose patients" not in [option.name for option in choices(by_centre)]


def _question(part: Part, query: str) -> PartQuestion:
    asked_for: dict[str, Any] = dict(parse_qsl(query))
    if "landmark_days" in asked_for:
        asked_for["landmark_days"] = int(asked_for["landmark_days"])
    if "pooled" in asked_for:
        asked_for["pooled"] = asked_for["pooled"] == "yes"
    return parts.ask(part, asked_for)


def test_follow_up_tells_median_and_quartiles_in_months() -> None:
    patients = [until(number) for number in (365, 730, 1095)]
    question, answer = asked("SURVIVAL", patients, endpoint="OS")
    assert answer.follow_up is not None
    assert "Median follow-up 24.0 months (IQR 12.0 to 36.0)" in cohort_survival_words.caption(question, answer)


def test_a_pooled_group_too_small_to_show_cannot_be_found_by_its_events() -> None:
    few = [until(100 + n, died=True, genes=frozenset({"NPM1", "FLT3-ITD"})) for n in range(3)]
    many = [until(100 + n, died=n < 4, genes=frozenset({"NPM1"})) for n in range(12)]
    question, answer = asked(
        "SURVIVAL", [*few, *many], [*few, *many], endpoint="OS", grouping="SIGNALLING", pooled=True
    )
    assert sum(each.patients for each in answer.events) == 4
    said = cohort_survival_words.caption(question, answer)
    assert "Event: death from any cause; 4 events." in said
    assert "Groups with fewer than 10 patients of other centres are not shown." in said
