"""Lots: taken in, opened, used up; one that failed stops every door to a signature, with a sentence."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from knox.models import AuthToken

from monitoring.actions import lots, signing
from monitoring.actions.refusals import ActionRefused
from monitoring.actions.results import Seen
from monitoring.models import AuditEntry, MrdResult, QpcrRun, ReagentLot, RunLot
from monitoring.models.choices import RoleChoice
from monitoring.queries.lots import reach_of, remarks_on_runs
from tests.bench_rows import authorise, lot_of, run_of, submitted_of
from tests.world import World, _person

pytestmark = pytest.mark.django_db


def failed(world: World, lot: ReagentLot) -> ReagentLot:
    world.as_person(world.technician)
    return lots.fail(
        by=world.technician, lot=lot, reason="Thawed over the weekend", seen=reach_of(lot).fingerprint, now=world.now
    )


def waiting_with_failed_lot(world: World) -> MrdResult:
    lot = lot_of(world)
    result = submitted_of(world, run_of(world, lot), world.patient(), date(2026, 10, 1))
    failed(world, lot)
    return result


def test_a_lot_is_taken_in(client: Client, world: World) -> None:
    client.force_login(world.technician)
    fields = {"laboratory": world.laboratory.pk, "kind": "STANDARD", "product": "NPM1 plasmid", "lot_number": "L7"}
    answer = client.post(reverse("lot-add"), fields | {"opened_on": "2026-10-01", "expires_on": "2027-01-01"})
    assert answer.status_code == 302
    world.as_person(world.technician)
    lot = ReagentLot.objects.get()
    assert (lot.opened_on, lot.expires_on, lot.recorded_by) == (date(2026, 10, 1), date(2027, 1, 1), world.technician)
    assert AuditEntry.objects.filter(action="lot.register", subject_id=lot.pk).exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"opened_on": "2999-01-01"}, "opened today"),
        ({"opened_on": "2026-10-02", "expires_on": "2026-10-01"}, "after it has expired"),
        ({"product": ""}, "required"),
        ({"lot_number": "7"}, "on record already"),
    ],
)
def test_what_cannot_be_is_refused(client: Client, world: World, change: dict[str, str], sentence: str) -> None:
    lot_of(world)
    client.force_login(world.technician)
    fields = {"laboratory": world.laboratory.pk, "kind": "STANDARD", "product": "NPM1 plasmid", "lot_number": "L8"}
    answer = client.post(reverse("lot-add"), fields | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert ReagentLot.objects.count() == 1


def test_an_expired_lot_in_use_warns_in_the_list_and_on_the_signing_page(client: Client, world: World) -> None:
    lot = lot_of(world, expires_on=date(2026, 1, 1))
    result = submitted_of(world, run_of(world, lot, on=date(2026, 2, 1)), world.patient(), date(2026, 1, 30))
    client.force_login(world.authoriser)
    assert "expired, still in use" in client.get(reverse("lot-list")).content.decode()
    page = client.get(reverse("result-authorise", args=[result.pk])).content.decode()
    assert "had expired on 1 Jan 2026" in page
    assert "Authorise</button>" in page


def test_a_run_that_prints_no_day_is_of_the_day_at_its_laboratory(world: World) -> None:
    lot = lot_of(world, expires_on=date(2026, 7, 1))
    for hour, made_on in ((21, date(2026, 7, 1)), (22, date(2026, 7, 2))):  # 23:30 in Paris, and half past midnight
        world.now = datetime(2026, 7, 1, hour, 30, tzinfo=UTC)
        run = run_of(world, lot, on=None)
        assert QpcrRun.objects.get(pk=run.pk).made_on == made_on
        assert bool(remarks_on_runs([run.pk])) == (made_on == date(2026, 7, 2))


def test_the_failure_page_names_what_is_stopped_and_what_is_to_be_reviewed(client: Client, world: World) -> None:
    lot = lot_of(world)
    run = run_of(world, lot)
    waiting = submitted_of(world, run, world.patient(), date(2026, 10, 1))
    signed = authorise(world, submitted_of(world, run, world.patient(), date(2026, 10, 1)))
    client.force_login(world.technician)
    page = client.get(reverse("lot-fail", args=[lot.pk])).content.decode()
    assert "1 result that waits for a signature is stopped" in page
    assert "1 authorised result was measured with it" in page
    for shown in (waiting.patient.pseudonym, signed.patient.pseudonym, run.name):
        assert shown in page


def test_a_failure_is_recorded_with_its_reason(client: Client, world: World) -> None:
    lot = lot_of(world)
    client.force_login(world.technician)
    address = reverse("lot-fail", args=[lot.pk])
    assert client.post(address, {"reason": "", "seen": "0-0-0-0"}).status_code == 422
    assert client.post(address, {"reason": "Contaminated", "seen": "0-0-0-0"}).status_code == 302
    world.as_person(world.technician)
    lot.refresh_from_db()
    assert (lot.state, lot.failed_because, lot.failed_by) == ("FAILED", "Contaminated", world.technician)
    assert AuditEntry.objects.filter(action="lot.fail", reason="Contaminated").exists()
    assert client.post(address, {"reason": "Again", "seen": "0-0-0-0"}).status_code == 409


def test_a_failure_page_that_shows_less_than_there_is_answers_409(client: Client, world: World) -> None:
    lot = lot_of(world)
    run_of(world, lot)
    client.force_login(world.technician)
    answer = client.post(reverse("lot-fail", args=[lot.pk]), {"reason": "Contaminated", "seen": "0-0-0-0"})
    assert answer.status_code == 409
    assert "Contaminated" in answer.content.decode()
    world.as_person(world.technician)
    lot.refresh_from_db()
    assert lot.state == "IN_USE"


def test_the_page_of_a_stopped_result_says_why_and_offers_no_signature(client: Client, world: World) -> None:
    result = waiting_with_failed_lot(world)
    client.force_login(world.authoriser)
    page = client.get(reverse("result-authorise", args=[result.pk])).content.decode()
    assert "Lot NPM1 plasmid 7 failed" in page
    assert "Thawed over the weekend" in page
    assert "Authorise</button>" not in page
    assert "Return</button>" in page


def test_signing_a_stopped_result_all_the_same_answers_with_the_sentence(client: Client, world: World) -> None:
    result = waiting_with_failed_lot(world)
    client.force_login(world.authoriser)
    page = client.get(reverse("result-authorise", args=[result.pk]))
    fields = {
        "version": 1, "submitted_at": result.submitted_at.isoformat() if result.submitted_at else "",
        "effect": page.context["page"].effect.fingerprint, "checked": "on",
    }  # fmt: skip
    answer = client.post(reverse("result-authorise", args=[result.pk]), fields)
    assert answer.status_code == 422
    assert "cannot be authorised. Return them to the bench" in answer.content.decode()
    world.as_person(world.technician)
    result.refresh_from_db()
    assert result.state == "SUBMITTED"


def test_the_list_offers_no_tick_and_refuses_one_with_the_sentence(client: Client, world: World) -> None:
    result = waiting_with_failed_lot(world)
    client.force_login(world.authoriser)
    page = client.get(reverse("laboratory")).content.decode()
    assert "lot NPM1 plasmid 7 failed" in page
    assert 'type="checkbox" name="result"' not in page
    assert result.submitted_at is not None
    chosen = f"{result.pk}|1|{result.submitted_at.isoformat()}"
    answer = client.post(reverse("results-authorise"), {"result": [chosen]})
    assert answer.status_code == 409
    assert "Thawed over the weekend" in answer.content.decode()


def test_the_api_answers_with_the_sentence(client: Client, world: World) -> None:
    result = waiting_with_failed_lot(world)
    _token, secret = AuthToken.objects.create(user=world.authoriser)
    answer = client.post(
        reverse("api-result-authorise", args=[result.pk]),
        {"version": 1, "submitted_at": result.submitted_at},
        content_type="application/json", headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Lot NPM1 plasmid 7 failed: Thawed over the weekend." in answer.json()["detail"]


def test_the_action_refuses_several_together(world: World) -> None:
    result = waiting_with_failed_lot(world)
    world.as_person(world.authoriser)
    shown = signing.SeenResult(result.pk, Seen(1, result.submitted_at), "")
    with pytest.raises(ActionRefused):
        signing.authorise_together(by=world.authoriser, shown=[shown], now=world.now)


def test_the_database_refuses_it_past_every_action(world: World) -> None:
    result = waiting_with_failed_lot(world)
    with pytest.raises(IntegrityError, match="has failed"), transaction.atomic():
        MrdResult.objects.filter(pk=result.pk).update(
            state="AUTHORISED",
            authorised_by=world.authoriser,
            authorised_at=world.now,
            authorisation_basis="TWO_PEOPLE",
        )


def test_a_failed_lot_cannot_be_taken_off_the_run_while_a_result_waits(world: World) -> None:
    result = waiting_with_failed_lot(world)
    with pytest.raises(IntegrityError, match="stays with the run"), transaction.atomic():
        RunLot.objects.filter(run_id=result.run_id).delete()


def test_a_stopped_result_can_still_be_returned(client: Client, world: World) -> None:
    result = waiting_with_failed_lot(world)
    client.force_login(world.authoriser)
    fields = {
        "version": 1, "submitted_at": result.submitted_at.isoformat() if result.submitted_at else "", "effect": "-",
        "reason": "Repeat with another lot",
    }  # fmt: skip
    assert client.post(reverse("result-reject", args=[result.pk]), fields).status_code == 302
    world.as_person(world.technician)
    result.refresh_from_db()
    assert result.state == "DRAFT"


def test_a_failure_is_taken_back_by_a_second_person_who_decides(client: Client, world: World) -> None:
    result = waiting_with_failed_lot(world)
    lot = ReagentLot.objects.get()
    address = reverse("lot-clear", args=[lot.pk])
    client.force_login(world.technician)
    assert client.post(address, {"reason": "Oh well"}).status_code == 403
    client.force_login(world.authoriser)
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Wrong lot ticked"}).status_code == 302
    world.as_person(world.technician)
    lot.refresh_from_db()
    assert (lot.state, lot.failed_because, lot.failed_by) == ("IN_USE", "", None)
    assert authorise(world, result).state == "AUTHORISED"


def test_whoever_recorded_a_failure_does_not_take_it_back(world: World) -> None:
    lot = lot_of(world)
    world.as_person(world.authoriser)
    lots.fail(by=world.authoriser, lot=lot, reason="x", seen=reach_of(lot).fingerprint, now=world.now)
    with pytest.raises(ActionRefused, match="second person"):
        lots.clear(by=world.authoriser, lot=lot, reason="y")


def test_a_lot_is_opened_and_used_up(client: Client, world: World) -> None:
    lot = lot_of(world)
    client.force_login(world.technician)
    assert client.post(reverse("lot", args=[lot.pk]), {"opened_on": "2026-09-01"}).status_code == 302
    assert client.post(reverse("lot-use-up", args=[lot.pk])).status_code == 302
    world.as_person(world.technician)
    lot.refresh_from_db()
    assert (lot.opened_on, lot.state) == (date(2026, 9, 1), "RETIRED")
    assert client.post(reverse("lot-use-up", args=[lot.pk])).status_code == 409


def test_another_laboratory_sees_none_of_it(client: Client, world: World) -> None:
    lot = lot_of(world)
    client.force_login(_person("far", RoleChoice.LABORATORY_AUTHORISER, world.elsewhere))
    assert "NPM1 plasmid" not in client.get(reverse("lot-list")).content.decode()
    for name in ("lot", "lot-fail"):
        assert client.get(reverse(name, args=[lot.pk])).status_code == 404
    client.force_login(world.clinician)
    assert client.get(reverse("lot-list")).status_code == 403


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client: Client, world: World) -> None:
    lot_of(world, "0")
    client.force_login(world.technician)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("lot-list"))
        return len(queries)

    one = asked()
    for number in range(1, 60):
        run_of(world, lot_of(world, str(number)))
    assert asked() == one
