"""Assays as data: the first version, the next one from the last, out of use and back. Nothing signed ever changes."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion
from monitoring.models import Assay, User
from monitoring.queries.assays_on_record import differences

MAX_KEY = 120  # characters of an assay_key, as the column has them


class VersionInUse(ActionRefused):
    """This assay has a version of this name already."""


class NotComparable(ActionRefused):
    """A version that cannot be comparable with the one before was said to be."""


class NothingChanged(ActionRefused):
    """A new version that differs from the last one in nothing."""


@transaction.atomic
def add(*, by: User, assay: Assay, today: date) -> Assay:
    """Record the first version of an assay under a key of its own."""
    permissions.check_can_set_up_laboratory(by, assay.laboratory.centre_id)
    _check_day(assay, today)
    assay.recorded_by = by
    assay.own_key = assay.assay_key = _new_key(assay, assay.name)
    _insert(assay)
    audit.record(action="assay.add", by=by, subject=assay, after=audit.snapshot(assay))
    return assay


@transaction.atomic
def revise(*, by: User, last: Assay, successor: Assay, is_comparable: bool, today: date) -> Assay:
    """Record the next version; it takes the place of the last one in entry, and shares its key only if comparable.

    Results made with earlier versions keep them. Raises StaleVersion where somebody recorded a version meanwhile.
    """
    permissions.check_can_set_up_laboratory(by, last.laboratory.centre_id)
    current = Assay.objects.select_for_update().get(pk=last.pk)
    if Assay.objects.filter(supersedes=current).exists():
        raise StaleVersion(_("Somebody else has recorded a version after %(version)s.") % {"version": current.version})
    _check_day(successor, today)
    if not successor.changed_because.strip():
        raise ActionRefused(_("Say why the assay changes."))
    if not differences(current, successor) and is_comparable:
        raise NothingChanged(_("Nothing differs from version %(version)s.") % {"version": current.version})
    _check_may_be_comparable(current, successor, is_comparable)
    successor.supersedes, successor.recorded_by = current, by
    # The key of its own: what a bridge lends to the last version is not this one's to keep when the bridge is revoked.
    successor.own_key = current.own_key if is_comparable else _new_key(successor, successor.version)
    successor.assay_key = current.assay_key if is_comparable else successor.own_key
    _insert(successor)
    audit.record(
        action="assay.revise", by=by, subject=successor, reason=successor.changed_because,
        before=audit.snapshot(current), after=audit.snapshot(successor),
    )  # fmt: skip
    if current.is_active:
        _set_active(by, current, False, successor.changed_because)
    return successor


@transaction.atomic
def retire(*, by: User, assay: Assay, reason: str) -> Assay:
    """Offer a version for new results no more; what was made with it stays."""
    return _switch(by, assay, False, reason)


@transaction.atomic
def bring_back(*, by: User, assay: Assay, reason: str) -> Assay:
    """Offer a version for new results again."""
    return _switch(by, assay, True, reason)


def _switch(by: User, assay: Assay, is_active: bool, reason: str) -> Assay:
    permissions.check_can_set_up_laboratory(by, assay.laboratory.centre_id)
    current = Assay.objects.select_for_update().get(pk=assay.pk)
    if current.is_active is is_active:
        raise StaleVersion(_("Somebody else has done this meanwhile."))
    if not reason.strip():
        raise ActionRefused(_("Say why."))
    return _set_active(by, current, is_active, reason)


def _set_active(by: User, assay: Assay, is_active: bool, reason: str) -> Assay:
    before = audit.snapshot(assay)
    assay.is_active = is_active
    assay.save(update_fields=["is_active"])
    action = "assay.bring_back" if is_active else "assay.retire"
    audit.record(action=action, by=by, subject=assay, before=before, after=audit.snapshot(assay), reason=reason)
    return assay


def _check_day(assay: Assay, today: date) -> None:
    if assay.valid_from is None or assay.valid_from > today:
        raise ImpossibleDate("valid_from", _("A version holds from today or from an earlier day."))


def _check_may_be_comparable(before: Assay, after: Assay, is_comparable: bool) -> None:
    """Values for another mutation type or against another control gene are another quantity."""
    same = (before.mutation_type, before.control_gene) == (after.mutation_type, after.control_gene)
    if is_comparable and not same:
        raise NotComparable(
            _("Another mutation type or control gene measures something else: it cannot be comparable.")
        )


def _new_key(assay: Assay, distinction: str) -> str:
    """Return a key that no assay has: marker, type, laboratory, control gene, and more where that is taken.

    The key of its own of a bridged assay is taken too: whoever got it would be joined by a bridge that nobody signed.
    """
    parts: list[Any] = [assay.marker, assay.mutation_type, assay.laboratory.code, assay.control_gene]
    key = _in_one_line("/".join(part for part in parts if part))[:MAX_KEY]
    distinction = _in_one_line(distinction)
    candidates = [key, f"{key}/{distinction}"[:MAX_KEY]]
    alike = Assay.objects.filter(Q(assay_key__startswith=key) | Q(own_key__startswith=key))
    taken = {each for keys in alike.values_list("assay_key", "own_key") for each in keys}
    candidates += [f"{key}/{distinction}"[: MAX_KEY - 5] + f"/{number}" for number in range(2, len(taken) + 3)]
    return next(each for each in candidates if each not in taken)


def _in_one_line(words: str) -> str:
    """Return the words with a blank for every control character: keys are read line by line."""
    return "".join(each if each.isprintable() else " " for each in words)


def _insert(assay: Assay) -> None:
    try:
        with transaction.atomic():
            assay.save(force_insert=True)
    except IntegrityError as error:
        if "assay_version_once" not in str(error):
            raise
        raise VersionInUse(_("This assay has a version of this name already.")) from error
