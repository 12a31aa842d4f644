"""Patients of a cohort to test with: sensible where nothing is said, changed by keyword.

`cohort_patient()` is a woman with NPM1 AML in molecular relapse, treated with VEN-AZA from 30 days later, alive.
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from monitoring.domain.cohorts.patient import (
    CohortPatient,
    Course,
    FailureKind,
    MolecularFailure,
    PreemptiveCourse,
    ResponseAt,
    Selection,
)
from monitoring.domain.response import FirstLineResponse
from monitoring.domain.terms import CycleResponse, EpisodeStatus, Marker, RuleSetId, Tissue

RELAPSE_ON = date(2024, 3, 1)
TREATED_ON = RELAPSE_ON + timedelta(days=30)
LAST_NEWS_ON = date(2026, 3, 1)

RELAPSE = MolecularFailure(FailureKind.RELAPSE, RELAPSE_ON, RELAPSE_ON + timedelta(days=14), EpisodeStatus.RESPONDED)
VEN_AZA = PreemptiveCourse(TREATED_ON, "VEN+AZACITIDINE", has_venetoclax=True, partner="AZACITIDINE", cycles=2)

SELECTION = Selection(
    born_on=date(1962, 5, 4),
    sex="F",
    diagnosed_on=date(2023, 1, 10),
    eln_risk="FAVOURABLE",
    genes=frozenset({"NPM1", "DNMT3A"}),
    first_line_response=FirstLineResponse.CR_MRD,
    first_line_regimens=("7+3",),
    failure=RELAPSE,
    course=VEN_AZA,
    other_treatments=(),
    hsct_on=(),
    haematological_relapse_on=None,
    died_on=None,
    research_refused_on=None,
)
COURSE = Course(in_remission_at_last_news=True, last_contact_on=LAST_NEWS_ON, last_assessment_on=LAST_NEWS_ON)

_numbers = count(1)


def cohort_patient(
    *,
    marker: Marker = Marker.NPM1,
    ruleset: RuleSetId = RuleSetId.ELN2022,
    centre: str = "NF",
    is_synthetic: bool = False,
    number: int | None = None,
    **changed: Any,
) -> CohortPatient:
    """Return a patient; further keywords are fields of the selection or the course (both where both have them)."""
    own = next(_numbers) if number is None else number
    of_selection = {name: value for name, value in changed.items() if name in Selection.__slots__}
    of_course = {name: value for name, value in changed.items() if name in Course.__slots__}
    unknown = set(changed) - set(of_selection) - set(of_course)
    if unknown:
        raise TypeError(f"neither of the selection nor of the course: {sorted(unknown)}")
    return CohortPatient(
        series_id=own,
        patient_id=own,
        pseudonym=f"P-{own:04}",
        centre=centre,
        marker=marker,
        ruleset=ruleset,
        is_synthetic=is_synthetic,
        selection=replace(SELECTION, **of_selection),
        course=replace(COURSE, **of_course),
    )


def response_at(cycle: int, tissue: Tissue, response: CycleResponse, **changed: Any) -> ResponseAt:
    """Return the response of a tissue after a cycle of the usual course."""
    on = TREATED_ON + timedelta(days=28 * cycle - 4)
    return replace(ResponseAt(cycle, tissue, response, on), **changed)
