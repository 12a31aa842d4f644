"""Signing what was seen: one result whose effect was shown, or several that change no verdict."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import lots, results
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.actions.results import Seen
from monitoring.models import MrdResult, MrdSeries, User
from monitoring.models.choices import ResultStateChoice as State
from monitoring.queries.signing_effects import effect_of_signing


class NotChecked(ActionRefused):
    """A result that changes a verdict was to be signed without the tick that it was checked."""


class VerdictWouldChange(ActionRefused):
    """A result that changes a verdict was to be signed together with others."""


@dataclass(frozen=True, slots=True)
class SeenResult:
    """One result as the person saw it: its version, and what the page said that signing would change."""

    result_id: int
    seen: Seen
    effect: str


@transaction.atomic
def authorise_seen(*, by: User, shown: SeenResult, checked: bool, now: datetime) -> MrdResult:
    """Sign a result if signing still does what the page said; raises StaleVersion, WrongState and NotChecked."""
    (result,) = _locked([shown.result_id])
    permissions.check_can_authorise_result(by, result)
    if result.state == State.SUBMITTED:
        effect = effect_of_signing(result, now=now)
        if effect.fingerprint != shown.effect:
            raise StaleVersion(
                _("Signing would now do something else than this page said. Look at it again; nothing was signed.")
            )
        if effect.changes_verdict and not checked:
            raise NotChecked(_("Tick that you have checked patient, curve, controls and mutation type."))
    return results.authorise(by=by, result=result, seen=shown.seen, now=now)


@transaction.atomic
def authorise_together(*, by: User, shown: Sequence[SeenResult], now: datetime) -> list[MrdResult]:
    """Sign several results, none of which changes a verdict; one that does, or has changed, refuses all.

    Each is looked at after those before it were signed: together they may change what each alone does not.
    """
    signed = []
    rows = {row.pk: row for row in _locked([each.result_id for each in shown])}
    for each in sorted(shown, key=lambda one: one.result_id):
        result = rows[each.result_id]
        lots.check_run(result.run_id)
        if result.state == State.SUBMITTED and effect_of_signing(result, now=now).changes_verdict:
            raise VerdictWouldChange(
                _("The result of %(patient)s would change a verdict. Open it and sign it alone; nothing was signed.")
                % {"patient": result.patient.pseudonym}
            )
        signed.append(results.authorise(by=by, result=result, seen=each.seen, now=now))
    return signed


@transaction.atomic
def return_run(*, by: User, run_id: int, reason: str) -> list[MrdResult]:
    """Return every result of a run that still waits to whoever entered it; raises StaleVersion where none does."""
    waiting = MrdResult.objects.filter(run_id=run_id, state=State.SUBMITTED).values_list("pk", flat=True)
    rows = _locked(list(waiting))
    still = [row for row in rows if row.state == State.SUBMITTED]
    if not still:
        raise StaleVersion(_("No result of this run waits any more: each was signed or returned."))
    return [results.reject(by=by, result=row, reason=reason, seen=Seen(row.version, row.submitted_at)) for row in still]


def _locked(result_ids: Collection[int]) -> list[MrdResult]:
    """Lock the results, then their series, so that no other signature comes between look and signature.

    Not their keys: who computes the series meanwhile names them in what it writes, and we wait for it.
    """
    rows = list(
        MrdResult.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient", "assay__laboratory")
        .filter(pk__in=result_ids)
        .order_by("pk")
    )
    if len(rows) != len(set(result_ids)):
        raise StaleVersion(_("One of these results is no longer there for you. Nothing was signed."))
    series_ids = {row.series_id for row in rows}
    list(MrdSeries.objects.select_for_update(no_key=True).filter(pk__in=series_ids).order_by("pk").values_list("pk"))
    return rows
