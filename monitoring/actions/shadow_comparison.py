"""What a change of rules would alter, series by series: verdicts by `classify`, alerts by the reconciliation, dry.

Nothing of what is in force is written; only the differences are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from monitoring.actions import alerts, recompute, verdict_rows
from monitoring.actions.verdict_rows import Verdicts
from monitoring.domain import wire
from monitoring.domain.classify import classify_all
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.shadow_weights import PlannedStep, joined, weight_of
from monitoring.domain.terms import RuleSetId
from monitoring.domain.verdict_change import VerdictChange, change_between
from monitoring.domain.verdicts import Verdict
from monitoring.models import AlertChange, ShadowDifference, ShadowRun, StoredVerdict
from monitoring.queries.series_inputs import SeriesInputs

DIGEST = list(verdict_rows.VERDICT_COLUMNS).index("digest")
TOLD_OF_AN_UPDATE = ("urgency", "index_on", "status")


@dataclass(frozen=True, slots=True)
class Kept:
    """A verdict as it is in force: what tells it apart, and of which day and revision it is."""

    digest: str
    computed_for: date
    revision: int


def differences_of_ruleset(
    run: ShadowRun, inputs: Sequence[SeriesInputs], wanted: RuleSetId, now: datetime
) -> list[ShadowDifference]:
    """Return what changes where another rule set raises the alerts of these series."""
    verdicts = [(each, classify_all(each.series, _rulesets(), each.today(now))) for each in inputs]
    then = [(replace(each, alerting_ruleset=wanted.value), computed) for each, computed in verdicts]
    steps_now, steps_then = _planned(verdicts, now), _planned(then, now)
    found: list[ShadowDifference] = []
    for each, computed in verdicts:
        before, after = computed[RuleSetId(each.alerting_ruleset)], computed[wanted]
        due_anyway = steps_now[each.series_id]
        steps = [step for step in steps_then[each.series_id] if step not in due_anyway]
        change = change_between(before, after)
        if steps or not change.is_none:
            found.append(_difference(run, each, before, after, change, steps, raises_alerts=True))
    return found


def differences_of_editions(run: ShadowRun, inputs: Sequence[SeriesInputs], now: datetime) -> list[ShadowDifference]:
    """Return what changes where this code computes these series, beside the verdicts and alerts in force.

    Verdicts are compared as of the day for which those in force were computed, alerts as of today.
    """
    kept = _kept(inputs)
    today = [(each, classify_all(each.series, _rulesets(), each.today(now))) for each in inputs]
    steps = _planned(today, now)
    moved = [
        (each, computed, differing)
        for each, computed in ((each, _as_kept(each, computed, kept, now)) for each, computed in today)
        if (differing := _differing(each, computed, kept, now)) or steps[each.series_id]
    ]
    stored = _stored_verdicts([each.series_id for each, *_ in moved])
    return [
        difference
        for each, computed, differing in moved
        for difference in _of_series(run, each, computed, differing, steps[each.series_id], stored, kept)
    ]


def _of_series(
    run: ShadowRun,
    inputs: SeriesInputs,
    computed: Verdicts,
    differing: frozenset[RuleSetId],
    steps: Sequence[PlannedStep],
    stored: Mapping[tuple[int, str], Verdict],
    kept: Mapping[tuple[int, str], Kept],
) -> Iterable[ShadowDifference]:
    """One difference a rule set; what happens to alerts is told at the rule set that raises them."""
    for ruleset, after in computed.items():
        raises = ruleset.value == inputs.alerting_ruleset
        own = list(steps) if raises else []
        if ruleset not in differing and not own:
            continue
        key = (inputs.series_id, ruleset.value)
        before = stored.get(key, Verdict(ruleset, "NONE", (), (), ()))
        pending = key not in kept or kept[key].revision != inputs.revision
        change = change_between(before, after)
        yield _difference(run, inputs, before, after, change, own, raises_alerts=raises, pending=pending)


def _rulesets() -> tuple[Any, ...]:
    """The rule sets of this code as they are at this moment."""
    return tuple(RULESETS.values())


def _planned(computed: Iterable[tuple[SeriesInputs, Verdicts]], now: datetime) -> dict[int, list[PlannedStep]]:
    found: dict[int, list[PlannedStep]] = defaultdict(list)
    for step in alerts.planned(recompute.watch(computed, now), now=now):
        if step.alert.code != alerts.RETRACTION and not _says_nothing_new(step):
            found[step.alert.series_id].append(_told(step))
    return defaultdict(list, {series_id: joined(steps) for series_id, steps in found.items()})


def _says_nothing_new(step: AlertChange) -> bool:
    """An alert that only names another rule set, or a later sample of the same run, is the same alert to a person."""
    before = step.detail.get("before")
    if step.kind != "UPDATED" or before is None:
        return False
    on = step.alert.index_on
    now = {"urgency": step.alert.urgency, "index_on": on and on.isoformat(), "status": step.alert.detail.get("status")}
    return all(before[name] == now[name] for name in TOLD_OF_AN_UPDATE)


def _told(step: AlertChange) -> PlannedStep:
    alert = step.alert
    return PlannedStep(
        kind=step.kind,
        code=alert.code,
        urgency=int(alert.urgency),
        tissue=alert.detail.get("tissue") or "",
        on=alert.index_on.isoformat() if alert.index_on else "",
        status=alert.detail.get("status") or "",
    )


def _kept(inputs: Sequence[SeriesInputs]) -> dict[tuple[int, str], Kept]:
    rows = StoredVerdict.objects.filter(series_id__in=[each.series_id for each in inputs])
    columns = rows.values_list("series_id", "ruleset", "digest", "computed_for", "revision")
    return {
        (series_id, ruleset): Kept(digest, computed_for, revision)
        for series_id, ruleset, digest, computed_for, revision in columns
    }


def _as_kept(inputs: SeriesInputs, computed: Verdicts, kept: Mapping[tuple[int, str], Kept], now: datetime) -> Verdicts:
    """The verdicts as of the day of those in force; of today, where these are."""
    days = {kept[key].computed_for for ruleset in computed if (key := (inputs.series_id, ruleset.value)) in kept}
    if not days or days == {inputs.today(now)}:
        return computed
    return classify_all(inputs.series, _rulesets(), min(days))


def _differing(
    inputs: SeriesInputs, computed: Verdicts, kept: Mapping[tuple[int, str], Kept], now: datetime
) -> frozenset[RuleSetId]:
    rows = verdict_rows.verdict_rows(inputs, computed, now)
    found = {RuleSetId(row[verdict_rows.RULESET]): row[DIGEST] for row in rows}
    return frozenset(
        ruleset
        for ruleset, digest in found.items()
        if (key := (inputs.series_id, ruleset.value)) not in kept or kept[key].digest != digest
    )


def _stored_verdicts(series_ids: Sequence[int]) -> dict[tuple[int, str], Verdict]:
    """The verdicts in force, read only for series that differ."""
    rows = StoredVerdict.objects.filter(series_id__in=series_ids).values_list("series_id", "ruleset", "content")
    return {(series_id, ruleset): wire.verdict_from_dict(content) for series_id, ruleset, content in rows}


def _difference(
    run: ShadowRun,
    inputs: SeriesInputs,
    before: Verdict,
    after: Verdict,
    change: VerdictChange,
    steps: Sequence[PlannedStep],
    *,
    raises_alerts: bool,
    pending: bool = False,
) -> ShadowDifference:
    return ShadowDifference(
        run=run,
        series_id=inputs.series_id,
        patient_id=inputs.patient_id,
        ruleset=after.ruleset.value,
        weight=weight_of(change, steps, raises_alerts=raises_alerts),
        before=wire.verdict_to_dict(before),
        after={**wire.verdict_to_dict(after), "steps": [asdict(step) for step in steps], "pending": pending},
    )
