"""A row of a cohort says what the patient page says, on simulated patients."""

from datetime import date

import pytest
from django.db import transaction

from monitoring import scope
from monitoring.domain.classify import classify
from monitoring.domain.cohorts.assembly import AnalysisQuestion, analyse
from monitoring.domain.cohorts.patient import Course, Selection
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId, Tissue
from monitoring.models import Patient
from monitoring.queries import analysis_set
from monitoring.queries.cycle_responses import CourseOfCycles
from monitoring.queries.patient_page import read_patient_page
from monitoring.queries.patient_record import Standpoint
from monitoring.studies import synthetic_loading
from monitoring.studies.synthetic_loading import Wish
from tests.world import NOW

PATIENTS = 40
ENOUGH = 5  # patients with a course of cycles


@pytest.mark.django_db
def test_responses_toxicity_and_treatment_free_time_are_those_of_the_page() -> None:
    synthetic_loading.load(Wish(PATIENTS, seed=3, mean=20), today=date(2026, 11, 20), now=NOW, tell=print)
    compared = 0
    with transaction.atomic():
        scope.enter_all_centres()
        patients = {each.pk: each for each in Patient.objects.select_related("centre")}
        for inputs in analysis_set.read(patients, now=NOW):
            patient = patients[inputs.inputs.patient_id]
            page = read_patient_page(patient, Standpoint.of(patient, NOW)).marker
            assert page is not None
            ruleset = RuleSetId(inputs.inputs.alerting_ruleset)
            verdict = classify(inputs.inputs.series, RULESETS[ruleset], inputs.as_of)
            assert verdict == page.verdict
            question = AnalysisQuestion(inputs.inputs.series, verdict, inputs.treatments, inputs.facts, inputs.as_of)
            selection, course = analyse(question)
            shown = [each for each in page.courses if _is_course_of(each, selection)]
            assert bool(shown) == bool(course.cycles)
            for each in shown:
                _check_same(each, selection, course)
                compared += 1
    assert compared >= ENOUGH


def _is_course_of(shown: CourseOfCycles, selection: Selection) -> bool:
    return selection.course is not None and shown.line.starts_on == selection.course.starts_on


def _check_same(shown: CourseOfCycles, selection: Selection, course: Course) -> None:
    assert {(tissue, best) for tissue, best in course.best.items()} == {
        (Tissue(tissue), best) for tissue, best in shown.best.items()
    }
    of_page = {
        (row.facts.number, Tissue(tissue)): (each.response, each.on, each.log10_reduction, each.is_minor_response)
        for row in shown.cycles
        for tissue, each in row.responses.items()
    }
    of_row = {
        (each.cycle, each.tissue): (each.response, each.on, each.log10_reduction, each.is_minor_response)
        for each in course.responses
    }
    assert of_row == of_page
    assert [course.toxicity_by_cycle[row.facts.number] for row in shown.cycles] == [
        row.told.case for row in shown.cycles
    ]
    assert course.treatment_ended_on == (shown.interval.from_on if shown.interval else None)
    if shown.episode is not None:
        assert selection.failure is not None
        assert (selection.failure.on, selection.failure.status) == (shown.episode.relapse_on, shown.episode.status)
