"""What people asked of cohorts waits in a table until a worker takes it in hand, tells how far it is, and keeps it.

Each step is a transaction of its own, so that people see how far it is, and stop it. A worker that died in the middle
leaves what it had in hand to the next one.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from monitoring import scope
from monitoring.models import CohortVersion, CohortWork
from monitoring.models.choices import CohortAnswerStateChoice as State
from monitoring.queries.analysis_rows import without_collection
from monitoring.queries.cohort_answers import NOT_YET

log = logging.getLogger(__name__)

GIVEN_UP_AFTER = timedelta(minutes=10)  # without a sign of life the worker that had it in hand is dead
MOST_FAILED_BECAUSE = 500
# Steps as they are told, with the share in per cent that is done when they begin.
REFRESHING = ("REFRESHING", 0)

Clock = Callable[[], datetime]
Work = TypeVar("Work", bound=CohortWork)


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows of one version that this worker has in hand."""

    asked: type[CohortWork]
    version: CohortVersion
    ids: Sequence[int]

    def running(self) -> "QuerySet[CohortWork]":
        """The rows that nobody has stopped."""
        return self.asked.objects.filter(pk__in=self.ids, state=State.RUNNING)


Do = Callable[[Claim], int]


def do_waiting(asked: type[CohortWork], do: Do, *, clock: Clock) -> int:
    """Do everything that waits, version by version; return how many rows came to an end."""
    done = 0
    while (claim := _claim(asked, clock())) is not None:
        try:
            with without_collection():  # of 50,000 patients each look for cycles takes longer than a figure
                done += do(claim)
        except Exception as error:
            log.exception("%s %s of the cohort version %s failed.", asked.__name__, claim.ids, claim.version.pk)
            fail(claim, claim.ids, error)
            done += len(claim.ids)
    return done


@transaction.atomic
def _claim(asked: type[CohortWork], now: datetime) -> Claim | None:
    scope.enter_all_centres()
    waits = Q(state=State.WAITING) | Q(state=State.RUNNING, started_at__lt=now - GIVEN_UP_AFTER)
    rows = asked.objects.filter(waits, revision=NOT_YET).select_for_update(of=("self",), skip_locked=True)
    first = rows.order_by("asked_at").first()
    if first is None:
        return None
    ids = list(rows.filter(version_id=first.version_id).order_by("asked_at").values_list("pk", flat=True))
    asked.objects.filter(pk__in=ids).update(
        state=State.RUNNING, started_at=now, step=REFRESHING[0], share=REFRESHING[1]
    )
    return Claim(asked, CohortVersion.objects.select_related("cohort", "centre").get(pk=first.version_id), ids)


def tell_step(claim: Claim, step: tuple[str, int], now: datetime) -> None:
    """Tell the step at which all rows are, which is a sign of life too."""
    with transaction.atomic():
        scope.enter_all_centres()
        claim.running().update(step=step[0], share=step[1], started_at=now)


def still_wanted(kind: type[Work], pk: int) -> Work | None:
    """Return a row that nobody has stopped; None for one that is not wanted any more."""
    with transaction.atomic():
        scope.enter_all_centres()
        return kind.objects.filter(pk=pk, state=State.RUNNING).first()


def keep(row: CohortWork, in_place_of: "QuerySet[CohortWork]", now: datetime) -> None:
    """Keep what was done, in place of others; nothing is kept that was stopped meanwhile."""
    row.state, row.share, row.finished_at = State.DONE, 100, now
    with transaction.atomic():
        scope.enter_all_centres()
        if not type(row).objects.select_for_update().filter(pk=row.pk, state=State.RUNNING).exists():
            return
        in_place_of.exclude(pk=row.pk).delete()
        row.save()


@transaction.atomic
def fail(claim: Claim, ids: Sequence[int], error: Exception) -> None:
    """Keep the technical text for whoever runs this; people are told a sentence with the number of the row."""
    scope.enter_all_centres()
    claim.running().filter(pk__in=ids).update(
        state=State.FAILED, failed_because=f"{type(error).__name__}: {error}"[:MOST_FAILED_BECAUSE]
    )
