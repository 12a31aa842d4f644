"""Each criterion leaves out whom it names, in the order of the flow; a definition is stored and read as it was."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.cohorts.definition import (
    Candidate,
    CohortDefinition,
    CriteriaContradict,
    Criterion,
    Regimen,
    Transplanted,
    age_at,
    excluded_by,
    is_considered,
)
from monitoring.domain.cohorts.definition_json import NotADefinition, from_json, to_json
from monitoring.domain.cohorts.flow import Untreated, flow_of
from monitoring.domain.cohorts.patient import CohortPatient, FailureKind, MolecularFailure
from monitoring.domain.response import FirstLineResponse
from monitoring.domain.terms import Marker, RuleSetId
from tests.cohort_patients import RELAPSE_ON, TREATED_ON, VEN_AZA, cohort_patient

DAY = timedelta(days=1)
VEN_LDAC = type(VEN_AZA)(TREATED_ON, "VEN-LDAC", has_venetoclax=True, partner="LOW_DOSE_CYTARABINE", cycles=2)
FILO = CohortDefinition(
    failures=frozenset({FailureKind.RELAPSE}),
    regimens=frozenset({Regimen.VEN_AZA}),
    first_treatment_only=True,
    no_hsct_before=True,
    first_line=frozenset({FirstLineResponse.CR_MRD, FirstLineResponse.CR_MRD_LL}),
    age_from=18,
)


def as_candidate(patient: CohortPatient) -> Candidate:
    return Candidate(patient.series_id, patient.marker, patient.centre, patient.selection)


@pytest.mark.parametrize(
    ("changed", "criterion"),
    [
        ({}, None),
        ({"course": None}, Criterion.NO_PREEMPTIVE_TREATMENT),
        ({"course": None, "other_treatments": ("FLAG-Ida",)}, Criterion.ANOTHER_TREATMENT_FIRST),
        ({"other_treatments": ("FLAG-Ida",)}, Criterion.ANOTHER_TREATMENT_FIRST),
        ({"course": VEN_LDAC}, Criterion.ANOTHER_REGIMEN),
        ({"hsct_on": (RELAPSE_ON - DAY,)}, Criterion.HSCT_BEFORE),
        ({"hsct_on": (RELAPSE_ON,)}, Criterion.HSCT_BEFORE),
        ({"hsct_on": (RELAPSE_ON + DAY,)}, None),
        ({"first_line_response": FirstLineResponse.NOT_REACHED}, Criterion.FIRST_LINE_RESPONSE),
        ({"first_line_response": FirstLineResponse.CR_MRD_LL}, None),
        ({"born_on": date(RELAPSE_ON.year - 18, RELAPSE_ON.month, RELAPSE_ON.day)}, None),
        ({"born_on": date(RELAPSE_ON.year - 18, RELAPSE_ON.month, RELAPSE_ON.day) + DAY}, Criterion.AGE),
        ({"research_refused_on": date(2025, 1, 1)}, Criterion.RESEARCH_REFUSED),
        ({"course": VEN_LDAC, "first_line_response": FirstLineResponse.NOT_REACHED}, Criterion.ANOTHER_REGIMEN),
    ],
)
def test_who_fails_is_left_out_under_the_first_criterion(changed: dict[str, Any], criterion: Criterion | None) -> None:
    assert excluded_by(FILO, cohort_patient(**changed).selection) is criterion


@pytest.mark.parametrize(
    ("definition", "changed", "criterion"),
    [
        (CohortDefinition(genes=frozenset({"NPM1", "FLT3-ITD"})), {}, Criterion.GENES),
        (CohortDefinition(genes_any=frozenset({"DNMT3A", "FLT3-ITD"})), {}, None),
        (CohortDefinition(genes_without=frozenset({"DNMT3A"})), {}, Criterion.GENES),
        (CohortDefinition(transplanted=Transplanted.YES), {}, Criterion.TRANSPLANT),
        (CohortDefinition(transplanted=Transplanted.YES), {"hsct_on": (RELAPSE_ON + DAY,)}, None),
        (CohortDefinition(transplanted=Transplanted.YES), {"hsct_on": (RELAPSE_ON - DAY,)}, Criterion.TRANSPLANT),
        (CohortDefinition(started_from=TREATED_ON, started_until=TREATED_ON), {}, None),
        (CohortDefinition(started_from=TREATED_ON + DAY), {}, Criterion.STARTED_OUTSIDE),
        (CohortDefinition(started_from=TREATED_ON), {"course": None}, Criterion.NO_PREEMPTIVE_TREATMENT),
        (CohortDefinition(age_from=18), {"failure": None, "course": None, "diagnosed_on": None}, Criterion.AGE),
    ],
)
def test_each_criterion_is_asked(
    definition: CohortDefinition, changed: dict[str, Any], criterion: Criterion | None
) -> None:
    assert excluded_by(definition, cohort_patient(**changed).selection) is criterion


@pytest.mark.parametrize(
    ("definition", "changed", "considered"),
    [
        (CohortDefinition(), {"failure": None}, True),
        (CohortDefinition(failed_from=RELAPSE_ON), {"failure": None}, False),
        (CohortDefinition(failed_from=RELAPSE_ON, failed_until=RELAPSE_ON), {}, True),
        (CohortDefinition(failed_until=RELAPSE_ON - DAY), {}, False),
        (CohortDefinition(markers=frozenset({Marker.NPM1})), {"marker": Marker.CBFB_MYH11}, False),
        (CohortDefinition(failures=frozenset({FailureKind.PERSISTENCE})), {}, False),
        (CohortDefinition(centres=frozenset({"OTHER"})), {}, False),
    ],
)
def test_marker_centre_and_failure_say_who_is_considered(
    definition: CohortDefinition, changed: dict[str, Any], considered: bool
) -> None:
    assert is_considered(definition, as_candidate(cohort_patient(**changed))) is considered


def test_the_flow_counts_everybody_once_and_tells_what_became_of_the_untreated() -> None:
    patients = [
        cohort_patient(),
        cohort_patient(course=None, haematological_relapse_on=RELAPSE_ON + 40 * DAY),
        cohort_patient(course=None),
        cohort_patient(course=None, died_on=RELAPSE_ON + 50 * DAY),
        cohort_patient(course=VEN_LDAC),
        cohort_patient(failure=MolecularFailure(FailureKind.PERSISTENCE, RELAPSE_ON)),
    ]
    flow = flow_of(FILO, map(as_candidate, patients))
    assert flow.considered == 5
    assert flow.included == (patients[0].series_id,)
    assert [(step.criterion, step.patients) for step in flow.steps] == [
        (Criterion.NO_PREEMPTIVE_TREATMENT, 3),
        (Criterion.ANOTHER_REGIMEN, 1),
    ]
    assert dict(flow.steps[0].parts) == {
        Untreated.HAEMATOLOGICAL_RELAPSE: 1,
        Untreated.WATCHED: 1,
        Untreated.DIED: 1,
    }


@given(
    st.builds(
        CohortDefinition,
        regimens=st.frozensets(st.sampled_from(Regimen), max_size=1),
        started_from=st.none() | st.just(TREATED_ON + DAY),
        first_treatment_only=st.booleans(),
        no_hsct_before=st.booleans(),
        first_line=st.frozensets(st.sampled_from(FirstLineResponse), max_size=1),
        age_from=st.none() | st.just(70),
        age_until=st.none() | st.just(90),
        genes=st.frozensets(st.sampled_from(("NPM1", "IDH2")), max_size=1),
        genes_without=st.frozensets(st.just("DNMT3A")),
        transplanted=st.sampled_from(Transplanted),
    ),
    st.sampled_from(({}, {"course": None}, {"failure": None}, {"hsct_on": (RELAPSE_ON,)}, {"genes": frozenset()})),
)
def test_what_a_definition_does_not_ask_leaves_nobody_out(
    definition: CohortDefinition, changed: dict[str, Any]
) -> None:
    selection = cohort_patient(**changed).selection
    assert excluded_by(definition, selection) is excluded_by(definition, selection, tuple(Criterion))


@given(
    st.builds(
        CohortDefinition,
        ruleset=st.sampled_from(RuleSetId),
        markers=st.frozensets(st.sampled_from(Marker)),
        failures=st.frozensets(st.sampled_from(FailureKind)),
        failed_from=st.none() | st.dates(max_value=date(2020, 1, 1)),
        failed_until=st.none() | st.dates(min_value=date(2020, 1, 1)),
        age_from=st.none() | st.integers(0, 60),
        age_until=st.none() | st.integers(60, 120),
        genes=st.frozensets(st.sampled_from(["NPM1", "FLT3-ITD"])),
        transplanted=st.sampled_from(Transplanted),
        no_hsct_before=st.booleans(),
    )
)
def test_a_definition_is_read_as_it_was_written(definition: CohortDefinition) -> None:
    assert from_json(to_json(definition)) == definition


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"markers": ["BCR::ABL1"]}, "markers"),
        ({"markers": 7}, "markers"),
        ({"failed_from": "2026-02-30"}, "failed_from"),
        ({"age_from": True}, "age_from"),
        ({"age_from": -1}, "age_from"),
        ({"no_hsct_before": "yes"}, "no_hsct_before"),
        ({"ruleset": "ELN1999"}, "ruleset"),
        ({"genes": [""]}, "genes"),
    ],
)
def test_what_is_no_definition_is_refused_with_its_field(written: dict[str, Any], field: str) -> None:
    with pytest.raises(NotADefinition) as refused:
        from_json(written)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"failed_from": "2026-02-02", "failed_until": "2026-02-01"}, "failed_until"),
        ({"age_from": 70, "age_until": 60}, "age_until"),
        ({"genes": ["NPM1"], "genes_without": ["NPM1"]}, "genes_without"),
    ],
)
def test_criteria_that_nobody_can_meet_are_refused(written: dict[str, Any], field: str) -> None:
    with pytest.raises(CriteriaContradict) as refused:
        from_json(written)
    assert refused.value.field == field


def test_one_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    assert [age_at(date(2004, 2, 29), day) for day in (date(2022, 2, 28), date(2022, 3, 1))] == [17, 18]
