"""Bridging two assays: samples recorded by one person, the judgement signed by another, revoked by either of rank.

The database lets the keys of the assays follow what stands signed, and asks for the verdicts of every series that a
key changes in (migration 0005). Values never change.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring import enqueue, permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.domain.bridging import MIN_PAIRS
from monitoring.models import Assay, AssayBridge, Laboratory, User
from monitoring.queries.bridging import BridgeSample, computed_of, stored


class KeysCannotBeBridged(ActionRefused):
    """The two keys are one, measure different markers, or neither is of this laboratory."""


class TooFewSamples(ActionRefused):
    """Fewer samples than give an interval."""


@transaction.atomic
def record(
    *, by: User, laboratory: Laboratory, first_key: str, second_key: str, samples: Sequence[BridgeSample]
) -> AssayBridge:
    """Write down what both assays measured on the same samples; nothing is joined until a second person signs."""
    permissions.check_can_set_up_laboratory(by, laboratory.centre_id)
    _check_keys(laboratory, first_key, second_key)
    computed = computed_of(samples)
    if computed is None:
        raise TooFewSamples(_("At least %(n)s samples have to be measured by both assays.") % {"n": MIN_PAIRS})
    row = AssayBridge.objects.create(
        laboratory=laboratory, first_key=first_key, second_key=second_key, samples=stored(samples),
        factor=computed.factor, factor_low=computed.factor_low, factor_high=computed.factor_high, recorded_by=by,
    )  # fmt: skip
    audit.record(action="bridge.record", by=by, subject=row, after=audit.snapshot(row))
    return row


@transaction.atomic
def sign(*, by: User, row: AssayBridge, is_comparable: bool, judgement: str, now: datetime) -> AssayBridge:
    """Judge a bridge as the second person; judged comparable, both keys are one in every series from now on."""
    current = _locked(by, row)
    if current.recorded_by_id == by.pk:
        raise PermissionDenied(_("You recorded this bridge. A second person signs the judgement."))
    if current.signed_at is not None or current.revoked_at is not None:
        raise StaleVersion(_("Somebody else has judged or revoked this bridge meanwhile."))
    if not judgement.strip():
        raise ActionRefused(_("Say what the judgement rests on."))
    return _step(
        "bridge.sign", by, current, judgement,
        is_comparable=is_comparable, judgement=judgement.strip(), signed_by=by, signed_at=now,
    )  # fmt: skip


@transaction.atomic
def revoke(*, by: User, row: AssayBridge, reason: str, now: datetime) -> AssayBridge:
    """Take a bridge back: each assay counts under its own key again, unless another bridge still joins them."""
    current = _locked(by, row)
    if current.revoked_at is not None:
        raise StaleVersion(_("Somebody else has revoked this bridge meanwhile."))
    if not reason.strip():
        raise ActionRefused(_("Say why the bridge is revoked."))
    return _step("bridge.revoke", by, current, reason, revoked_by=by, revoked_at=now, revoked_because=reason.strip())


def _locked(by: User, row: AssayBridge) -> AssayBridge:
    permissions.check_can_set_up_laboratory(by, row.laboratory.centre_id)
    return AssayBridge.objects.select_for_update(of=("self",)).select_related("laboratory").get(pk=row.pk)


def _check_keys(laboratory: Laboratory, first_key: str, second_key: str) -> None:
    assays = list(Assay.objects.filter(own_key__in=[first_key, second_key]))
    if first_key == second_key or {each.own_key for each in assays} != {first_key, second_key}:
        raise KeysCannotBeBridged(_("Choose two assays with different keys."))
    if len({each.marker for each in assays}) > 1:
        raise KeysCannotBeBridged(_("The two assays measure different markers."))
    if laboratory.pk not in {each.laboratory_id for each in assays}:
        raise KeysCannotBeBridged(_("One of the two assays has to be of your laboratory."))


def _step(action: str, by: User, row: AssayBridge, why: str, /, **changes: Any) -> AssayBridge:
    """Write the step, then what the database did with the keys of the assays."""
    keys = _keys()
    before = audit.snapshot(row)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    audit.record(action=action, by=by, subject=row, before=before, after=audit.snapshot(row), reason=why)
    _record_moved(by, keys, row)
    return row


def _record_moved(by: User, before: dict[int, str], row: AssayBridge) -> None:
    after = _keys()
    moved = [pk for pk, key in after.items() if before.get(pk, key) != key]
    for assay in Assay.objects.filter(pk__in=moved):
        audit.record(
            action="assay.key", by=by, subject=assay, reason=f"bridge {row.pk}",
            before={"assay_key": before[assay.pk]}, after={"assay_key": assay.assay_key},
        )  # fmt: skip
    if moved:
        transaction.on_commit(lambda: enqueue.send("sweep_recompute_requests"))


def _keys() -> dict[int, str]:
    return dict(Assay.objects.values_list("pk", "assay_key"))
