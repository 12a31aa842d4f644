"""Columns of the endpoints: days from the origin, 0 or 1 for the event, which event came first, or why none is counted.

Source: A6; docs/methods/cohort_exports.md.
"""

import threading
from collections.abc import Callable

from monitoring.domain.cohorts.analysis_column import DAYS, Column, ColumnType, Leaving, Value
from monitoring.domain.cohorts.endpoints import (
    Endpoint,
    EndpointTime,
    Event,
    Origin,
    OutReason,
    endpoint_time,
    origin_of,
)
from monitoring.domain.cohorts.patient import CohortPatient

DAYS_COLUMN, EVENT_COLUMN, FIRST_EVENT_COLUMN = "{}_days", "{}_event", "{}_first_event"


def endpoint_columns() -> tuple[Column, ...]:
    """Return the columns of the origin and of every endpoint."""
    return (
        Column("origin", ColumnType.TEXT, lambda _, origin: origin, codes=Origin),
        Column("origin_on", ColumnType.DAY, origin_of, leaving=Leaving.DATES),
        *(column for endpoint in Endpoint for column in _columns(endpoint)),
    )


def named(column: str, endpoint: Endpoint) -> str:
    """Return the name of a column of an endpoint: rfs_mrd_days."""
    return column.format(endpoint.lower())


def _told_once(endpoint: Endpoint) -> Callable[[CohortPatient, Origin], EndpointTime | OutReason]:
    """Columns of an endpoint stand beside each other and ask the same of a patient: what the first found is kept."""
    last = threading.local()  # two people may export at once

    def told(one: CohortPatient, origin: Origin) -> EndpointTime | OutReason:
        asked = getattr(last, "asked", None)
        if asked is None or asked[0] is not one or asked[1] is not origin:
            last.asked = asked = (one, origin, endpoint_time(one, endpoint, origin))
        found: EndpointTime | OutReason = asked[2]
        return found

    return told


def _columns(endpoint: Endpoint) -> tuple[Column, ...]:
    told = _told_once(endpoint)

    def time(one: CohortPatient, origin: Origin) -> EndpointTime | None:
        found = told(one, origin)
        return found if isinstance(found, EndpointTime) else None

    def days(one: CohortPatient, origin: Origin) -> Value:
        found = time(one, origin)
        return None if found is None else found.days

    def event(one: CohortPatient, origin: Origin) -> Value:
        found = time(one, origin)
        return None if found is None else int(found.event is not None)

    def first(one: CohortPatient, origin: Origin) -> Value:
        found = time(one, origin)
        return None if found is None else found.event

    def out(one: CohortPatient, origin: Origin) -> Value:
        found = told(one, origin)
        return found if isinstance(found, OutReason) else None

    about = (("endpoint", endpoint.value),)
    return (
        Column(named(DAYS_COLUMN, endpoint), ColumnType.WHOLE, days, DAYS, words="ENDPOINT_DAYS", about=about),
        Column(named(EVENT_COLUMN, endpoint), ColumnType.FLAG, event, words="ENDPOINT_EVENT", about=about),
        Column(named(FIRST_EVENT_COLUMN, endpoint), ColumnType.TEXT, first, words="FIRST_EVENT", about=about,
               codes=Event),
        Column(named("{}_left_out", endpoint), ColumnType.TEXT, out, words="LEFT_OUT", about=about, codes=OutReason),
    )  # fmt: skip
