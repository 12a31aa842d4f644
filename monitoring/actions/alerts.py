"""Alerts follow the verdicts."""

from datetime import datetime
from typing import Any


def reconcile(inputs: Any, verdicts: Any, *, now: datetime) -> None: ...


def reconcile_many(touched: Any, *, now: datetime) -> None: ...
