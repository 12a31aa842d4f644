"""A tube of the wrong patient goes to the right one while no result counts; both trails tell it, each its half."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.actions import results, sample_patients
from monitoring.actions.refusals import ActionRefused, ImpossibleDate, StaleVersion, WrongState
from monitoring.models import AuditEntry, MrdResult, MrdSeries, RowHistory, Sample, User
from tests.integration.typed_entry import hidden
from tests.world import World, detected

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world: World) -> World:
    world.now = timezone.now()  # the days of this file are counted back from today
    return world


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def give(world: World, sample: Sample, to: MrdSeries, by: User | None = None, reason: str = "labels swapped") -> Sample:
    by = by or world.technician
    world.as_person(by)
    seen = Sample.objects.get(pk=sample.pk).recorded_at
    return sample_patients.give(
        by=by, sample=sample, patient=to.patient, reason=reason, seen=seen, now=timezone.now()
    )  # fmt: skip


def two(world: World) -> tuple[MrdSeries, MrdSeries]:
    """Two patients whom the laboratory sees."""
    wrong, right = world.patient(), world.patient()
    world.sample(right, ago(60))
    return wrong, right


def test_a_tube_goes_to_the_patient_whom_it_belongs_to(world: World) -> None:
    wrong, right = two(world)
    tube = world.sample(wrong, ago(3))
    given = give(world, tube, right)
    assert (given.pk, given.patient_id, given.tissue) == (tube.pk, right.patient_id, "BM")
    assert RowHistory.objects.get(table_name="monitoring_sample", row_id=tube.pk).patient_id == wrong.patient_id
    told = AuditEntry.objects.filter(subject_type="sample", action__in=["sample.give_away", "sample.take_over"])
    assert {(each.action, each.patient_id, each.reason) for each in told} == {
        ("sample.give_away", wrong.patient_id, "labels swapped"),
        ("sample.take_over", right.patient_id, "labels swapped"),
    }
    away = told.get(action="sample.give_away")
    assert away.after is None  # whoever reads the one trail learns nothing of the other patient


@pytest.mark.parametrize(("state", "why"), [
    ("DRAFT", "Discard it first"), ("SUBMITTED", "Have it returned"), ("AUTHORISED", "withdraws the result first"),
])  # fmt: skip
def test_no_result_is_taken_along(world: World, state: str, why: str) -> None:
    wrong, right = two(world)
    if state == "DRAFT":
        tube = world.sample(wrong, ago(3))
        results.enter(by=world.technician, series=wrong, sample=tube, assay=world.assay, reading=detected("1"))
    else:
        step = world.submitted if state == "SUBMITTED" else world.authorised
        tube = step(wrong, ago(3), detected("1")).sample
    with pytest.raises(WrongState, match=why):
        give(world, tube, right)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE monitoring_sample SET patient_id = %s WHERE id = %s", [right.patient_id, tube.pk])


def test_after_the_result_is_withdrawn_its_number_goes_and_the_result_stays(world: World) -> None:
    wrong, right = two(world)
    signed = world.authorised(wrong, ago(3), detected("1"))
    number = signed.sample.accession_number
    results.withdraw(by=world.authoriser, result=signed, reason="another patient's", now=timezone.now())
    given = give(world, signed.sample, right)
    assert (given.accession_number, given.patient_id, given.results.count()) == (number, right.patient_id, 0)
    left = MrdResult.objects.select_related("sample").get(pk=signed.pk)
    assert (left.state, left.patient_id) == ("WITHDRAWN", wrong.patient_id)
    assert (left.sample.accession_number, left.sample.not_measured_because) == (
        f"{number} #{signed.sample_id}", "belongs to another patient",
    )  # fmt: skip
    again = results.enter(by=world.technician, series=right, sample=given, assay=world.assay, reading=detected("1"))
    assert again.patient_id == right.patient_id


def test_what_cannot_be_is_refused(world: World) -> None:
    wrong, right = two(world)
    tube = world.sample(wrong, ago(3))
    with pytest.raises(ActionRefused, match="Say why"):
        give(world, tube, right, reason=" ")
    with pytest.raises(ActionRefused, match="on record"):
        give(world, tube, wrong)
    with pytest.raises(PermissionDenied):
        give(world, tube, right, by=world.clinician)
    with pytest.raises(StaleVersion):
        sample_patients.give(
            by=world.technician, sample=tube, patient=right.patient, reason="x", seen=world.now, now=timezone.now()
        )
    right.patient.born_on = ago(1)
    with pytest.raises(ImpossibleDate):
        give(world, tube, right)
    assert Sample.objects.get(pk=tube.pk).patient_id == wrong.patient_id


def test_the_page_says_at_once_that_a_signed_result_holds_the_tube(client: Client, world: World) -> None:
    wrong, right = two(world)
    signed = world.authorised(wrong, ago(3), detected("1"))
    client.force_login(world.technician)
    address = reverse("sample-give", args=[signed.sample_id])
    for query in ({}, {"pseudonym": right.patient.pseudonym}):
        page = client.get(address, query).content.decode()
        assert "An authoriser withdraws the result first" in page
        assert 'name="reason"' not in page
        assert 'name="pseudonym"' not in page


def test_the_page_finds_the_patient_and_asks_why(client: Client, world: World) -> None:
    wrong, right = two(world)
    tube = world.sample(wrong, ago(3))
    client.force_login(world.technician)
    address = reverse("sample-give", args=[tube.pk])
    assert address in client.get(reverse("sample", args=[tube.pk])).content.decode()
    assert client.get(address, {"pseudonym": "P-9999"}).status_code == 404
    chosen = f"{address}?pseudonym={right.patient.pseudonym}"
    form = hidden(client.get(chosen))
    assert client.post(chosen, form).status_code == 422
    done = client.post(chosen, form | {"reason": "labels swapped"}, follow=True)
    assert f"is on record for {right.patient.pseudonym} now" in done.content.decode()
    assert client.post(chosen, form | {"reason": "twice"}).status_code == 409
    client.force_login(world.stranger)
    assert client.get(chosen).status_code in {403, 404}
