"""Versions of results as they stood at a moment: signed by then, with the facts of sample and assay as they were then.

A version counts from its authorisation until it is superseded or withdrawn, and its content never changes after it was
signed. What it repeats of its sample (tissue, day of collection, time point) follows a correction of the sample, so
these are read from the history of the sample. What it repeats of its assay, the key, follows the bridges, so it is
worked out from those that stood. Drafts are nothing that was known: they are left out.
"""

from datetime import date, datetime
from typing import Any

from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value

from monitoring.models import MrdResult, RowHistory, Sample
from monitoring.models.choices import ResultStateChoice as State

Results = QuerySet[MrdResult]
# what a version and its row repeat of the sample
REPEATED = ("collected_on", "tissue", "timepoint")


def signed_by(rows: Results, known_at: datetime) -> Results:
    """Narrow to the versions signed by a moment, each with its sample and key of then: `as_recorded` reads them."""
    history = RowHistory.objects.filter(
        table_name=Sample._meta.db_table,
        row_id=OuterRef("sample_id"),
        patient_id=OuterRef("patient_id"),
        recorded_at__lte=known_at,
        superseded_at__gt=known_at,
    )
    then = rows.select_related("sample").annotate(
        sample_then=Subquery(history.values("row")[:1]), key_then=_key_at(known_at)
    )
    on_record = Q(sample__recorded_at__lte=known_at) | Q(sample_then__isnull=False)
    return then.filter(on_record, authorised_at__lte=known_at)


def _key_at(known_at: datetime) -> Func:
    """What the assay of a version counted under: its own key does not change once a result was made with it."""
    own = F("assay__own_key")
    return Func(own, Value(known_at), function="key_after_bridges", output_field=TextField())


def in_state(rows: Results, known_at: datetime, state: str) -> Results:
    """Narrow to the versions that were in a state at a moment; drafts and submitted ones were nothing known."""
    withdrawn, superseded = Q(withdrawn_at__lte=known_at), Q(superseded_at__lte=known_at)
    if state == State.AUTHORISED:
        return rows.exclude(withdrawn | superseded)
    if state == State.WITHDRAWN:
        return rows.filter(withdrawn)
    return rows.filter(superseded).exclude(withdrawn) if state == State.SUPERSEDED else rows.none()


def collected_by(rows: Results, as_of: date, known_at: datetime) -> Results:
    """Narrow versions of `signed_by` to samples collected by a day, as far as was on record at the moment."""
    unchanged = Q(sample__recorded_at__lte=known_at, collected_on__lte=as_of)
    return rows.filter(unchanged | Q(sample_then__collected_on__lte=as_of.isoformat()))


def standing(rows: Results, known_at: datetime) -> list[MrdResult]:
    """Return the versions that counted at a moment, in the order of the rules: by collection date, then by number."""
    found = in_state(signed_by(rows, known_at), known_at, State.AUTHORISED)
    return sorted((as_recorded(row, known_at) for row in found), key=lambda row: (row.collected_on, row.pk))


def waiting(rows: Results, known_at: datetime) -> Results:
    """Narrow to the versions that were entered by a moment and neither signed nor discarded."""
    later = {name: Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gt": known_at}) for name in ENDS_OF_WAITING}
    return rows.filter(*later.values(), entered_at__lte=known_at)


ENDS_OF_WAITING = ("authorised_at", "withdrawn_at")


def as_recorded(row: MrdResult, known_at: datetime) -> MrdResult:
    """Turn a version of `signed_by` into what was on record of it; it is for reading only."""
    then: dict[str, Any] | None = row.sample_then  # type: ignore[attr-defined] # annotated by signed_by
    if then is not None:
        facts = {"collected_on": date.fromisoformat(then["collected_on"])} | {name: then[name] for name in REPEATED[1:]}
        for name, value in facts.items():
            setattr(row, name, value)
            setattr(row.sample, name, value)
        row.sample.accession_number, row.sample.constructed = then["accession_number"], then["constructed"]
    row.assay_key = row.key_then  # type: ignore[attr-defined] # annotated by signed_by
    row.state = _state(row, known_at)
    return row


def _state(row: MrdResult, known_at: datetime) -> State:
    if row.withdrawn_at is not None and row.withdrawn_at <= known_at:
        return State.WITHDRAWN
    if row.superseded_at is not None and row.superseded_at <= known_at:
        return State.SUPERSEDED
    return State.AUTHORISED
