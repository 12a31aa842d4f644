"""A cohort is named, defined anew as a new version, and put away; no definition is ever changed."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.domain.cohorts import definition_json
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.models import Centre, Cohort, CohortVersion, User


class NameTaken(ActionRefused):
    """Two cohorts of a centre of one name could not be told apart."""


class NameMissing(ActionRefused):
    """A cohort without a name cannot be found again."""


class PutAway(WrongState):
    """A cohort that was put away is read, and not changed any more."""


class SameDefinition(ActionRefused):
    """A new version would say what the last one says."""


@transaction.atomic
def define(*, by: User, centre: Centre, name: str, definition: CohortDefinition) -> CohortVersion:
    """Name a cohort of a centre and define its first version."""
    permissions.check_can_define_cohorts(by, centre.pk)
    name = _name(name)
    try:
        with transaction.atomic():
            cohort = Cohort.objects.create(centre=centre, name=name, created_by=by)
    except IntegrityError as error:
        raise NameTaken(_("A cohort of this name is there already.")) from error
    audit.record(action="cohort.define", by=by, subject=cohort, after=audit.snapshot(cohort))
    return _version(cohort, 1, definition_json.to_json(definition), by, "")


@transaction.atomic
def define_anew(
    *, by: User, cohort_id: int, seen_version: int, definition: CohortDefinition, because: str
) -> CohortVersion:
    """Define a cohort anew as its next version; refused where somebody else did so since it was seen."""
    cohort = _in_use(by, cohort_id)
    last = cohort.versions.order_by("-number")[0]
    if last.number != seen_version:
        raise StaleVersion(_("This cohort was defined anew meanwhile, as version %(n)s.") % {"n": last.number})
    written = definition_json.to_json(definition)
    if written == last.definition:
        raise SameDefinition(_("Nothing in the definition was changed."))
    return _version(cohort, last.number + 1, written, by, because)


@transaction.atomic
def rename(*, by: User, cohort_id: int, name: str) -> Cohort:
    """Give a cohort another name; its versions stay as they are."""
    cohort = _in_use(by, cohort_id)
    before, cohort.name = audit.snapshot(cohort), _name(name)
    try:
        with transaction.atomic():
            cohort.save(update_fields=["name"])
    except IntegrityError as error:
        raise NameTaken(_("A cohort of this name is there already.")) from error
    audit.record(action="cohort.rename", by=by, subject=cohort, before=before, after=audit.snapshot(cohort))
    return cohort


@transaction.atomic
def archive(*, by: User, cohort_id: int, now: datetime) -> None:
    """Put a cohort away: it leaves the list, its versions and answers stay."""
    cohort = _in_use(by, cohort_id)
    before = audit.snapshot(cohort)
    cohort.archived_at, cohort.archived_by = now, by
    cohort.save(update_fields=["archived_at", "archived_by"])
    audit.record(action="cohort.archive", by=by, subject=cohort, before=before, after=audit.snapshot(cohort))


def _in_use(by: User, cohort_id: int) -> Cohort:
    """The cohort, locked, that is to be changed; refused where somebody has put it away."""
    cohort = Cohort.objects.select_for_update().get(pk=cohort_id)
    permissions.check_can_define_cohorts(by, cohort.centre_id)
    if cohort.archived_at is not None:
        raise PutAway(_("This cohort was put away; it can be read, and is not changed any more."))
    return cohort


def _name(written: str) -> str:
    name = " ".join(written.split())[:120]
    if not name:
        raise NameMissing(_("Give the cohort a name."))
    return name


def _version(cohort: Cohort, number: int, written: dict[str, Any], by: User, because: str) -> CohortVersion:
    version = CohortVersion.objects.create(
        cohort=cohort,
        centre_id=cohort.centre_id,
        number=number,
        definition=written,
        because=" ".join(because.split())[:300],
        made_by=by,
    )
    audit.record(action="cohort.version", by=by, subject=version, after=audit.snapshot(version))
    return version
