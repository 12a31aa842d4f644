"""Corrections in the same moment: one proposal, one signature, and no way between a draft and its submission."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from monitoring.actions import results, samples
from monitoring.models import AuditEntry, MrdResult, Sample, SampleCorrection, User
from tests.integration.test_signing_at_once import at_once
from tests.integration.typed_entry import hidden
from tests.world import World, detected, not_detected


@pytest.fixture(autouse=True)
def today(committed: World) -> Iterator[None]:
    with time_machine.travel(committed.now, tick=True):
        yield


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_of_two_proposals_one_stands_and_of_two_signatures_one_counts(committed: World) -> None:
    world = committed
    series = world.patient()
    world.authorised(series, date(2026, 7, 1), not_detected())
    signed = world.authorised(series, date(2026, 10, 29), detected("0.021"))
    form = {"tissue": "PB", "collected_on": "2026-10-29", "reason": "label misread"}
    people = [world.technician, world.authoriser]
    answers = at_once(
        reverse("sample-correct", args=[signed.sample_id]), [(browser(person), form) for person in people]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    world.as_person(world.technician)
    proposal = SampleCorrection.objects.get()
    others = [User.objects.create(username=f"signs{n}", full_name=f"Signs {n}") for n in range(2)]
    for other in others:
        other.memberships.create(centre=world.centre, role="LABORATORY_AUTHORISER", starts_on=date(2020, 1, 1))
    path = reverse("sample-correction", args=[proposal.pk])
    opened = [(client, hidden(client.get(path))) for client in map(browser, others)]
    answers = at_once(path, opened)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    world.as_person(world.clinician)
    assert AuditEntry.objects.filter(action="sample.sign_correction").count() == 1
    assert MrdResult.objects.get(pk=signed.pk).tissue == "PB"


def test_a_correction_waits_for_a_submission_that_is_under_way(committed: World) -> None:
    world = committed
    series = world.patient()
    tube = world.sample(series, world.now.date() - timedelta(days=3))
    draft = results.enter(by=world.technician, series=series, sample=tube, assay=world.assay, reading=detected("1"))
    submitted, correcting, refused = threading.Event(), threading.Event(), []

    def submit() -> None:
        with transaction.atomic():
            world.as_person(world.technician)
            results.submit(by=world.technician, result=draft, now=world.now)
            submitted.set()
            correcting.wait(10)
        connections.close_all()

    def correct() -> None:
        submitted.wait(10)
        with transaction.atomic():
            world.as_person(world.authoriser)
            sample = Sample.objects.select_related("laboratory", "patient__centre").get(pk=tube.pk)
            correcting.set()
            try:
                samples.correct(
                    by=world.authoriser, sample=sample, changes={"tissue": "PB"}, reason="label", now=world.now
                )
            except samples.FactsAreSigned as error:
                refused.append(error)
        connections.close_all()

    threads = [threading.Thread(target=each) for each in (submit, correct)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    world.as_person(world.technician)
    assert len(refused) == 1
    assert (Sample.objects.get().tissue, MrdResult.objects.get().state) == ("BM", "SUBMITTED")
