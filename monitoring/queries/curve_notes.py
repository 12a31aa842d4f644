"""The remarks that clinicians pinned to the curve of a patient, as they stood from one standpoint."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from monitoring.models import CurveNote
from monitoring.queries.patient_record import Standpoint

EVERY_MARKER = ""  # a note of no marker stands on the curve of each


@dataclass(frozen=True, slots=True)
class NoteOnCurve:
    """One remark; `number` is its mark on the curve, 0 where it was taken off."""

    note_id: int
    number: int
    on: date
    text: str
    marker: str
    written_by: str
    written_at: datetime
    removed_by: str = ""
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CurveNotes:
    """Those that stand, by day and numbered, and those that were taken off, the latest first."""

    standing: tuple[NoteOnCurve, ...] = ()
    taken_off: tuple[NoteOnCurve, ...] = ()


def find_note(pk: int) -> CurveNote | None:
    """Return a note with its patient; None where none is seen."""
    return CurveNote.objects.select_related("patient__centre", "removed_by").filter(pk=pk).first()


def read_notes(patient_id: int, marker: str, standpoint: Standpoint) -> CurveNotes:
    """Return the notes on the curve of a marker up to the day, as written by the moment, in one query."""
    rows = CurveNote.objects.filter(
        patient_id=patient_id, marker__in=[EVERY_MARKER, marker], on__lte=standpoint.as_of
    ).select_related("written_by", "removed_by")
    known_at = standpoint.known_at
    if known_at is not None:
        rows = rows.filter(written_at__lte=known_at)
    standing: list[CurveNote] = []
    off: list[CurveNote] = []
    for row in rows.order_by("on", "pk"):
        is_off = row.removed_at is not None and (known_at is None or row.removed_at <= known_at)
        (off if is_off else standing).append(row)
    return CurveNotes(
        standing=tuple(_note(row, number) for number, row in enumerate(standing, start=1)),
        taken_off=_latest_first(_note(row, 0) for row in off),
    )


def _latest_first(notes: Iterable[NoteOnCurve]) -> tuple[NoteOnCurve, ...]:
    return tuple(sorted(notes, key=lambda note: (note.removed_at is not None, note.removed_at), reverse=True))


def _note(row: CurveNote, number: int) -> NoteOnCurve:
    """A note that still stands tells nothing of its end, also where it was taken off after the moment looked from."""
    off = number == 0
    return NoteOnCurve(
        note_id=row.pk,
        number=number,
        on=row.on,
        text=row.text,
        marker=row.marker,
        written_by=row.written_by.shown_name,
        written_at=row.written_at,
        removed_by=row.removed_by.shown_name if off and row.removed_by else "",
        removed_at=row.removed_at if off else None,
    )
