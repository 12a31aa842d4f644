"""A world in which alerts are told: people with addresses, and the worker's own role for what only the worker does."""

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import connection, connections

from monitoring.actions import notifying
from monitoring.models import Alert, AlertChange, MrdSeries, Notification, User
from mrdweb import env
from tests.world import World, detected, not_detected

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday


@contextlib.contextmanager
def as_worker() -> Iterator[None]:
    """Connect as the worker's role until the end of the block, as the Celery process does."""
    own = connections["default"].settings_dict
    before = {name: own[name] for name in ("USER", "PASSWORD")}
    worker = env.databases({**os.environ, "MRD_PROCESS": "worker"})["default"]
    connection.close()
    own.update({name: worker[name] for name in before})
    try:
        yield
    finally:
        connection.close()
        own.update(before)


def with_addresses(*people: User) -> None:
    """Give people an e-mail address."""
    for person in people:
        person.email = f"{person.username}@hospital.example"
        person.save(update_fields=["email"])


def relapse(world: World, value: str = "0.5", series: MrdSeries | None = None) -> Alert:
    """Raise one alert: a suspected relapse of urgency 2, or of urgency 1 from 1 % on."""
    series = series or world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected(value))
    world.as_person(world.clinician)
    return series.alerts.order_by("urgency", "pk").first()  # type: ignore[return-value]


def told(world: World, now: datetime = NOON) -> list[Notification]:
    """Let the worker address what waits; return every message there is."""
    with as_worker():
        notifying.address(now=now)
    world.as_person(world.clinician)
    return list(Notification.objects.order_by("pk"))


def step(alert: Alert, kind: str, **more: object) -> AlertChange:
    """Let an alert take one more step."""
    return AlertChange.objects.create(alert=alert, patient_id=alert.patient_id, kind=kind, **more)


def clock_from(start: datetime = NOON) -> Callable[[], datetime]:
    """A clock that goes on by a millisecond at each look."""
    moments = (start + timedelta(milliseconds=n) for n in range(1_000_000))
    return lambda: next(moments)
