"""The times to acknowledge that hold at a centre: its own where it has set them, else the product's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitoring.domain.urgency import ACKNOWLEDGE_WITHIN, AcknowledgeWithin, Urgency
from monitoring.models import AlertTime

Times = Mapping[Urgency, AcknowledgeWithin | None]


@dataclass(frozen=True, slots=True)
class TimesOf:
    """The times by what was asked for: patients (those of the centre that registered them), or centres."""

    own: Mapping[int, Times]

    def __getitem__(self, pk: int) -> Times:
        """Return the times of one of them; the product's where its centre has set none."""
        return self.own.get(pk, ACKNOWLEDGE_WITHIN)


def of_patients(patient_ids: Iterable[int]) -> TimesOf:
    """Return the times by patient, in one query."""
    rows = AlertTime.objects.filter(centre__home_patients__in=list(patient_ids))
    return _times(rows.values_list("centre__home_patients__pk", "urgency", "days", "working_days"))


def of_centres(centre_ids: Iterable[int]) -> TimesOf:
    """Return the times by centre, in one query."""
    rows = AlertTime.objects.filter(centre__in=list(centre_ids))
    return _times(rows.values_list("centre_id", "urgency", "days", "working_days"))


def _times(rows: Iterable[tuple[int, int, int, bool]]) -> TimesOf:
    own: dict[int, dict[Urgency, AcknowledgeWithin | None]] = {}
    for pk, urgency, days, working_days in rows:
        times = own.setdefault(pk, dict(ACKNOWLEDGE_WITHIN))
        times[Urgency(urgency)] = AcknowledgeWithin(days, working_days)
    return TimesOf(own)


@dataclass(frozen=True, slots=True)
class TimeReason:
    """Why a centre gives an urgency another time, who set it, and when."""

    urgency: int
    because: str
    set_by: str
    set_at: datetime


def reasons(centre_id: int) -> tuple[TimeReason, ...]:
    """Return why a centre has times of its own."""
    rows = AlertTime.objects.filter(centre_id=centre_id).select_related("set_by").order_by("urgency")
    return tuple(TimeReason(row.urgency, row.because, row.set_by.shown_name, row.set_at) for row in rows)
