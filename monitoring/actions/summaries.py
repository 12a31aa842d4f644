"""One row a series for the lists: state, what is due, the samples that decide."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from monitoring.actions.alerts import Computed
from monitoring.actions.computed_rows import arriving
from monitoring.domain.classed_results import ClassedResult, with_classes
from monitoring.domain.due_identity import Named, due_key
from monitoring.domain.due_samples import DueSample, DueStatus, ScheduleRule
from monitoring.domain.surveillance import Surveillance
from monitoring.domain.terms import EpisodeStatus, RuleSetId
from monitoring.domain.verdicts import Episode, Evidence, Verdict
from monitoring.queries.series_inputs import SeriesInputs

COLUMNS = {
    "series_id": "bigint", "patient_id": "bigint", "ruleset": "text", "state": "text", "revision": "bigint",
    "computed_for": "date", "suspected_on": "date", "due_on": "date", "overdue_from": "date", "content": "text",
}  # fmt: skip

UPSERT = """
INSERT INTO monitoring_seriessummary
  (series_id, patient_id, ruleset, state, revision, computed_for, suspected_on, due_on, overdue_from, content)
SELECT series_id, patient_id, ruleset, state, revision, computed_for, suspected_on, due_on, overdue_from, content::jsonb
FROM {source}
ON CONFLICT (series_id) DO UPDATE SET
  ruleset = excluded.ruleset, state = excluded.state, revision = excluded.revision,
  computed_for = excluded.computed_for, suspected_on = excluded.suspected_on, due_on = excluded.due_on,
  overdue_from = excluded.overdue_from, content = excluded.content
WHERE (excluded.revision, excluded.computed_for)
   >= (monitoring_seriessummary.revision, monitoring_seriessummary.computed_for)
"""


def write(computed: Iterable[Computed], *, now: datetime) -> None:
    """Store the summaries of these series where they are not older than what is there."""
    rows = [_row(each, now) for each in computed]
    if rows:
        ready = arriving("computed_summary", COLUMNS, rows)
        with connection.cursor() as cursor:
            cursor.execute(UPSERT.format(source=ready.source), ready.parameters)


def _row(computed: Computed, now: datetime) -> tuple[Any, ...]:
    inputs, verdicts, surveillance = computed
    verdict = verdicts[RuleSetId(inputs.alerting_ruleset)]
    day = inputs.today(now)
    routine = [each for each in surveillance.schedule.to_come if _is_dated_routine(each)]
    due = next(iter(routine), None)
    suspected = [e.relapse_on for e in verdict.episodes if e.status is EpisodeStatus.SUSPECTED]
    content = json.dumps(_content(inputs, verdict, verdicts, surveillance))
    return (
        inputs.series_id, inputs.patient_id, verdict.ruleset.value, verdict.state, inputs.revision, day,
        min(suspected, default=None), due.due_on if due else None, _overdue_from(routine), content,
    )  # fmt: skip


def _is_dated_routine(due: DueSample) -> bool:
    """The confirmation of a suspected relapse stands in a group of its own."""
    return due.due_on is not None and due.rule is not ScheduleRule.CONFIRM_SUSPECTED_RELAPSE


def _overdue_from(routine: Iterable[DueSample]) -> date | None:
    """The first day on which any of them is overdue: one due later may have the shorter grace."""
    days = (due.due_on + timedelta(days=due.grace_days + 1) for due in routine if due.due_on is not None)
    return min(days, default=None)


def _content(
    inputs: SeriesInputs,
    verdict: Verdict,
    verdicts: Any,
    surveillance: Surveillance,
) -> dict[str, Any]:
    classed = with_classes(inputs.series.results, verdict)
    schedule = surveillance.schedule
    named = Named(inputs.series, verdict, courses=len(surveillance.responses))
    missed = [due for due in schedule.past if due.status is DueStatus.MISSED]
    return {
        "marker": inputs.series.marker.value,
        "states": {ruleset.value: each.state for ruleset, each in verdicts.items()},
        "episode": _episode(verdict),
        "latest": [_sample(each) for each in classed[-1:]],
        "tissues": sorted({each.tissue.value for each in classed}),
        "due": [{**_due(each), "key": due_key(each, named)} for each in schedule.to_come],
        "missed": [_due(each) for each in missed],
        "missed_on": _text(missed[-1].due_on) if missed else None,
        "end_of_treatment": _text(inputs.series.end_of_treatment),
        "course": [{"on": _text(start.on), "kind": start.kind.value} for start in inputs.series.course_starts],
        "death_on": _text(inputs.series.death_on),
    }


def _episode(verdict: Verdict) -> dict[str, Any] | None:
    """The open episode, else the open candidate, that the list tells about, with the facts of its evidence."""
    wanted = [EpisodeStatus.CONFIRMED, EpisodeStatus.PARTLY_RESPONDED, EpisodeStatus.SUSPECTED, EpisodeStatus.RESPONDED]
    for status in wanted:
        for episode in reversed(verdict.episodes):
            if episode.status is status:
                return _told(episode)
    return None


def _told(episode: Episode) -> dict[str, Any]:
    return {
        "kind": episode.kind.value,
        "rule": episode.rule.value,
        "status": episode.status.value,
        "number": episode.number,
        "tissue": episode.tissue.value,
        "relapse_on": _text(episode.relapse_on),
        "confirmed_on": _text(episode.confirmed_on),
        "late": episode.late,
        "waived": episode.waived,
        "response": {tissue.value: response.value for tissue, response in episode.response.items()},
        "because": [_fact(fact) for fact in episode.because],
    }


def _fact(fact: Evidence) -> dict[str, Any]:
    return {
        "fact": fact.fact,
        "on": _text(fact.on),
        "tissue": fact.tissue.value if fact.tissue else None,
        "pct_abl1": _text(fact.pct_abl1),
        "limit_pct_abl1": _text(fact.limit_pct_abl1),
        "fold": _text(fact.fold),
        "log10": _text(fact.log10),
        "days": fact.days,
    }


def _sample(classed: ClassedResult) -> dict[str, Any]:
    result = classed.result
    return {
        "id": result.id,
        "on": _text(result.collected_on),
        "tissue": result.tissue.value,
        "call": result.call.value,
        "class": classed.sample_class.value,
        "pct_abl1": _text(result.pct_abl1),
        "limit_pct_abl1": _text(classed.limit_pct_abl1),
        "abl1_copies": _text(result.abl1_copies),
    }


def _due(due: DueSample) -> dict[str, Any]:
    return {
        "rule": due.rule.value,
        "tissues": [tissue.value for tissue in due.tissues],
        "due_on": _text(due.due_on),
        "grace_days": due.grace_days,
        "status": due.status.value,
        "overdue_days": due.overdue_days,
        "number": due.number,
        "target_on": _text(due.target_on),
    }


def _text(value: date | Decimal | None) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else format(value, "f")
