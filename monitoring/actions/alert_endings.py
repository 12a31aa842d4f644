"""What an alert comes to its end by beside its own samples: a new course, an answer of old, the next treatment, death.

Source: docs/adr/0006-when-an-alert-ends.md.
"""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from monitoring.actions.alert_news import is_confirmed_now
from monitoring.domain.sample_classes import class_of_call
from monitoring.domain.terms import FlagCode, RuleSetId, SampleClass, Tissue
from monitoring.domain.urgency import EPISODE, AlertDue
from monitoring.domain.verdicts import Verdict
from monitoring.models import Alert
from monitoring.models.choices import AlertStateChoice as State
from monitoring.queries.series_inputs import SeriesInputs

# A sample older than this when its result is first seen is one of old records; [DESIGN], no laboratory takes as long.
RECENT_DAYS = 60


def left_behind_on(verdicts: Mapping[RuleSetId, Verdict], due: AlertDue) -> date | None:
    """The day on which a new course began while an episode was open."""
    if due.code != EPISODE or due.is_over:
        return None
    return next((e.ended_on for e in verdicts[due.ruleset].episodes if e.index == due.index), None)


def was_told_before(inputs: SeriesInputs, alert: Alert, due: AlertDue, *, left_on: date, today: date) -> bool:
    """Whether a new course ends an alert: one raised before it, for whoever began the course knew of it, or an old one.

    A suspicion that was confirmed since was not told as what it is now.
    """
    raised_on = alert.raised_at.astimezone(ZoneInfo(inputs.time_zone)).date()
    told_on = today if is_confirmed_now(alert, due) else raised_on
    was_old = due.latest_on is not None and (told_on - due.latest_on).days > RECENT_DAYS
    if was_old or is_confirmed_now(alert, due):
        return was_old
    return raised_on < left_on or alert.state == State.RESOLVED


def is_of_old_records(inputs: SeriesInputs, due: AlertDue, *, left_on: date | None, today: date) -> bool:
    """What a later course or negative has answered is history when it is first seen, and raises nothing.

    A result that is signed a few weeks after its sample is none of old records: a relapse before a transplant that
    becomes known after it is told.
    """
    is_old = due.latest_on is not None and (today - due.latest_on).days > RECENT_DAYS
    if due.status is not None:
        return is_old and left_on is not None
    if due.latest_on is None or due.tissue is None or due.latest is None:
        return False
    is_left = any(start.on > due.latest_on for start in inputs.series.course_starts)
    return (is_old and is_left) or _was_answered(inputs, due.tissue, due.latest_on)


def _was_answered(inputs: SeriesInputs, tissue: Tissue, latest_on: date) -> bool:
    return any(
        result.tissue is tissue and result.collected_on > latest_on and class_of_call(result) is SampleClass.NEGATIVE
        for result in inputs.series.results
    )


def has_ended_before(alert: Alert, inputs: SeriesInputs) -> bool:
    """Whether it had come to its end by itself, and stays so; that a relapse which was treated was none is told."""
    if alert.state != State.RESOLVED or alert.resolved_by_id is not None:
        return False
    was_confirmed = alert.code == EPISODE and alert.detail.get("number") is not None
    return not was_confirmed or alert.ruleset != inputs.alerting_ruleset or inputs.series.death_on is not None


def was_before_a_treatment(alert: Alert, inputs: SeriesInputs) -> bool:
    """Whether a treatment without response was followed by another, which does not take back that it had none."""
    if alert.code != FlagCode.NO_RESPONSE or alert.index_on is None or inputs.series.death_on is not None:
        return False
    is_on_record = any(result.id == str(alert.index_result_id) for result in inputs.series.results)
    return is_on_record and any(start >= alert.index_on for start in inputs.series.treatment_starts)
