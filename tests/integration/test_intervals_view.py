"""Sampling intervals of a patient and a centre: set with a reason, in force at once, refused where they cannot be."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from monitoring.actions import intervals, recompute
from monitoring.actions.refusals import StaleVersion
from monitoring.models import AuditEntry, MrdSeries, SamplingInterval, SeriesSummary, User
from monitoring.models.choices import RoleChoice
from monitoring.queries import series_inputs
from monitoring.queries.known_inputs import read_known
from tests.world import World, _person, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    """The day of the world: pages and commands ask the clock."""
    with time_machine.travel(world.now, tick=True):
        yield


BLOOD_28 = {"name": "blood_days", "days": "28", "because": "Blood every four weeks after a late relapse of her sister"}


def followed(world: World) -> MrdSeries:
    """A patient whose next sample is due 42 days after the blood of 1 October."""
    series = world.patient(end_of_treatment=date(2026, 8, 1))
    world.authorised(series, date(2026, 8, 1), not_detected())
    world.authorised(series, date(2026, 10, 1), not_detected(), tissue="PB")
    return series


def due_on(world: World, series: MrdSeries) -> date | None:
    world.as_person(world.clinician)
    recompute.drain_patient(series.patient_id, now=world.now)
    return SeriesSummary.objects.get(series=series).due_on


def posted(client: Client, where: str, **changes: str) -> Any:
    return client.post(where, {**BLOOD_28, "seen": "", **changes})


def test_a_patients_own_interval_moves_what_is_due_and_is_named_with_its_reason(client: Client, world: World) -> None:
    series = followed(world)
    assert due_on(world, series) == date(2026, 11, 12)
    client.force_login(world.clinician)
    where = reverse("patient-intervals", args=[series.patient_id])
    assert posted(client, where).status_code == 302
    assert due_on(world, series) == date(2026, 10, 31)  # marrow of 1 August + 91 is later than blood + 28
    page = client.get(reverse("patient", args=[series.patient_id])).content.decode()
    assert "28 days, for this patient, set by Clinician because: Blood every four weeks" in page
    assert "for this patient: Blood every four weeks" in client.get(where).content.decode()


def test_the_centres_interval_holds_unless_the_patient_has_one(client: Client, world: World) -> None:
    series = followed(world)
    lead = _person("administrator", RoleChoice.ADMINISTRATOR, world.centre)
    client.force_login(lead)
    where = reverse("centre-intervals", args=[world.centre.pk])
    assert posted(client, where, days="60", because="The laboratory is slow in autumn").status_code == 302
    assert due_on(world, series) == date(2026, 11, 30)
    intervals.set_for_patient(by=world.clinician, patient=series.patient, name="blood_days", days="50", because="x")
    assert due_on(world, series) == date(2026, 11, 20)
    intervals.give_back_for_patient(by=world.clinician, patient=series.patient, name="blood_days", because="well")
    assert due_on(world, series) == date(2026, 11, 30)
    acts = AuditEntry.objects.filter(action__startswith="interval").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["interval.set", "interval.set", "interval.give_back"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days": ""}, "Give the days."),
        ({"days": "four weeks"}, "Whole numbers only"),
        ({"days": "0"}, "These days cannot be"),
        ({"days": "28, 30"}, "These days cannot be"),
        ({"name": "after_hsct_on_days", "days": "60, 30"}, "These days cannot be"),
        ({"name": "confirmation_limit_days", "days": "35"}, "These days cannot be"),
        ({"name": "confirmation_target_days", "days": "29"}, "These days cannot be"),
        ({"because": " "}, "Say why."),
    ],
)
def test_what_cannot_be_is_refused_at_the_field(
    client: Client, world: World, changes: dict[str, str], sentence: str
) -> None:
    series = followed(world)
    client.force_login(world.clinician)
    answer = posted(client, reverse("patient-intervals", args=[series.patient_id]), **changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    world.as_person(world.clinician)
    assert not SamplingInterval.objects.exists()


def test_a_page_that_is_out_of_date_changes_nothing(client: Client, world: World) -> None:
    series = followed(world)
    client.force_login(world.clinician)
    where = reverse("patient-intervals", args=[series.patient_id])
    assert posted(client, where).status_code == 302
    assert posted(client, where, days="35").status_code == 409
    assert posted(client, where, days="35", seen="marrow_days=60;blood_days=28").status_code == 302
    world.as_person(world.clinician)
    assert SamplingInterval.objects.get().days == "35"
    with pytest.raises(StaleVersion):
        intervals.give_back_for_patient(by=world.clinician, patient=series.patient, name="marrow_days", because="x")


def test_who_sets_which(client: Client, world: World) -> None:
    series = followed(world)
    own, centre = (
        reverse("patient-intervals", args=[series.patient_id]),
        reverse("centre-intervals", args=[world.centre.pk]),
    )
    answers: dict[str, tuple[int, int]] = {}
    people: list[User] = [world.clinician, world.data_manager, world.technician, world.stranger]
    for person in people:
        client.force_login(person)
        answers[person.username] = (posted(client, own).status_code, posted(client, centre).status_code)
    assert answers == {
        "clinician": (302, 403), "data_manager": (403, 403), "technician": (403, 403), "stranger": (404, 404),
    }  # fmt: skip
    world.centre.lead = world.clinician
    world.centre.save()
    client.force_login(world.clinician)
    assert posted(client, centre).status_code == 302


def test_a_patients_interval_obeys_the_history(world: World) -> None:
    series = followed(world)
    world.as_person(world.clinician)
    row = intervals.set_for_patient(
        by=world.clinician, patient=series.patient, name="blood_days", days="28", because="a"
    )
    row.refresh_from_db()
    first = row.recorded_at
    intervals.set_for_patient(
        by=world.clinician, patient=series.patient, name="blood_days", days="35", because="b", seen="28"
    )
    (then,) = read_known([series.pk], first)
    (now,) = series_inputs.read_current([series.pk])
    assert (then.intervals.blood_days, now.intervals.blood_days) == (28, 35)
    assert then.set_apart[0].because == "a"


def test_a_stranger_sets_nothing_past_the_page(world: World) -> None:
    series = followed(world)
    with pytest.raises(PermissionDenied):
        intervals.set_for_patient(by=world.stranger, patient=series.patient, name="blood_days", days="1", because="x")
