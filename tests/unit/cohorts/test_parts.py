"""The parts of a cohort's page: what each says of small cohorts that one can count by hand; kept, it stays the same."""

import json
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from monitoring.domain.cohorts import part_answers, parts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.endpoints import Event, OutReason
from monitoring.domain.cohorts.flow import Flow
from monitoring.domain.cohorts.part_answers import CohortData
from monitoring.domain.cohorts.part_times import Category, TimeCode
from monitoring.domain.cohorts.parts import POOLED_LEAST, POOLED_PARTS, NotAQuestion, Part
from monitoring.domain.cohorts.patient import (
    CohortPatient,
    CycleGiven,
    Doubling,
    Level,
    MutationChange,
    Transplant,
)
from monitoring.domain.response import BelowDiagnosis, BestResponse
from monitoring.domain.survival.naive_split import SplitWarning
from monitoring.domain.terms import CycleResponse, Marker, Tissue
from tests.cohort_patients import RELAPSE_ON, TREATED_ON, cohort_patient, response_at

BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD


def day(number: int) -> Any:
    return RELAPSE_ON + timedelta(days=number)


def cohort(*patients: CohortPatient, others: Iterable[CohortPatient] = ()) -> CohortData:
    flow = Flow(len(patients), (), tuple(one.series_id for one in patients))
    return CohortData(
        CohortDefinition(),
        flow,
        patients,
        revision=7,
        cared_for=len(patients),
        others=frozenset(one.series_id for one in others),
    )


def answer(part: str, data: CohortData, **asked: Any) -> Any:
    question = parts.ask(part, asked)
    found = part_answers.answer_of(question, data)
    kept = json.loads(json.dumps(part_answers.written(question, found)))
    assert part_answers.read(question, kept) == found
    return found


def until(days: int, *, died: bool = False, **more: Any) -> CohortPatient:
    on = day(days)
    return cohort_patient(died_on=on if died else None, last_contact_on=on, last_assessment_on=on, **more)


def test_pooled_patients_are_not_told_apart_by_centre() -> None:
    with pytest.raises(NotAQuestion, match="grouping"):
        parts.ask("SURVIVAL", {"pooled": True, "grouping": "CENTRE"})


@pytest.mark.parametrize("part", Part)
def test_every_part_has_an_answer_for_nobody_and_for_one(part: Part) -> None:
    for data in (cohort(), cohort(cohort_patient())):
        answer(part, data)


def test_survival_tells_the_curve_one_year_the_median_and_who_is_missing() -> None:
    data = cohort(
        until(100, died=True), until(200), until(300, died=True), until(800),
        cohort_patient(last_contact_on=None, last_assessment_on=None),
    )  # fmt: skip
    found = answer("SURVIVAL", data, endpoint="OS")
    [group] = found.groups
    assert [(step.day, round(step.estimate, 4)) for step in group.steps] == [(100.0, 0.75), (300.0, 0.375)]
    assert group.censored == (200.0, 800.0)
    year, second = group.milestones
    assert (round(year.estimate, 4), year.at_risk) == (0.375, 1)
    assert second.estimate == year.estimate
    assert group.median.day == 300.0
    assert [(count.months, count.at_risk, count.events, count.censored) for count in group.counts[:3]] == [
        (0, 4, 0, 0), (6, 3, 1, 0), (12, 1, 2, 1),
    ]  # fmt: skip
    assert [(each.event, each.patients) for each in found.events] == [(Event.DEATH, 2)]
    assert [(each.reason, each.patients) for each in found.left_out] == [(OutReason.NO_FOLLOW_UP, 1)]
    assert found.comparison is None


def test_survival_is_compared_between_groups() -> None:
    with_itd = [until(100 + n, died=True, genes=frozenset({"NPM1", "FLT3-ITD"})) for n in range(6)]
    without = [until(700 + n, genes=frozenset({"NPM1"})) for n in range(6)]
    found = answer("SURVIVAL", cohort(*with_itd, *without), endpoint="OS", grouping="SIGNALLING")
    assert {group.name: group.events for group in found.groups} == {"SIGNALLING": 6, "NO_SIGNALLING": 0}
    assert found.comparison.df == 1
    assert found.comparison.p < 0.001


def test_incidence_takes_death_as_competing_and_adds_up() -> None:
    data = cohort(
        until(50, died=True), until(400, haematological_relapse_on=day(100)),
        until(400, second_molecular_relapse_on=day(150)), until(400),
    )  # fmt: skip
    [group] = answer("INCIDENCE", data).groups
    assert {curve.cause: curve.steps[-1].estimate for curve in group.causes} == {
        Event.DEATH: 0.25, Event.HAEMATOLOGICAL_RELAPSE: 0.25, Event.MOLECULAR_RELAPSE: 0.25,
    }  # fmt: skip


def transplanted(at: int, last: int, *, died: bool = False) -> CohortPatient:
    return until(last, died=died, transplants=(Transplant(day(at)),))


