"""Many results at once: all or none, or each for itself; drafts, submitted, or signed by the laboratory that sends.

The same rules as for one, in a number of statements that does not grow with the results; verdicts of every series
that changes are computed in the same transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from monitoring import permissions
from monitoring.actions import audit, bulk_entries, bulk_verdicts, new_rows, results
from monitoring.actions.bulk_entries import AlreadyThere, Entry, Planned
from monitoring.actions.dates import at_once
from monitoring.actions.refusals import ActionRefused
from monitoring.actions.sent_results import OpenVersion, SignedHere, check_is_the_senders_own
from monitoring.models import AuditEntry, CareRelation, Laboratory, MrdResult, Sample, User
from monitoring.models.choices import AuthorisationBasisChoice, CareRoleChoice
from monitoring.models.choices import ResultStateChoice as State

LARGEST_REQUEST = 1_000  # results

Written = tuple[MrdResult, bool]  # the version, and whether it is new


class Way(StrEnum):
    """What becomes of the results: drafts, handed to a second person, or signed in the house that sends them."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    SENT = "SENT"


class SomeRefused(ActionRefused):
    """Nothing was written, because some of the entries cannot be; `refusals` are these, by position."""

    def __init__(self, refusals: dict[int, Exception]) -> None:
        super().__init__(_("Some of the results are refused; nothing was written."))
        self.refusals = refusals


@transaction.atomic
def take_all(*, by: User, entries: Sequence[Entry], way: Way, now: datetime) -> list[Written]:
    """Take every entry in, or none; raises SomeRefused, with every refusal."""
    planned = _planned(by, entries, way, now)
    refusals = {position: each for position, each in enumerate(planned) if isinstance(each, Exception)}
    if refusals:
        raise SomeRefused(refusals)
    return _write(by, [each for each in planned if isinstance(each, Planned)], way, now)


@transaction.atomic
def take_each(*, by: User, entries: Sequence[Entry], way: Way, now: datetime) -> list[Written | Exception]:
    """Take the entries in that can be; return for each what was written, or why not.

    Where somebody else wrote one of them at the same moment, they are taken in one by one.
    """
    planned = _planned(by, entries, way, now)
    good = [each for each in planned if isinstance(each, Planned)]
    try:
        with transaction.atomic():
            written = iter(_write(by, good, way, now))
            return [next(written) if isinstance(each, Planned) else each for each in planned]
    except IntegrityError:
        return [_one(by, entry, way, now) for entry in entries]


def _one(by: User, entry: Entry, way: Way, now: datetime) -> Written | Exception:
    try:
        with transaction.atomic():
            return take_all(by=by, entries=[entry], way=way, now=now)[0]
    except SomeRefused as refused:
        return refused.refusals[0]
    except IntegrityError:
        return AlreadyThere(_("The database refuses this result, or somebody wrote it at the same moment."))


def _planned(by: User, entries: Sequence[Entry], way: Way, now: datetime) -> list[Planned | Exception]:
    planned = bulk_entries.plan(entries, bulk_entries.read(entries), _permission(by, way), now)
    return [_checked(each, way) if isinstance(each, Planned) else each for each in planned]


def _permission(by: User, way: Way) -> Callable[[Laboratory], None]:
    @cache
    def refusal(laboratory_id: int, centre_id: int) -> PermissionDenied | None:
        try:
            if way is Way.SENT:
                permissions.check_can_send_results(by, laboratory_id)
            else:
                permissions.check_can_enter_result(by, centre_id)
        except PermissionDenied as denied:
            return denied
        return None

    def may(laboratory: Laboratory) -> None:
        denied = refusal(laboratory.pk, laboratory.centre_id)
        if denied is not None:
            raise denied

    return may


def _checked(planned: Planned, way: Way) -> Planned | Exception:
    """What may stand beside the versions on record: a correction of a sender does, a second determination does not."""
    states = {version.state for version in planned.versions}
    if way is Way.SENT:
        if states & {State.DRAFT, State.SUBMITTED}:
            return OpenVersion(_("A version of this result is being written here; it is signed or discarded first."))
        try:
            check_is_the_senders_own(planned.versions)
        except SignedHere as refused:
            return refused
        return planned
    if states - {State.WITHDRAWN}:
        return AlreadyThere(_("This sample already has a result of this assay. Open it to edit or amend it."))
    return planned


