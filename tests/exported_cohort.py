"""A cohort to export with: forty patients with ties, deaths, relapses and every group, always the same."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from monitoring.domain.cohorts.analysis_columns import analysis_table
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.flow import Flow
from monitoring.domain.cohorts.part_answers import CohortData
from monitoring.domain.cohorts.patient import CohortPatient, Transplant
from monitoring.domain.response import FirstLineResponse
from monitoring.queries.cohort_exports import AnalysisExport
from tests.cohort_patients import RELAPSE_ON, cohort_patient


def patients(many: int = 40) -> list[CohortPatient]:
    draw = Random(20)
    return [_patient(number, draw) for number in range(1, many + 1)]


def transplanted_patients() -> list[CohortPatient]:
    """The same patients, most of them transplanted: early, late, and on the day their observation ends."""
    draw = Random(21)
    return [_transplanted(one, draw) for one in patients()]


def _transplanted(patient: CohortPatient, draw: Random) -> CohortPatient:
    until = patient.course.last_contact_on or RELAPSE_ON
    days = draw.choice((None, None, 30 * draw.randint(1, 5), 30 * draw.randint(4, 20), (until - RELAPSE_ON).days))
    on = None if days is None else min(RELAPSE_ON + timedelta(days=days), until)
    return replace(patient, course=replace(patient.course, transplants=() if on is None else (Transplant(on),)))


def _patient(number: int, draw: Random) -> CohortPatient:
    end = RELAPSE_ON + timedelta(days=30 * draw.randint(1, 40))
    kind = draw.choice(("died", "haematological", "molecular", "censored", "censored"))
    return cohort_patient(
        number=number,
        genes=frozenset({"NPM1", draw.choice(("FLT3-ITD", "DNMT3A"))}),
        first_line_response=draw.choice((FirstLineResponse.CR_MRD, FirstLineResponse.CR_MRD_LL)),
        died_on=end if kind == "died" else None,
        haematological_relapse_on=end if kind == "haematological" else None,
        second_molecular_relapse_on=end if kind == "molecular" else None,
        last_contact_on=end,
        last_assessment_on=end,
    )


def exported(
    of: list[CohortPatient], origin: Origin = Origin.MOLECULAR_RELAPSE, *, without_dates: bool = False
) -> AnalysisExport:
    flow = Flow(len(of), (), tuple(one.series_id for one in of))
    data = CohortData(CohortDefinition(centres=frozenset({"NF"})), flow, tuple(of), 41, len(of))
    table = analysis_table(of, origin, without_dates=without_dates)
    return AnalysisExport(7, "NPM1, VEN-AZA", "NF", 3, origin, without_dates, data, table)