def test_the_landmark_counts_only_those_still_there_by_what_was_known_then() -> None:
    data = cohort(
        until(90, died=True), transplanted(100, 500), transplanted(250, 600, died=True), until(400, died=True),
    )  # fmt: skip
    found = answer("TRANSPLANT", data, landmark_days=180)
    assert found.left_before == 1
    assert {curve.name: (curve.patients, curve.events) for curve in found.curves} == {
        "unexposed": (2, 2),  # transplanted on day 250 is not yet so at the landmark
        "exposed": (1, 0),
    }
    assert found.warning is None


def test_the_naive_split_never_stands_without_its_warning() -> None:
    data = cohort(until(90, died=True), transplanted(100, 500))
    assert answer("TRANSPLANT", data, comparison="NAIVE").warning is SplitWarning.IMMORTAL_TIME
    assert answer("TRANSPLANT", data, comparison="SIMON_MAKUCH", landmark_days=0).warning is None


def test_a_bar_that_ends_at_a_limit_says_so_and_tissues_stay_apart() -> None:
    fall = response_at(2, PB, CycleResponse.NEGATIVITY, log10_reduction=2, is_at_least=True)
    rise = response_at(1, PB, CycleResponse.PROGRESSION, log10_reduction=-1)
    earlier = response_at(1, PB, CycleResponse.STABLE, log10_reduction=0)
    found = answer("WATERFALL", cohort(cohort_patient(responses=(earlier, fall)), cohort_patient(responses=(rise,))))
    assert [(bar.log10_change, bar.is_at_least) for bar in found.bars[PB]] == [(1.0, False), (-2.0, True)]
    assert found.bars[BM] == ()


def cycle(number: int, days: int | None = 14, **changed: Any) -> CycleGiven:
    on = TREATED_ON + timedelta(days=28 * (number - 1))
    values = {"cyp3a4": "", "cyp3a4_drug": "", "g_csf": None, "setting": "OUTPATIENT", **changed}
    return CycleGiven(
        number, on, on + timedelta(days=27), days, days, 400, "AZACITIDINE", 7,
        values["cyp3a4"], values["cyp3a4_drug"], values["g_csf"], values["setting"],
    )  # fmt: skip


def test_times_and_categories_count_only_those_concerned() -> None:
    data = cohort(
        cohort_patient(cycles=(cycle(1, g_csf=True), cycle(2)), transplants=(Transplant(day(140), donor="sibling"),)),
        cohort_patient(cycles=(cycle(1, days=28),), not_transplanted_because="age"),
    )
    found = answer("TIMES", data)
    times = {row.code: row.summary for row in found.times}
    assert times[TimeCode.FAILURE_TO_CYCLE_1].median == 30.0
    assert (times[TimeCode.FAILURE_TO_HSCT].n, times[TimeCode.FAILURE_TO_HSCT].of) == (1, 2)
    assert times[TimeCode.CYCLE_1_TO_HSCT].median == 110.0
    assert times[TimeCode.CYCLES].median == 1.5
    tables = {table.category: table for table in found.categories}
    assert [(entry.value, entry.patients) for entry in tables[Category.DONOR].entries] == [("sibling", 1)]
    assert tables[Category.NOT_TRANSPLANTED].concerned == 1
    assert (tables[Category.G_CSF].concerned, tables[Category.G_CSF].not_recorded) == (2, 1)
    assert tables[Category.DEATH_CAUSE].concerned == 0


def test_depth_tells_minor_responses_and_time_to_negativity() -> None:
    minor = response_at(1, BM, CycleResponse.REDUCTION, is_minor_response=True, below_diagnosis=BelowDiagnosis.POSITIVE)
    data = cohort(
        cohort_patient(cycles=(cycle(1),), responses=(minor,), best={BM: BestResponse(CycleResponse.REDUCTION, 1, 24)}),
        cohort_patient(cycles=(cycle(1),), best={BM: BestResponse(CycleResponse.NEGATIVITY, 2, 52)}),
    )
    found = answer("DEPTH", data)
    assert found.minor == 1
    assert found.best[CycleResponse.NEGATIVITY] == 1
    assert (found.days_to_negativity.median, found.days_to_negativity.n) == (52.0, 1)


def test_a_lane_has_what_happened_on_its_day() -> None:
    seen = cohort_patient(
        cycles=(cycle(1), cycle(2, days=None)), transplants=(Transplant(day(140)),),
        responses=(response_at(1, BM, CycleResponse.NEGATIVITY),), second_molecular_relapse_on=day(300),
        last_contact_on=day(400), last_assessment_on=day(350),
    )  # fmt: skip
    found = answer("SWIMMER", cohort(seen, until(600, died=True)))
    dead, lane = found.lanes
    assert (dead.until_day, dead.died, dead.is_long_ago) == (600, True, False)
    assert [(one.from_day, one.days) for one in lane.cycles] == [(30, 14), (58, 28)]
    assert (lane.transplants, lane.negativity_day, lane.second_relapse_day) == ((140,), 54, 300)
    assert lane.is_long_ago