def _write(by: User, planned: Sequence[Planned], way: Way, now: datetime) -> list[Written]:
    _take_samples_in(by, [each.sample for each in planned], now)
    versions = [(each, _version(by, each, way, now)) for each in planned]
    fresh = [(each, row) for each, row in versions if not _says_the_same(each.current, row)]
    _supersede(by, [each.current for each, _row in fresh if each.current is not None], now)
    made = [row for _each, row in fresh]
    new_rows.insert(made)
    new_rows.insert([well for each, row in fresh for well in results.wells_of_version(row, each.reading)])
    _record("result.sent" if way is Way.SENT else "result.enter", by, made)
    if way is Way.SUBMITTED:
        _record("result.submit", by, made)
    changed = {row.series_id for row in made} if way is Way.SENT else set()
    bulk_verdicts.compute(changed, now=now)
    bulk_verdicts.wake(changed)
    new = {id(row) for row in made}
    return [
        (row, True) if id(row) in new else (each.current or row, False)  # a row that is not new has a current one
        for each, row in versions
    ]


def _take_samples_in(by: User, samples: Iterable[Sample], now: datetime) -> None:
    """The new ones are written; the laboratory's centre sees the sample from now on, not the chart."""
    new = list({id(row): row for row in samples if row.pk is None}.values())
    if not new:
        return
    patients = {row.patient_id for row in new}
    seen = set(
        CareRelation.objects.filter(patient_id__in=patients, role=CareRoleChoice.LABORATORY).values_list(
            "patient_id", "centre_id"
        )
    )
    missing = {(row.patient_id, row.laboratory.centre_id): row for row in reversed(new)}
    new_rows.insert([
        CareRelation(
            patient_id=patient_id, centre_id=centre_id, role=CareRoleChoice.LABORATORY,
            starts_on=at_once(row.collected_on, now),
        )
        for (patient_id, centre_id), row in missing.items()
        if (patient_id, centre_id) not in seen
    ])  # fmt: skip
    new_rows.insert(new)
    _record("sample.add", by, new)


def _version(by: User, planned: Planned, way: Way, now: datetime) -> MrdResult:
    row = results.unsigned_version(
        by=by, series=planned.series, sample=planned.sample, assay=planned.assay, reading=planned.reading,
        version=max((each.version for each in planned.versions), default=0) + 1, comment=planned.comment, reason="",
        quantified=planned.quantified,
    )  # fmt: skip
    if way is not Way.DRAFT:
        row.submitted_by, row.submitted_at, row.state = by, now, State.SUBMITTED
    if way is Way.SENT:
        row.authorised_by, row.authorised_at, row.state = by, now, State.AUTHORISED
        row.authorisation_basis = AuthorisationBasisChoice.SENDING_LABORATORY
    return row


SAYS = (
    "series_id", "call", "pct_abl1", "target_copies", "abl1_copies", "lod_pct_abl1", "loq_pct_abl1", "entered_scale",
    "entered_value", "comment", "authorisation_basis",
)  # fmt: skip


def _says_the_same(current: MrdResult | None, row: MrdResult) -> bool:
    """A laboratory that sends what it sent before says nothing new."""
    return current is not None and all(getattr(current, name) == getattr(row, name) for name in SAYS)


def _supersede(by: User, older: Sequence[MrdResult], now: datetime) -> None:
    if not older:
        return
    before = [audit.snapshot(row) for row in older]
    for row in older:
        row.state, row.superseded_at = State.SUPERSEDED, now
    MrdResult.objects.filter(pk__in=[row.pk for row in older]).update(state=State.SUPERSEDED, superseded_at=now)
    _record("result.supersede", by, older, before)


def _record(action: str, by: User, rows: Sequence[models.Model], before: Sequence[dict[str, Any] | None] = ()) -> None:
    """One entry a row, as for rows that are written alone."""
    new_rows.insert([
        AuditEntry(
            actor_id=by.pk, actor_name=by.username, action=action, subject_type=row._meta.model_name or "",
            subject_id=row.pk, patient_id=getattr(row, "patient_id", None), before=was, after=audit.snapshot(row),
        )
        for row, was in zip(rows, before or [None] * len(rows), strict=True)
    ])  # fmt: skip
