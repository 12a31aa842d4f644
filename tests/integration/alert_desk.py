"""Alerts to act on, and the forms as a person has them open."""

import re
from datetime import date
from typing import Any

from django.test import Client

from monitoring.models import Alert, AlertChange, Membership, MrdSeries, User
from tests.world import World, detected, not_detected

DECISION = {
    "action_taken": "PREEMPTIVE_VENETOCLAX", "comment": "VEN-AZA from Monday, donor search.",
    "next_sample_on": "2026-12-03", "next_sample_tissue": "BOTH",
}  # fmt: skip
HIDDEN = re.compile(r'<input type="hidden" name="(revision|changed_at|seen_at)" value="([^"]*)"')


def colleague(world: World, name: str = "colleague", role: str = "CLINICIAN") -> User:
    """Somebody else of the centre."""
    user = User.objects.create(username=name, full_name=f"Dr {name.title()}")
    Membership.objects.create(user=user, centre=world.centre, role=role, starts_on=date(2020, 1, 1))
    return user


def relapsed(world: World) -> MrdSeries:
    """Confirmed molecular relapse, urgency 1."""
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    world.as_person(world.clinician)
    return series


def alert_of(series: MrdSeries) -> Alert:
    """The alert of its episode."""
    return Alert.objects.get(series=series, code="EPISODE")


def steps(series: MrdSeries) -> list[str]:
    """The kinds of its steps, in order."""
    rows = AlertChange.objects.filter(alert=alert_of(series)).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def hidden(html: str) -> dict[str, str]:
    """What a form says was seen; the same on every form of an alert."""
    return dict(HIDDEN.findall(html))


def opened(client: Client, world: World, person: User, series: MrdSeries) -> dict[str, str]:
    """The patient page as a person has it open: the hidden fields of its forms."""
    client.force_login(person)
    shown = hidden(client.get(f"/patients/{series.patient_id}/").content.decode())
    world.as_person(world.clinician)
    return shown


def post(client: Client, world: World, series: MrdSeries, what: str, typed: dict[str, Any], **more: Any) -> Any:
    """Send a form of the alert."""
    answer = client.post(f"/alerts/{alert_of(series).pk}/{what}/", typed, **more)
    world.as_person(world.clinician)
    return answer
