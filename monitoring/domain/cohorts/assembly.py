"""One row of the analysis set, from a series, its verdict, and what else is on record of the patient.

Puts together what the functions of the patient page say; decides nothing that they decide.
Source: docs/methods/cohorts.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitoring.domain.classed_results import ClassedResult, with_classes
from monitoring.domain.cohorts.facts import ClinicalFacts, EventKind, Happening, LineKind
from monitoring.domain.cohorts.failure import (
    TreatedFailure,
    other_treatments,
    preemptive_course,
    relapse_from,
    treated_failure,
)
from monitoring.domain.cohorts.findings import genes_of_diagnosis, mutation_changes
from monitoring.domain.cohorts.levels import doubling_of, last_levels, levels_of
from monitoring.domain.cohorts.outcome import (
    in_remission_at_last_news,
    last_assessment_on,
    last_contact_on,
    relapse_dates,
    second_molecular_relapse_on,
    time_without_treatment,
)
from monitoring.domain.cohorts.patient import Course, ResponseAt, Selection, Transplant
from monitoring.domain.flags import END_OF_TREATMENT_DAYS_AFTER
from monitoring.domain.response import (
    FirstLineResponse,
    TissueResponse,
    TreatmentResponse,
    before_transplant,
    best_first_line_response,
    respond,
)
from monitoring.domain.series import Series
from monitoring.domain.surveillance import response_question
from monitoring.domain.terms import CycleResponse, Tissue
from monitoring.domain.toxicity_table import of_patient
from monitoring.domain.treatment import PreemptiveTreatment
from monitoring.domain.verdicts import Verdict

# Rises whenever the same record could give another selection or course than before, or another compact form.
ANALYSIS_EDITION = "2"


@dataclass(frozen=True, slots=True)
class AnalysisQuestion:
    """What a row is made of: one series with its verdict, the courses of its patient, and the record up to `as_of`."""

    series: Series
    verdict: Verdict
    treatments: tuple[PreemptiveTreatment, ...]
    facts: ClinicalFacts
    as_of: date


def analyse(question: AnalysisQuestion) -> tuple[Selection, Course]:
    """Return what a patient is selected by, and the course, by one rule set as of a day."""
    samples = with_classes(question.series.results, question.verdict)
    found = treated_failure(question.facts, question.verdict)
    return _selection(question, samples, found), _course(question, samples, found)


def first_line_response(facts: ClinicalFacts, series: Series, samples: Sequence[ClassedResult]) -> FirstLineResponse:
    """Return the best molecular response in haematological remission of first line.

    From the first remission to 60 days after the end of first line (the end-of-treatment sample belongs to it), never
    from a transplant, haematological relapse or later line on. Without a remission on record: not evaluated.
    """
    remission_on = facts.first_on(EventKind.REMISSION)
    if remission_on is None:
        return FirstLineResponse.NOT_EVALUATED
    stops = [facts.first_on(EventKind.HSCT), facts.first_on(EventKind.HAEMATOLOGICAL_RELAPSE)]
    stops += [line.starts_on for line in facts.later_lines()]
    until = [on - timedelta(days=1) for on in stops if on is not None]
    if series.end_of_treatment is not None:
        until.append(series.end_of_treatment + timedelta(days=END_OF_TREATMENT_DAYS_AFTER))
    return best_first_line_response(samples, remission_on, min(until, default=date.max))


def _selection(question: AnalysisQuestion, samples: Sequence[ClassedResult], found: TreatedFailure) -> Selection:
    facts = question.facts
    return Selection(
        born_on=facts.born_on,
        sex=facts.sex,
        diagnosed_on=facts.diagnosed_on,
        eln_risk=facts.eln_risk,
        genes=genes_of_diagnosis(facts),
        first_line_response=first_line_response(facts, question.series, samples),
        first_line_regimens=tuple(line.regimen for line in facts.lines if line.kind is LineKind.FIRST_LINE),
        failure=found.failure,
        course=preemptive_course(found.line),
        other_treatments=other_treatments(facts, found),
        hsct_on=tuple(event.on for event in facts.of_kind(EventKind.HSCT)),
        haematological_relapse_on=facts.first_on(EventKind.HAEMATOLOGICAL_RELAPSE),
        died_on=facts.first_on(EventKind.DEATH),
        research_refused_on=facts.research_refused_on,
    )


def _course(question: AnalysisQuestion, samples: Sequence[ClassedResult], found: TreatedFailure) -> Course:
    facts, line, verdict = question.facts, found.line, question.verdict
    treatment = _treatment_of(question, found)
    asked = None if treatment is None else response_question(question.series, verdict, treatment, question.as_of)
    response = None if asked is None else respond(asked)
    seen_until = last_contact_on(facts, samples)
    ended_on, next_on = (None, None) if line is None else _ended(question, found, seen_until)
    failed_on = None if found.failure is None else found.failure.on
    conditioning_on = None if treatment is None else treatment.conditioning_on
    before = {} if asked is None or conditioning_on is None else before_transplant(asked, conditioning_on)
    died = facts.of_kind(EventKind.DEATH)
    return Course(
        cycles=() if line is None else line.cycles,
        responses=_responses(response),
        after_c1_c2={} if response is None else response.after_c1_c2,
        comparable_by_days=treatment is not None and treatment.can_be_compared_by_days,
        best={} if response is None else response.best,
        before_transplant=_told(before),
        last_news=last_levels(samples),
        transplants=_transplants(facts, failed_on),
        molecular_relapses_on=relapse_dates(verdict),
        haematological_relapses_on=tuple(event.on for event in facts.of_kind(EventKind.HAEMATOLOGICAL_RELAPSE)),
        first_remission_on=facts.first_on(EventKind.REMISSION),
        second_molecular_relapse_on=second_molecular_relapse_on(found, verdict, response),
        haematological_relapse_on=relapse_from(facts, failed_on),
        in_remission_at_last_news=in_remission_at_last_news(facts, found),
        died_on=died[0].on if died else None,
        death_cause=died[0].cause if died else "",
        last_contact_on=seen_until,
        last_assessment_on=last_assessment_on(facts, samples),
        treatment_ended_on=ended_on,
        next_treatment_on=next_on,
        not_transplanted_because="; ".join(event.detail for event in facts.of_kind(EventKind.NOT_TRANSPLANTED)[-1:]),
        mutation_changes=mutation_changes(facts),
        levels=levels_of(samples),
        toxicity=None if line is None or not line.toxicity else of_patient(list(line.toxicity.values())),
        toxicity_by_cycle={} if line is None else line.toxicity,
        doubling=None if found.episode is None else doubling_of(question.series, found.episode, question.as_of),
    )


def _treatment_of(question: AnalysisQuestion, found: TreatedFailure) -> PreemptiveTreatment | None:
    """The course of cycles of the line, as the patient page finds it: by its first day."""
    if found.line is None:
        return None
    return next((each for each in question.treatments if each.started_on == found.line.starts_on), None)


def _ended(
    question: AnalysisQuestion, found: TreatedFailure, seen_until: date | None
) -> tuple[date | None, date | None]:
    if found.line is None:
        return None, None
    return time_without_treatment(question.facts, found.line, question.verdict, seen_until or found.line.starts_on)


def _responses(response: TreatmentResponse | None) -> tuple[ResponseAt, ...]:
    return () if response is None else tuple(_at(each) for each in response.by_cycle)


def _told(responses: Mapping[Tissue, TissueResponse]) -> Mapping[Tissue, ResponseAt]:
    """A tissue without a sample in the window is not there."""
    return {
        tissue: _at(each)
        for tissue, each in responses.items()
        if each.on is not None and each.response is not CycleResponse.NOT_EVALUATED
    }


def _at(each: TissueResponse) -> ResponseAt:
    return ResponseAt(
        cycle=each.cycle,
        tissue=each.tissue,
        response=each.response,
        on=each.on,
        reference_pct_abl1=each.reference_pct_abl1,
        log10_reduction=each.log10_reduction,
        is_at_least=each.is_at_least and each.on is not None,
        is_minor_response=each.is_minor_response,
        below_diagnosis=each.below_diagnosis,
    )


def _transplants(facts: ClinicalFacts, failed_on: date | None) -> tuple[Transplant, ...]:
    """The transplants from the failure on; all of them where there was none."""
    events = [event for event in facts.of_kind(EventKind.HSCT) if failed_on is None or event.on >= failed_on]
    return tuple(_transplant(event) for event in events)


def _transplant(event: Happening) -> Transplant:
    return Transplant(event.on, event.donor, event.conditioning, event.conditioning_starts_on, event.mrd_at_hsct)
