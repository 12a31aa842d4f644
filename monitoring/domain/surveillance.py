"""What one series asks of people on a day, beside its verdicts: samples that are due, responses to treatment, flags.

Puts together the schedule (A7), the response (A5) and the comparison of rule sets; decides nothing of its own.
Source: docs/methods/schedule.md, docs/methods/response.md, docs/methods/rules.md.
"""

from dataclasses import dataclass
from datetime import date

from monitoring.domain.classed_results import with_classes
from monitoring.domain.response import ResponseQuestion, TreatmentResponse, respond
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.rulesets.guideline import Confirmation
from monitoring.domain.sampling_intervals import ELN_2021_INTERVALS, SamplingIntervals
from monitoring.domain.schedule import Schedule, ScheduleQuestion, SuspectedRelapse, overdue_flags, sampling_schedule
from monitoring.domain.series import Series
from monitoring.domain.terms import EpisodeStatus, RuleSetId, Tissue
from monitoring.domain.treatment import PreemptiveTreatment
from monitoring.domain.verdicts import Flag, Verdict


@dataclass(frozen=True, slots=True)
class Surveillance:
    """The schedule of a series, the response to each pre-emptive treatment, and the flags that follow."""

    schedule: Schedule
    responses: tuple[TreatmentResponse, ...]
    flags: tuple[Flag, ...]


def surveil(
    series: Series,
    verdict: Verdict,
    treatments: tuple[PreemptiveTreatment, ...],
    as_of: date,
    intervals: SamplingIntervals = ELN_2021_INTERVALS,
    cycle_2_on: date | None = None,
) -> Surveillance:
    """Return what a series asks for as of a day, by the verdict of the rule set that raises alerts.

    `intervals`: those in force for the patient, in days. `cycle_2_on`: day 1 of the second cycle of first-line
    treatment, after which blood is due; None where it is not on record.
    """
    schedule = sampling_schedule(
        ScheduleQuestion(
            marker=series.marker,
            as_of=as_of,
            results=series.results,
            cycle_2_on=cycle_2_on,
            end_of_treatment=series.end_of_treatment,
            treatments=treatments,
            course_starts=series.course_starts,
            suspected=_suspected(verdict),
            death_on=series.death_on,
            intervals=intervals,
        )
    )
    responses = tuple(
        respond(response_question(series, verdict, treatment, as_of))
        for treatment in treatments
        if treatment.started_on <= as_of
    )
    lack = tuple(flag for response in responses[-1:] for flag in response.flags)
    return Surveillance(schedule, responses, (*overdue_flags(schedule), *lack))


def latest_course_began_on(series: Series, before: date) -> date | None:
    """Return the day on which the course began that a day belongs to; None for the first."""
    return max((start.on for start in series.course_starts if start.on <= before), default=None)


def treated_relapse_on(verdict: Verdict, started_on: date) -> date | None:
    """Return the relapse date of the latest episode that was open when a treatment started; None for persistence.

    One that was over by then, by a response or by a new course, is not what this treatment treats.
    """
    began = [
        episode.relapse_on
        for episode in verdict.episodes
        if episode.number is not None
        and episode.relapse_on <= started_on
        and (episode.ended_on is None or started_on < episode.ended_on)
    ]
    return max(began, default=None)


def _suspected(verdict: Verdict) -> tuple[SuspectedRelapse, ...]:
    ruleset = RULESETS[verdict.ruleset]
    return tuple(
        SuspectedRelapse(episode.relapse_on, episode.tissue, _confirming_tissues(ruleset.id, episode.tissue))
        for episode in verdict.episodes
        if episode.status is EpisodeStatus.SUSPECTED
    )


def _confirming_tissues(ruleset_id: RuleSetId, tissue: Tissue) -> tuple[Tissue, ...]:
    """The tissue of the index first; the other where the rule set lets it confirm."""
    ruleset = RULESETS[ruleset_id]
    either = ruleset.confirmation is not Confirmation.SAME_TISSUE and len(ruleset.tissues) > 1
    return (tissue, tissue.other) if either else (tissue,)


def response_question(
    series: Series, verdict: Verdict, treatment: PreemptiveTreatment, as_of: date
) -> ResponseQuestion:
    """Return what the response to one treatment depends on, by the verdict of one rule set."""
    return ResponseQuestion(
        samples=with_classes(series.results, verdict),
        treatment=treatment,
        as_of=as_of,
        index_on=treated_relapse_on(verdict, treatment.started_on),
        course_began_on=latest_course_began_on(series, treatment.started_on),
        baseline_pct_abl1=series.baseline_pct_abl1,
    )
