"""Celery tasks: each enters the scope of the worker and calls one action. Safe to run twice, late, or not at all."""

from collections.abc import Callable
from typing import TypeVar, cast

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from monitoring import enqueue, scope
from monitoring.actions import (
    analysis_rows,
    audit_sealing,
    bulk_recompute,
    cohort_computing,
    cohort_file_making,
    cohort_files,
    escalating,
    figures,
    new_days,
    notifying,
    notifying_mail,
    recompute,
    shadow_runs,
    silent_senders,
    sweeping,
    webhooks_sending,
)
from monitoring.domain.terms import RuleSetId
from monitoring.models.choices import NotificationChannelChoice as Channel
from monitoring.reports import analysis_files

Task = TypeVar("Task", bound=Callable[..., None])


def task(name: str) -> Callable[[Task], Task]:
    """Register a function as a task of this name; Celery's own decorator has no types."""
    return cast(Callable[[Task], Task], shared_task(name=f"monitoring.{name}"))


@task("recompute_series")
def recompute_series(series_id: int) -> None:
    """Compute verdicts, alerts and figures of one series."""
    with transaction.atomic():
        scope.enter_all_centres()
        recompute.recompute_series([series_id], now=timezone.now())
        figures.refresh([series_id], now=timezone.now())
    notifying.wake()


@task("recompute_patient")
def recompute_patient(patient_id: int) -> None:
    """Compute what is stale of one patient, with its figures."""
    with transaction.atomic():
        scope.enter_all_centres()
        recompute.drain_patient(patient_id, now=timezone.now())
        figures.refresh_patient(patient_id, now=timezone.now())
    notifying.wake()


@task("sweep_recompute_requests")
def sweep_recompute_requests() -> None:
    """Compute what waits in the table: what the broker lost, and what bulk loads asked for."""
    sweeping.sweep(now=timezone.now())
    notifying.wake()


@task("begin_new_days")
def begin_new_days() -> None:
    """Ask for the verdicts of every centre at which a new day has begun."""
    with transaction.atomic():
        scope.enter_all_centres()
        new_days.begin(now=timezone.now())


@task("escalate_alerts")
def escalate_alerts() -> None:
    """Let alerts go on that nobody acknowledged in time."""
    escalating.escalate(now=timezone.now())
    notifying.wake()


@task("seal_audit")
def seal_audit() -> None:
    """Seal the audit entries that have come since the last seal."""
    audit_sealing.seal()


@task("tell_alerts")
def tell_alerts() -> None:
    """Address what nobody was told of yet, and wake those who send what is due."""
    now = timezone.now()
    notifying.address(now=now)
    if notifying.has_waiting(channel=Channel.EMAIL, now=now):
        enqueue.send("send_mail")
    if notifying.has_waiting(channel=Channel.WEBHOOK, now=now):
        enqueue.send("send_webhooks")


@task("tell_silences")
def tell_silences() -> None:
    """Write to administrators where a system that sends results has fallen silent."""
    silent_senders.tell(now=timezone.now())


@task("send_mail")
def send_mail() -> None:
    """Send the e-mails that are due."""
    notifying_mail.send_due(clock=timezone.now)


@task("send_webhooks")
def send_webhooks() -> None:
    """Send the webhooks that are due."""
    webhooks_sending.send_due(clock=timezone.now)


@task("recompute_shard")
def recompute_shard(shard: int, shards: int) -> None:
    """Compute one shard of all series in bulk."""
    bulk_recompute.recompute_shard(bulk_recompute.BulkOrder(shard, shards), now=timezone.now())


@task("compare_rules")
def compare_rules() -> None:
    """Compute the comparisons of rules that wait."""
    shadow_runs.compute_waiting(now=timezone.now())


@task("refresh_analysis")
def refresh_analysis(*rulesets: str) -> None:
    """Bring the analysis set of cohorts up to date, also by rule sets that somebody asks for."""
    analysis_rows.refresh(now=timezone.now(), rulesets=[RuleSetId(each) for each in rulesets])


@task("answer_cohorts")
def answer_cohorts() -> None:
    """Compute what was asked of cohorts and waits."""
    cohort_computing.compute_waiting(clock=timezone.now)


@task("make_cohort_files")
def make_cohort_files() -> None:
    """Make the files of large analysis sets that wait."""
    cohort_file_making.make_waiting(clock=timezone.now, write=analysis_files.pieces_of)


@task("forget_cohort_files")
def forget_cohort_files() -> None:
    """Delete the files of analysis sets that are a day old."""
    cohort_files.forget_old(now=timezone.now())


@task("tidy_analysis")
def tidy_analysis() -> None:
    """Delete what the analysis set keeps by rule sets that no cohort uses any more."""
    analysis_rows.forget_unused()
