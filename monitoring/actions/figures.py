"""The stored trajectory of each series and rule set."""

from datetime import datetime
from typing import Any


def refresh(series_ids: list[int], *, now: datetime) -> None:
    """Store the figures of these series anew where they are stale."""


def refresh_patient(patient_id: int, *, now: datetime) -> None:
    """Store the figures of one patient anew where they are stale."""


def current(series: Any, ruleset: Any, *, now: datetime) -> Any:
    """Return the figure that holds today."""
    raise NotImplementedError
