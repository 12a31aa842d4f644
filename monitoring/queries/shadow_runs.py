"""Comparisons of rules as their pages show them: who asked, what differs, the gravest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from monitoring.domain import wire
from monitoring.domain.series import Series
from monitoring.domain.shadow_weights import PlannedStep
from monitoring.domain.verdicts import Verdict
from monitoring.models import ShadowDifference, ShadowRun, User
from monitoring.permissions import centres_of
from monitoring.queries.series_inputs import read_current

PAGE = 50


@dataclass(frozen=True, slots=True)
class RunShown:
    """One comparison: of a centre's rule set (`was`, `wanted`), or of editions."""

    run_id: int
    centre_id: int | None
    centre: str
    was: str
    wanted: str
    editions: Mapping[str, str]
    started_by: str
    started_by_id: int | None
    started_at: datetime
    finished_at: datetime | None
    failed_because: str
    series_compared: int
    series_differing: int
    decision: str
    decided_by: str
    decided_at: datetime | None
    comment: str

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.finished_at is not None and not self.decision


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    """One series of one rule set: verdict before and after (None: cannot be read), what happens to its alerts."""

    difference_id: int
    patient_id: int
    pseudonym: str
    marker: str
    mutation_type: str
    ruleset: str
    weight: int
    before: Verdict | None
    after: Verdict | None
    state_before: str
    state_after: str
    steps: Sequence[PlannedStep]
    is_pending: bool
    series: Series | None
    today: date | None


@dataclass(frozen=True, slots=True)
class Differences:
    """A page of differences; `hidden` series lie outside the person's centres, `next_after` begins the next page."""

    rows: Sequence[DifferenceShown]
    by_weight: Mapping[int, int]
    hidden: int
    next_after: tuple[int, int] | None


def runs_of(user: User) -> list[RunShown]:
    """Return the comparisons of the person's centres and of editions, the latest first."""
    own = Q(centre_id__in=centres_of(user)) | Q(centre__isnull=True)
    rows = ShadowRun.objects.filter(own).select_related("centre", "started_by", "decided_by").order_by("-pk")
    return [_shown(row) for row in rows[:PAGE]]


def find_run(user: User, pk: int) -> RunShown | None:
    """Return one comparison; None where the person does not see it."""
    own = Q(centre_id__in=centres_of(user)) | Q(centre__isnull=True)
    row = ShadowRun.objects.filter(own, pk=pk).select_related("centre", "started_by", "decided_by").first()
    return _shown(row) if row else None


def differences(run: RunShown, *, now: datetime, after: tuple[int, int] | None = None) -> Differences:
    """Return one page of what differs, the gravest first, in a fixed number of queries."""
    own = ShadowDifference.objects.filter(run_id=run.run_id)
    weights = dict(own.values_list("weight").annotate(n=Count("pk")).order_by("weight"))
    seen = own.values("series").distinct().count()
    wanted = own.select_related("patient", "series").order_by("weight", "pk")
    if after is not None:
        wanted = wanted.filter(Q(weight__gt=after[0]) | Q(weight=after[0], pk__gt=after[1]))
    rows = list(wanted[: PAGE + 1])
    inputs = {each.series_id: each for each in read_current({row.series_id for row in rows[:PAGE]})}
    shown = []
    for row in rows[:PAGE]:
        of = inputs.get(row.series_id)
        shown.append(_difference(row, of.series if of else None, of.today(now) if of else None))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Differences(shown, weights, max(run.series_differing - seen, 0), (last.weight, last.pk) if last else None)


def _shown(row: ShadowRun) -> RunShown:
    return RunShown(
        run_id=row.pk,
        centre_id=row.centre_id,
        centre=row.centre.name if row.centre else "",
        was=row.editions.get("was", ""),
        wanted=row.alerting_ruleset,
        editions={name: version for name, version in row.editions.items() if name != "was"},
        started_by=row.started_by.shown_name if row.started_by else "",
        started_by_id=row.started_by_id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        failed_because=row.failed_because,
        series_compared=row.series_compared,
        series_differing=row.series_differing,
        decision=row.decision,
        decided_by=row.decided_by.shown_name if row.decided_by else "",
        decided_at=row.decided_at,
        comment=row.comment,
    )


def _difference(row: ShadowDifference, series: Series | None, today: date | None) -> DifferenceShown:
    return DifferenceShown(
        difference_id=row.pk,
        patient_id=row.patient_id,
        pseudonym=row.patient.pseudonym,
        marker=row.series.marker,
        mutation_type=row.series.mutation_type,
        ruleset=row.ruleset,
        weight=row.weight,
        before=_verdict(row.before),
        after=_verdict(row.after),
        state_before=str(row.before.get("state", "")),
        state_after=str(row.after.get("state", "")),
        steps=[PlannedStep(**step) for step in row.after.get("steps", ())],
        is_pending=bool(row.after.get("pending")),
        series=series,
        today=today,
    )


def _verdict(stored: Mapping[str, Any]) -> Verdict | None:
    """A verdict of another release may hold codes that this one does not know: then only its state is told."""
    try:
        return wire.verdict_from_dict(stored)
    except (KeyError, ValueError):
        return None
