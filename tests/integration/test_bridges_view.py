"""The pages of bridging: samples suggested and typed, judged by a second person, revoked."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.actions import results
from monitoring.models import AssayBridge
from monitoring.models.choices import RoleChoice
from monitoring.queries.bridging import suggested_pairs
from tests.bridged_assays import across, other_assay, recorded, refreshed
from tests.world import World, _person, detected, not_detected

pytestmark = pytest.mark.django_db

TYPED = "S1;0.10;0.11\nS2;1,0;1,1\nS3\t12\t11.5"
JUDGED = {"comparable": "yes", "judgement": "Twenty samples, 1.05-fold"}


def test_samples_on_record_by_both_assays_are_suggested(client: Client, world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    series = world.patient()
    first = world.authorised(series, date(2025, 3, 1), detected("0.5"))
    world.as_person(world.technician)
    draft = results.enter(
        by=world.technician, series=series, sample=first.sample, assay=other, reading=detected("0.55")
    )
    waiting = results.submit(by=world.technician, result=draft, now=world.now)
    world.as_person(world.authoriser)
    assert suggested_pairs(world.assay.own_key, other.own_key) == ()
    results.authorise(by=world.authoriser, result=waiting, seen=results.Seen(1, waiting.submitted_at), now=world.now)
    world.authorised(world.patient(), date(2025, 3, 1), not_detected())
    world.as_person(world.authoriser)
    (found,) = suggested_pairs(world.assay.own_key, other.own_key)
    assert (found.sample, found.first, found.second) == (
        first.sample.accession_number, Decimal("0.5"), Decimal("0.55")
    )  # fmt: skip
    client.force_login(world.authoriser)
    where = f"{reverse('bridge-add')}?first={world.assay.own_key}&second={other.own_key}"
    assert first.sample.accession_number in client.get(where).content.decode()
    answer = client.post(where, {"suggested": [found.sample], "typed": TYPED})
    assert answer.status_code == 302
    world.as_person(world.authoriser)
    assert len(AssayBridge.objects.get().samples) == 4


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("S1;0.1", "Line 1: a code and two levels"),
        ("S1;0.1;0.1\nS2;x;0.1", "Line 2"),
        ("S1;0.1;0\nS2;1;1\nS3;2;2", "Line 1"),
        ("S1;0.1;0.1\nS2;1;1", "At least 3 samples"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(client: Client, world: World, typed: str, sentence: str) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    client.force_login(world.authoriser)
    where = f"{reverse('bridge-add')}?first={world.assay.own_key}&second={other.own_key}"
    answer = client.post(where, {"typed": typed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert typed.splitlines()[0] in page
    world.as_person(world.authoriser)
    assert not AssayBridge.objects.exists()


def test_a_second_person_judges_on_the_page(client: Client, world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    across(world, other)
    row = recorded(world, other)
    client.force_login(world.second_authoriser)
    where = reverse("bridge", args=[row.pk])
    page = client.get(where).content.decode()
    assert "1 series that your laboratory sees has results under both keys" in page
    assert "Fewer than 20 samples" in page
    assert client.post(where, {"comparable": "yes", "judgement": ""}).status_code == 422
    assert client.post(where, {"judgement": "x"}).status_code == 422
    assert client.post(where, JUDGED).status_code == 302
    assert client.post(where, JUDGED).status_code == 409
    assert "comparable: one key" in client.get(reverse("bridges")).content.decode()
    revoke = reverse("bridge-revoke", args=[row.pk])
    assert client.post(revoke, {"reason": ""}).status_code == 422
    assert client.post(revoke, {"reason": "Primers changed"}).status_code == 302
    assert client.post(revoke, {"reason": "Primers changed"}).status_code == 409


def test_a_technician_looks_and_does_not_decide(client: Client, world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    row = recorded(world, other)
    client.force_login(world.technician)
    assert client.get(reverse("bridge", args=[row.pk])).status_code == 200
    assert client.get(reverse("bridge-add")).status_code == 403
    assert client.post(reverse("bridge", args=[row.pk]), JUDGED).status_code == 403
    assert client.post(reverse("bridge-revoke", args=[row.pk]), {"reason": "x"}).status_code == 403


def test_another_laboratory_sees_none_of_it(client: Client, world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    row = recorded(world, other)
    client.force_login(_person("far", RoleChoice.LABORATORY_AUTHORISER, world.elsewhere))
    assert client.get(reverse("bridge", args=[row.pk])).status_code == 404
    client.force_login(world.clinician)
    assert client.get(reverse("bridges")).status_code == 403
