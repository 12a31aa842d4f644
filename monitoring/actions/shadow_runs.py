"""A change of rules computed in shadow: of a centre's rule set by the worker, of editions by the command line."""

import logging
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions, scope
from monitoring.actions import audit, shadow_comparison
from monitoring.actions.refusals import ActionRefused
from monitoring.domain.editions import editions_of_code
from monitoring.domain.terms import RuleSetId
from monitoring.models import Centre, MrdSeries, ShadowDifference, ShadowRun, User
from monitoring.queries import series_inputs

log = logging.getLogger(__name__)

CHUNK = 500  # series compared at once: a bound of memory
RUN = 1_000  # series in a row that a shard takes, as in bulk_recompute
WAS = "was"  # beside the editions: the rule set that raised the alerts when a run was asked for

OF_SHARD = "SELECT id FROM monitoring_mrdseries WHERE (id / %s) %% %s = %s ORDER BY id"


@transaction.atomic
def propose(*, by: User, centre: Centre, ruleset: str) -> ShadowRun:
    """Ask for a comparison: what if another rule set raised the alerts of a centre. Nothing changes by it."""
    permissions.check_can_propose_ruleset(by, centre.pk)
    if ruleset not in set(RuleSetId) or ruleset == centre.alerting_ruleset:
        raise ActionRefused(_("Choose another rule set than the one that raises the alerts now."))
    run = ShadowRun.objects.create(
        centre=centre,
        alerting_ruleset=ruleset,
        editions={**editions_of_code(), WAS: centre.alerting_ruleset},
        started_by=by,
    )
    audit.record(action="rules.propose", by=by, subject=run, after=audit.snapshot(run))
    transaction.on_commit(lambda: enqueue.send("compare_rules"))
    return run


def compute_waiting(*, now: datetime) -> int:
    """Compute the runs of centres that wait, each in a transaction of its own; return how many were taken up."""
    done = 0
    while (run_id := _next_waiting()) is not None:
        try:
            done += compute(run_id, now=now)
        except Exception as error:
            log.exception("The comparison %s failed.", run_id)
            _note_failure(run_id, error)
    return done


@transaction.atomic
def compute(run_id: int, *, now: datetime) -> int:
    """Compare every series of the centre; all of it is written, or nothing. 0 where somebody else does it."""
    scope.enter_all_centres()
    waiting = ShadowRun.objects.filter(pk=run_id, finished_at=None, failed_because="", centre__isnull=False)
    run = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if run is None:
        return 0
    wanted = RuleSetId(run.alerting_ruleset)
    differing: set[int] = set()
    for series_ids in _chunks_of_centre(run):
        inputs = series_inputs.read_current(series_ids)
        found = shadow_comparison.differences_of_ruleset(run, inputs, wanted, now)
        ShadowDifference.objects.bulk_create(found)
        differing.update(each.series_id for each in found)
        run.series_compared += len(inputs)
    run.series_differing, run.finished_at = len(differing), now
    run.save(update_fields=["series_compared", "series_differing", "finished_at"])
    return 1


def start_editions(*, by: User) -> ShadowRun:
    """Begin the comparison of the editions of this code with the verdicts in force."""
    with transaction.atomic():
        scope.enter_all_centres(actor=by)
        run = ShadowRun.objects.create(editions=editions_of_code(), started_by=by)
        audit.record(action="rules.compare_editions", by=by, subject=run, after=audit.snapshot(run))
    return run


def compare_shard(run_id: int, *, shard: int, shards: int, now: datetime) -> int:
    """Compare one shard of all series with what is in force, chunk by chunk; return how many series."""
    with transaction.atomic():
        scope.enter_all_centres()
        wanted = [series_id for (series_id,) in series_inputs.rows(OF_SHARD, [RUN, shards, shard])]
        run = ShadowRun.objects.get(pk=run_id)
    for first in range(0, len(wanted), CHUNK):
        with transaction.atomic():
            scope.enter_all_centres()
            inputs = series_inputs.read_current(wanted[first : first + CHUNK])
            ShadowDifference.objects.bulk_create(shadow_comparison.differences_of_editions(run, inputs, now))
            ShadowRun.objects.filter(pk=run_id).update(series_compared=F("series_compared") + len(inputs))
    return len(wanted)


@transaction.atomic
def finish_editions(run_id: int, *, now: datetime, failed_because: str = "") -> ShadowRun:
    """Close a comparison of editions: it can be signed from now on, or it failed and cannot."""
    scope.enter_all_centres()
    run = ShadowRun.objects.select_for_update().get(pk=run_id)
    if failed_because:
        run.failed_because = failed_because[:500]
    else:
        run.finished_at = now
        run.series_differing = ShadowDifference.objects.filter(run=run).values("series").distinct().count()
    run.save(update_fields=["finished_at", "series_differing", "failed_because"])
    return run


def _next_waiting() -> int | None:
    with transaction.atomic():
        scope.enter_all_centres()
        waiting = ShadowRun.objects.filter(finished_at=None, failed_because="", centre__isnull=False)
        run = waiting.select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
        return run.pk if run else None


def _chunks_of_centre(run: ShadowRun) -> Iterator[list[int]]:
    """The series of the patients whose home the centre is, by number."""
    last = 0
    while True:
        of_centre = MrdSeries.objects.filter(patient__centre=run.centre, pk__gt=last).order_by("pk")
        found = list(of_centre.values_list("pk", flat=True)[:CHUNK])
        if not found:
            return
        yield found
        last = found[-1]


def _note_failure(run_id: int, error: Exception) -> None:
    with transaction.atomic():
        scope.enter_all_centres()
        because = f"{type(error).__name__}: {error}"[:500]
        ShadowRun.objects.filter(pk=run_id, finished_at=None).update(failed_because=because)
