"""Due samples as the summaries keep them, read back as the schedule made them, with their status of a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from monitoring.domain.due_samples import DueSample, DueStatus, ScheduleRule
from monitoring.domain.sampling_clocks import as_it_stands
from monitoring.domain.terms import Tissue


def due_of(kept: Mapping[str, Any], today: date) -> DueSample:
    """Return one due sample of a summary, as it stands on a day; what was missed stays so."""
    due = DueSample(
        rule=ScheduleRule(kept["rule"]),
        tissues=tuple(Tissue(tissue) for tissue in kept["tissues"]),
        due_on=_day(kept["due_on"]),
        grace_days=kept["grace_days"],
        status=DueStatus(kept["status"]),
        number=kept["number"],
        target_on=_day(kept["target_on"]),
    )
    return as_it_stands(due, today) if due.is_open else due


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
