"""External quality rounds: written down, compared, overviewed by year and marker."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.models import AuditEntry, ExternalRound, ExternalSample
from monitoring.models.choices import RoleChoice
from tests.world import World, _person

pytestmark = pytest.mark.django_db

SAMPLE = {
    "code": "S1", "marker": "NPM1", "reported_call": "DETECTED", "reported_pct_abl1": "0,12",
    "expected_call": "DETECTED", "expected_pct_abl1": "0.1", "expected_low_pct_abl1": "0.05",
    "expected_high_pct_abl1": "0.2", "score": "2", "score_max": "2",
}  # fmt: skip


def round_of(world: World, name: str = "2026-1", on: date = date(2026, 3, 1)) -> ExternalRound:
    world.as_person(world.technician)
    return ExternalRound.objects.create(
        laboratory=world.laboratory, provider="GBMDx", name=name, received_on=on, due_on=date(2026, 4, 1),
        recorded_by=world.technician,
    )  # fmt: skip


def test_a_round_is_written_down(client: Client, world: World) -> None:
    client.force_login(world.technician)
    fields = {"laboratory": world.laboratory.pk, "provider": "GBMDx", "name": "2026-1", "received_on": "2026-03-01"}
    assert client.post(reverse("external-round-add"), fields).status_code == 302
    again = client.post(reverse("external-round-add"), fields)
    assert again.status_code == 422
    assert "on record already" in again.content.decode()
    world.as_person(world.technician)
    assert AuditEntry.objects.filter(action="external_round.add").count() == 1


def test_a_report_that_is_due_is_told(client: Client, world: World) -> None:
    round_of(world)
    client.force_login(world.technician)
    assert "overdue" in client.get(reverse("external-rounds")).content.decode()


def test_a_sample_within_its_range_is_as_expected(client: Client, world: World) -> None:
    row = round_of(world)
    client.force_login(world.technician)
    assert client.post(reverse("external-sample-add", args=[row.pk]), SAMPLE).status_code == 302
    page = client.get(reverse("external-round", args=[row.pk])).content.decode()
    assert "as expected" in page
    assert "+0.08" in page
    assert "1 of 1" in page


def test_a_sample_is_corrected_and_what_stood_before_is_kept(client: Client, world: World) -> None:
    row = round_of(world)
    client.force_login(world.technician)
    client.post(reverse("external-sample-add", args=[row.pk]), SAMPLE)
    world.as_person(world.technician)
    sample = ExternalSample.objects.get()
    where = reverse("external-sample", args=[row.pk, sample.pk])
    assert 'value="0.12"' in client.get(where).content.decode()
    assert client.post(where, SAMPLE | {"reported_pct_abl1": "0.3"}).status_code == 302
    assert "above the accepted range" in client.get(reverse("external-round", args=[row.pk])).content.decode()
    world.as_person(world.technician)
    entry = AuditEntry.objects.get(action="external_sample.change")
    assert entry.before is not None
    assert entry.before["reported_pct_abl1"] == "0.12"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reported_call": "NOT_DETECTED"}, "Only a sample in which the target is detected has a level"),
        ({"expected_low_pct_abl1": "0.5"}, "ends below where it begins"),
        ({"score": "3"}, "above the highest"),
        ({"reported_pct_abl1": "<0.1"}, "is a limit, not a value"),
        ({"reported_pct_abl1": "0.12 %"}, "space"),
        ({"code": ""}, "required"),
        ({"marker": ""}, "required"),
        ({"score": "0", "score_max": "0"}, "above 0"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    client: Client, world: World, change: dict[str, str], sentence: str
) -> None:
    row = round_of(world)
    client.force_login(world.technician)
    answer = client.post(reverse("external-sample-add", args=[row.pk]), SAMPLE | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    world.as_person(world.technician)
    assert not ExternalSample.objects.exists()


def test_the_same_sample_twice_is_refused(client: Client, world: World) -> None:
    row = round_of(world)
    client.force_login(world.technician)
    client.post(reverse("external-sample-add", args=[row.pk]), SAMPLE)
    assert client.post(reverse("external-sample-add", args=[row.pk]), SAMPLE).status_code == 422


def test_days_of_a_round_are_corrected(client: Client, world: World) -> None:
    row = round_of(world)
    client.force_login(world.technician)
    where = reverse("external-round", args=[row.pk])
    wrong = client.post(where, {"received_on": "2026-03-01", "reported_on": "2026-02-01"})
    assert wrong.status_code == 422
    assert "before the arrival" in wrong.content.decode()
    assert client.post(where, {"received_on": "2026-03-01", "reported_on": "2026-03-20"}).status_code == 302
    world.as_person(world.technician)
    assert ExternalRound.objects.get().reported_on == date(2026, 3, 20)


def test_the_overview_counts_by_year_and_marker(client: Client, world: World) -> None:
    for name, on in (("2025-2", date(2025, 9, 1)), ("2026-1", date(2026, 3, 1))):
        row = round_of(world, name, on)
        client.force_login(world.technician)
        client.post(reverse("external-sample-add", args=[row.pk]), SAMPLE)
        client.post(reverse("external-sample-add", args=[row.pk]), SAMPLE | {"code": "S2", "reported_pct_abl1": "0.01"})
    page = client.get(reverse("external-rounds"))
    years = page.context["years"]
    assert [(each.year, each.samples, each.agreeing) for each in years] == [(2026, 2, 1), (2025, 2, 1)]
    assert "−1.00" in page.content.decode()


def test_another_laboratory_sees_none_of_it(client: Client, world: World) -> None:
    row = round_of(world)
    client.force_login(_person("far", RoleChoice.LABORATORY_TECHNICIAN, world.elsewhere))
    assert "GBMDx" not in client.get(reverse("external-rounds")).content.decode()
    for name in ("external-round", "external-sample-add"):
        assert client.get(reverse(name, args=[row.pk])).status_code == 404
    client.force_login(world.clinician)
    assert client.get(reverse("external-rounds")).status_code == 403


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client: Client, world: World) -> None:
    def filled(name: str) -> None:
        row = round_of(world, name)
        ExternalSample.objects.bulk_create(
            ExternalSample(external_round=row, code=str(n), marker="NPM1", assay=world.assay) for n in range(5)
        )

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("external-rounds"))
        return len(queries)

    filled("one")
    client.force_login(world.technician)
    one = asked()
    for number in range(30):
        filled(str(number))
    assert asked() == one


def test_a_sample_is_taken_off_with_a_reason_and_stays_in_the_audit(client: Client, world: World) -> None:
    row = round_of(world)
    client.force_login(world.technician)
    client.post(reverse("external-sample-add", args=[row.pk]), SAMPLE)
    world.as_person(world.technician)
    sample = ExternalSample.objects.get()
    address = reverse("external-sample-remove", args=[row.pk, sample.pk])
    refused = client.post(address, {"reason": " "})
    assert (refused.status_code, "Say why." in refused.content.decode()) == (422, True)
    assert client.post(address, {"reason": "belongs to another round"}).status_code == 302
    world.as_person(world.technician)
    assert not ExternalSample.objects.exists()
    entry = AuditEntry.objects.get(action="external_sample.remove")
    assert (entry.reason, entry.before and entry.before["code"]) == ("belongs to another round", "S1")
    client.force_login(world.stranger)
    assert client.post(address, {"reason": "x"}).status_code in {403, 404}
