"""Signing a whole run: what waits of it, what changes a verdict alone, what is returned together."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from monitoring.actions import results, signing
from monitoring.actions.refusals import StaleVersion
from monitoring.models import MrdResult, QpcrRun, QualityPoint, ReagentLot, RunLot, RunReaction
from tests.world import World, detected, not_detected

pytestmark = pytest.mark.django_db


def submitted_run(world: World) -> QpcrRun:
    """A run as it stands after its submission; its results are entered as drafts of it."""
    world.as_person(world.technician)
    run = QpcrRun.objects.create(
        laboratory=world.laboratory, name="2026-11-18 NPM1", format="QUANTSTUDIO_TEXT", file_name="plate.txt",
        file_sha256=hashlib.sha256(b"plate").hexdigest(), file_content=b"plate", run_on=date(2026, 11, 18),
        uploaded_by=world.technician, submitted_by=world.technician, submitted_at=world.now, state="SUBMITTED",
    )  # fmt: skip
    RunReaction.objects.create(
        run=run, well="B7", sample_name="26-00001", target_name="NPM1 A", role="SAMPLE", cq=Decimal("31.2"),
        excluded_because="bubble", excluded_by=world.technician, excluded_at=world.now,
    )  # fmt: skip
    for quantity, value in [("SLOPE", "-3.424"), ("R2", "0.9799996"), ("EFFICIENCY_PCT", "95.9")]:
        QualityPoint.objects.create(
            run=run, laboratory=world.laboratory, quantity=quantity, target_name="NPM1 A", value=Decimal(value),
            measured_on=date(2026, 11, 18),
        )  # fmt: skip
    return run


def of_run(world: World, run: QpcrRun, reading: object, on: date, *, followed: bool = False) -> MrdResult:
    series = world.patient()
    if followed:
        world.authorised(series, date(2026, 5, 1), not_detected())
    sample = world.sample(series, on)
    draft = results.enter(by=world.technician, series=series, sample=sample, assay=world.assay, reading=reading)  # type: ignore[arg-type]
    draft.run = run
    draft.save(update_fields=["run"])
    return results.submit(by=world.technician, result=draft, now=world.now)


def page(client: Client, world: World, run: QpcrRun) -> str:
    client.force_login(world.authoriser)
    return client.get(reverse("run-authorise", args=[run.pk])).content.decode()


def test_the_run_is_shown_with_its_curves_wells_left_out_and_results(client: Client, world: World) -> None:
    run = submitted_run(world)
    result = of_run(world, run, not_detected(), date(2026, 11, 10))
    other = world.submitted(world.patient(), date(2026, 11, 9), not_detected())
    shown = page(client, world, run)
    assert result.patient.pseudonym in shown
    assert other.patient.pseudonym not in shown
    assert "bubble" in shown
    assert "0.9799996" in shown  # 0.9800 would be another verdict on the curve


def test_what_changes_no_verdict_is_signed_together_and_the_page_of_the_run_comes_again(
    client: Client, world: World
) -> None:
    run = submitted_run(world)
    quiet = [of_run(world, run, not_detected(), date(2026, 11, day), followed=True) for day in (10, 11)]
    client.force_login(world.authoriser)
    chosen = [f"{each.pk}|{each.version}|{each.submitted_at.isoformat()}" for each in quiet if each.submitted_at]
    answer = client.post(reverse("results-authorise"), {"result": chosen, "run": run.pk})
    assert answer.headers["Location"] == reverse("run-authorise", args=[run.pk])
    world.as_person(world.authoriser)
    assert set(MrdResult.objects.filter(run=run).values_list("state", flat=True)) == {"AUTHORISED"}


def test_what_changes_a_verdict_is_opened_alone(client: Client, world: World) -> None:
    run = submitted_run(world)
    rising = of_run(world, run, detected("0.5"), date(2026, 11, 10), followed=True)
    shown = page(client, world, run)
    assert reverse("result-authorise", args=[rising.pk]) in shown
    assert f'value="{rising.pk}|' not in shown


def test_a_whole_run_is_returned_with_one_reason(client: Client, world: World) -> None:
    run = submitted_run(world)
    waiting = [of_run(world, run, not_detected(), date(2026, 11, day)) for day in (10, 11)]
    client.force_login(world.authoriser)
    address = reverse("run-authorise", args=[run.pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "NTC amplified"}).status_code == 302
    world.as_person(world.authoriser)
    for each in waiting:
        each.refresh_from_db()
        assert (each.state, each.reason) == ("DRAFT", "NTC amplified")
    assert client.post(address, {"reason": "again"}).status_code == 409


def test_nobody_returns_what_he_entered_himself(client: Client, world: World) -> None:
    run = submitted_run(world)
    of_run(world, run, not_detected(), date(2026, 11, 10))
    client.force_login(world.technician)
    assert client.post(reverse("run-authorise", args=[run.pk]), {"reason": "mine"}).status_code == 403


def test_a_run_of_another_laboratory_is_not_there(client: Client, world: World) -> None:
    run = submitted_run(world)
    client.force_login(world.stranger)
    assert client.get(reverse("run-authorise", args=[run.pk])).status_code in {403, 404}


def test_a_run_without_waiting_results_cannot_be_returned(world: World) -> None:
    run = submitted_run(world)
    world.as_person(world.authoriser)
    with pytest.raises(StaleVersion):
        signing.return_run(by=world.authoriser, run_id=run.pk, reason="late")


def test_the_database_itself_signs_nothing_that_a_failed_lot_measured(world: World) -> None:
    run = submitted_run(world)
    result = of_run(world, run, not_detected(), date(2026, 11, 10))
    lot = ReagentLot.objects.create(
        laboratory=world.laboratory, kind="MASTER_MIX", product="Mix", lot_number="L1", state="FAILED",
        failed_because="contaminated", failed_by=world.authoriser, failed_at=world.now, recorded_by=world.technician,
    )  # fmt: skip
    RunLot.objects.create(run=run, lot=lot)
    world.as_person(world.authoriser)
    with pytest.raises((IntegrityError, ValidationError), match="has failed"), transaction.atomic():
        MrdResult.objects.filter(pk=result.pk).update(
            state="AUTHORISED", authorised_by=world.authoriser, authorised_at=world.now,
            authorisation_basis="TWO_PEOPLE",
        )  # fmt: skip


def test_what_the_instrument_wrote_cannot_be_changed(world: World) -> None:
    run = submitted_run(world)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        RunReaction.objects.filter(run=run).update(cq=Decimal("20"))
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        QpcrRun.objects.filter(pk=run.pk).update(file_content=b"other")