def test_a_line_ends_at_the_transplant_and_a_band_needs_enough_patients() -> None:
    levels = (
        Level(day(-200), BM, Decimal(1), True), Level(day(0), BM, Decimal(5), True),
        Level(day(60), BM, Decimal("0.01"), False), Level(day(141), BM, Decimal(3), True),
        Level(day(60), PB, Decimal(9), True),
    )  # fmt: skip
    one = cohort_patient(levels=levels, transplants=(Transplant(day(140)),))
    found = answer("TRAJECTORIES", cohort(one), origin="MOLECULAR_RELAPSE")
    [line] = found.lines
    assert [(point.day, point.is_detected) for point in line.points] == [(0, True), (60, False)]
    assert (found.band, found.most_in_a_month) == ((), 1)
    many = [cohort_patient(levels=levels) for _ in range(10)]
    assert answer("TRAJECTORIES", cohort(*many), origin="MOLECULAR_RELAPSE").band


def test_the_latest_finding_of_a_gene_counts() -> None:
    changes = (MutationChange("FLT3-ITD", "GAINED", day(0)), MutationChange("FLT3-ITD", "LOST", day(90)))
    found = answer("MUTATIONS", cohort(cohort_patient(mutation_changes=changes), cohort_patient()))
    rows = {row.gene: row for row in found.rows}
    assert (rows["NPM1"].at_diagnosis, rows["FLT3-ITD"].gained, rows["FLT3-ITD"].lost) == (2, 0, 1)
    assert found.looked_again == 1


def test_doubling_times_stand_beside_the_published_median() -> None:
    data = cohort(*(cohort_patient(doubling=Doubling(days, 5.0, None)) for days in (9.0, 12.0, 20.0)))
    [npm1] = answer("KINETICS", data).markers
    assert (npm1.marker, npm1.summary.median, npm1.published_days, len(npm1.points)) == (Marker.NPM1, 12.0, 11, 3)


@pytest.mark.parametrize("part", sorted(set(Part) - POOLED_PARTS))
def test_lists_and_small_counts_are_never_pooled(part: Part) -> None:
    with pytest.raises(NotAQuestion):
        parts.ask(part, {"pooled": True})


FLT3, NPM1_ONLY = frozenset({"NPM1", "FLT3-ITD"}), frozenset({"NPM1"})


@pytest.mark.parametrize("part", ["SURVIVAL", "INCIDENCE"])
def test_a_pooled_group_with_too_few_patients_of_other_centres_is_not_shown(part: str) -> None:
    own = [until(100 + n, genes=FLT3) for n in range(POOLED_LEAST)]
    few = [until(100 + n, genes=FLT3) for n in range(POOLED_LEAST - 1)]
    many = [until(100 + n, genes=NPM1_ONLY) for n in range(POOLED_LEAST)]
    found = answer(part, cohort(*own, *few, *many, others=[*few, *many]), pooled=True, grouping="SIGNALLING")
    assert [group.name for group in found.groups] == ["NO_SIGNALLING"]
    assert found.too_small == len(own) + len(few)


def test_where_nobody_of_other_centres_is_found_the_own_patients_are_shown() -> None:
    found = answer(
        "SURVIVAL", cohort(until(100, genes=FLT3), until(90, genes=NPM1_ONLY)), pooled=True, grouping="SIGNALLING"
    )
    assert len(found.groups) == len(("NO_SIGNALLING", "SIGNALLING"))


def test_a_pooled_comparison_by_transplant_needs_enough_patients_of_other_centres_in_both_groups() -> None:
    def transplanted(number: int) -> CohortPatient:
        return until(400 + number, transplants=(Transplant(day(60)),))

    many = [until(400 + n) for n in range(POOLED_LEAST)]
    for here, elsewhere, is_hidden in ((POOLED_LEAST, POOLED_LEAST - 1, True), (1, POOLED_LEAST, False)):
        own = [transplanted(n) for n in range(here)]
        others = [*(transplanted(n) for n in range(elsewhere)), *many]
        found = answer(
            "TRANSPLANT", cohort(*own, *others, others=others), pooled=True, endpoint="OS", comparison="LANDMARK"
        )
        assert (found.too_small, found.curves == ()) == (is_hidden, is_hidden)


@pytest.mark.parametrize(
    ("part", "asked", "field"),
    [
        ("COLOUR", {}, "part"),
        ("SURVIVAL", {"endpoint": "LUCK"}, "endpoint"),
        ("SURVIVAL", {"tissue": "BM"}, "tissue"),
        ("TRANSPLANT", {"landmark_days": -1}, "landmark_days"),
        ("TRANSPLANT", {"landmark_days": True}, "landmark_days"),
        ("RESPONSE", {"pooled": "yes"}, "pooled"),
    ],
)
def test_what_no_part_answers_is_refused_with_its_field(part: str, asked: dict[str, Any], field: str) -> None:
    with pytest.raises(NotAQuestion) as refused:
        parts.ask(part, asked)
    assert refused.value.field == field
