"""Patients as the patient page shows them, and the words of that page."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

from django.test import Client

from monitoring.actions import events, treatments
from monitoring.models import (
    ClinicalEvent,
    MrdSeries,
    User,
    VenetoclaxCycle,
)
from tests.world import World, detected, not_detected


def suspected(world: World) -> MrdSeries:
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    return series


def relapsed(world: World) -> MrdSeries:
    series = suspected(world)
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    return series


def shown(client: Client, world: World, series: MrdSeries, by: User | None = None, **query: str) -> str:
    """The words of the page, without tags, with plain spaces."""
    client.force_login(by or world.clinician)
    answer = client.get(f"/patients/{series.patient_id}/", query)
    assert answer.status_code == 200
    world.as_person(world.clinician)
    return words_of(answer)


def words_of(answer: Any) -> str:
    """The words of an answer, without tags, with plain spaces."""
    text = unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def event(world: World, series: MrdSeries, kind: str, on: date, **details: str) -> ClinicalEvent:
    world.as_person(world.clinician)
    row = ClinicalEvent(kind=kind, happened_on=on, **details)
    return events.record(by=world.clinician, patient=series.patient, event=row, now=world.now)


def cycle(world: World, series: MrdSeries, number: int, on: date, **facts: object) -> VenetoclaxCycle:
    world.as_person(world.clinician)
    row = VenetoclaxCycle(number=number, starts_on=on, ends_on=on + timedelta(days=27), **facts)
    return treatments.record_cycle(
        by=world.clinician, patient=series.patient, cycle=row, regimen="VEN-AZA", now=world.now
    )
