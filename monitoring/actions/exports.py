"""Taking data out is written down: who, which list, narrowed to what, how many rows, of which patients."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from monitoring.actions import audit, reading
from monitoring.models import User


@transaction.atomic
def note(*, by: User, what: str, query: str, rows: int, patient_ids: Iterable[int], now: datetime) -> None:
    """Write one audit entry for the export, and one reading for each patient in it."""
    audit.record(action=f"export.{what}", by=by, subject=by, after={"filters": query, "rows": rows})
    reading.note_all(by=by, patient_ids=patient_ids, channel="export", now=now)
