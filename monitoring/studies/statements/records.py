"""The patients of a loaded study as a cohort sees them: made from the stored records by the code of every cohort."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from monitoring import scope
from monitoring.domain.classify import classify
from monitoring.domain.cohorts.assembly import AnalysisQuestion, analyse
from monitoring.domain.cohorts.facts import ClinicalFacts
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId, Tissue
from monitoring.models import Centre, Patient
from monitoring.queries import analysis_set
from monitoring.queries.analysis_set import AnalysisInputs


class NotLoaded(Exception):
    """The study is not in this database."""


@dataclass(frozen=True, slots=True)
class StudyPatient:
    """A patient of the cohort, what else is on record, and the marrow's level at diagnosis in per cent of ABL1."""

    row: CohortPatient
    facts: ClinicalFacts
    baseline_pct_abl1: Decimal | None

    @property
    def number(self) -> int:
        """The number at the end of the pseudonym: the case of the paper."""
        return int(self.row.pseudonym.rpartition("-")[2])


@transaction.atomic
def read(centre_code: str, ruleset: RuleSetId, *, now: datetime) -> list[StudyPatient]:
    """Return the patients of a study's centre by number, as on record now; raises NotLoaded where there is none.

    They are published cases or constructed ones, and read in the scope of that centre alone, whoever asks.
    """
    with scope.centres_only(Centre.objects.filter(code=centre_code, is_synthetic=True).values_list("pk", flat=True)):
        patients = (
            Patient.objects.filter(centre__code=centre_code, is_synthetic=True).select_related("centre").in_bulk()
        )
        if not patients:
            raise NotLoaded(centre_code)
        read_now = list(analysis_set.read(patients, now=now))
    found = [_patient(each, patients[each.inputs.patient_id], ruleset) for each in read_now]
    return sorted(found, key=lambda patient: patient.number)


def rows_of(patients: Iterable[StudyPatient]) -> list[CohortPatient]:
    """Return the patients as every table and figure of a cohort takes them."""
    return [patient.row for patient in patients]


def _patient(each: AnalysisInputs, patient: Patient, ruleset: RuleSetId) -> StudyPatient:
    series = each.inputs.series
    verdict = classify(series, RULESETS[ruleset], each.as_of)
    selection, course = analyse(AnalysisQuestion(series, verdict, each.treatments, each.facts, each.as_of))
    row = CohortPatient(
        series_id=each.inputs.series_id,
        patient_id=patient.pk,
        pseudonym=patient.pseudonym,
        centre=patient.centre.code,
        marker=series.marker,
        ruleset=ruleset,
        is_synthetic=patient.is_synthetic,
        selection=selection,
        course=course,
    )
    return StudyPatient(row, each.facts, series.baseline_pct_abl1.get(Tissue.BONE_MARROW))
