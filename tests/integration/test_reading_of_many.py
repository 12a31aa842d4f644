"""An export may hold more patients than a statement takes parameters (65,535): each is noted as read all the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from monitoring.actions import reading
from monitoring.models import ReadEntry
from tests.world import World

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_a_statement_is_as_long_for_many_patients_as_for_one(world: World) -> None:
    patients = [world.patient().patient_id for _ in range(3)]
    world.as_person(world.clinician)
    lengths = []

    def measured(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        lengths.append((sql, len(params)))
        return execute(sql, params, many, context)

    for read, later in ((patients[:1], 0), (patients, 0), (patients, 1)):
        with connection.execute_wrapper(measured):
            reading.note_all(by=world.clinician, patient_ids=read, channel="export", now=NOW + timedelta(hours=later))
    assert len(set(lengths)) == 1
    noted = ReadEntry.objects.filter(channel="export", actor_id=world.clinician.pk).values_list("patient_id", flat=True)
    assert sorted(noted) == sorted([*patients, *patients])
