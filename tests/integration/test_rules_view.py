"""The rule set that raises the alerts of a centre: compared in shadow, signed by a second person, only then changed."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.actions import recompute, shadow_comparison, shadow_decisions, shadow_runs
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.domain.shadow_weights import Weight
from monitoring.models import Alert, AuditEntry, Centre, MrdSeries, ShadowDifference, ShadowRun, User
from monitoring.models.choices import RoleChoice
from monitoring.queries import shadow_runs as queries
from tests.world import World, _person, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    """The day of the world: pages and commands ask the clock."""
    with time_machine.travel(world.now, tick=True):
        yield


SIGNED = {"decision": "sign", "comment": "Every difference looked at with the laboratory"}


def second(world: World) -> User:
    return _person("second_clinician", RoleChoice.CLINICIAN, world.centre)


def low_relapse(world: World) -> MrdSeries:
    """Confirmed by ELN 2021; below the levels of ELN 2025."""
    series = world.patient()
    for on, reading in [
        (date(2026, 5, 1), not_detected()), (date(2026, 8, 1), detected("0.02")), (date(2026, 8, 20), detected("0.03")),
    ]:  # fmt: skip
        world.authorised(series, on, reading)
    return series


def computed_run(world: World, ruleset: str = "ELN2025") -> ShadowRun:
    world.as_person(world.clinician)
    recompute.drain_pending(now=world.now)
    run = shadow_runs.propose(by=world.clinician, centre=world.centre, ruleset=ruleset)
    shadow_runs.compute_waiting(now=world.now)
    world.as_person(world.clinician)
    run.refresh_from_db()
    return run


def test_asking_changes_nothing_and_lists_the_lost_relapse_first(client: Client, world: World) -> None:
    lost = low_relapse(world)
    same = world.patient()
    world.authorised(same, date(2026, 8, 1), not_detected())
    later = world.patient()  # suspected by ELN 2021, low level by ELN 2025
    world.authorised(later, date(2026, 8, 1), not_detected())
    world.authorised(later, date(2026, 11, 10), detected("0.05"))
    run = computed_run(world)
    assert (run.series_compared, run.series_differing) == (3, 2)
    assert list(ShadowDifference.objects.order_by("weight").values_list("series_id", "weight")) == [
        (lost.pk, Weight.LOST_RELAPSE), (later.pk, Weight.LOST_SUSPICION),
    ]  # fmt: skip
    assert Centre.objects.get(pk=world.centre.pk).alerting_ruleset == "ELN2021"
    client.force_login(world.clinician)
    page = client.get(reverse("rules-run", args=[run.pk])).content.decode().replace("\u00a0", " ")
    assert page.index(lost.patient.pseudonym) < page.index(later.patient.pseudonym)
    assert "A confirmed relapse is lost" in page
    assert reverse("patient", args=[lost.patient_id]) in page
    assert "Taken back: Confirmed molecular relapse" in page
    assert "not detected in the marrow on 1 May 2026" in page.lower() or "0.02" in page  # the samples behind it


def test_the_second_person_signs_and_then_the_alerts_follow(client: Client, world: World) -> None:
    lost = low_relapse(world)
    run = computed_run(world)
    planned = ShadowDifference.objects.get().after["steps"]
    where = reverse("rules-run", args=[run.pk])
    client.force_login(world.clinician)
    assert client.post(where, SIGNED).status_code == 403
    client.force_login(second(world))
    assert client.post(where, {"decision": "sign", "comment": ""}).status_code == 422
    assert client.post(where, SIGNED).status_code == 302
    assert client.post(where, SIGNED).status_code == 409
    world.as_person(world.clinician)
    assert Centre.objects.get(pk=world.centre.pk).alerting_ruleset == "ELN2025"
    recompute.drain_pending(now=world.now)
    (retracted,) = [(each["code"], each["kind"]) for each in planned if each["kind"] == "RETRACTED"]
    assert Alert.objects.get(series=lost, code=retracted[0]).state == "RETRACTED"
    acts = AuditEntry.objects.filter(action__in=["rules.propose", "rules.signed", "centre.alerting_ruleset"])
    assert acts.count() == 3


def test_what_is_planned_is_what_happens(world: World) -> None:
    low_relapse(world)
    high = world.patient()
    world.authorised(high, date(2026, 8, 1), not_detected())
    world.authorised(high, date(2026, 11, 10), detected("1.5"))
    run = computed_run(world)
    planned = {
        (row.series_id, step["kind"], step["code"], step["urgency"])
        for row in ShadowDifference.objects.all()
        for step in row.after["steps"]
    }
    before = {row.pk: (row.state, row.urgency) for row in Alert.objects.all()}
    signer = second(world)
    world.as_person(signer)
    shadow_decisions.sign(by=signer, run_id=run.pk, comment="x", now=world.now)
    recompute.drain_pending(now=world.now)
    happened = {
        (row.series_id, "RAISED" if row.pk not in before else row.state, row.code, row.urgency)
        for row in Alert.objects.exclude(code="RETRACTION")
        if before.get(row.pk, ("", 0))[0] != row.state
    }
    assert happened == {step for step in planned if step[1] in {"RAISED", "RETRACTED", "RESOLVED"}}


def test_a_relapse_that_both_rule_sets_hold_is_raised_again_and_not_lost(world: World) -> None:
    series = low_relapse(world)
    computed_run(world, "ELN2022")
    found = ShadowDifference.objects.get()
    assert (found.series_id, found.weight) == (series.pk, Weight.OTHER_ALERT)
    assert [(step["kind"], step["code"]) for step in found.after["steps"]] == [("AGAIN", "EPISODE")]


def test_refusing_keeps_everything(client: Client, world: World) -> None:
    low_relapse(world)
    run = computed_run(world)
    client.force_login(second(world))
    where = reverse("rules-run", args=[run.pk])
    assert client.post(where, {**SIGNED, "decision": "refuse"}).status_code == 302
    assert "refused by Second Clinician" in client.get(where).content.decode()
    assert Centre.objects.get(pk=world.centre.pk).alerting_ruleset == "ELN2021"


def test_who_asks_and_who_sees(client: Client, world: World) -> None:
    low_relapse(world)
    run = computed_run(world)
    ask, where = reverse("rules-propose", args=[world.centre.pk]), reverse("rules-run", args=[run.pk])
    answers = {}
    for person in (world.clinician, world.data_manager, world.technician, world.stranger):
        client.force_login(person)
        answers[person.username] = (
            client.get(where).status_code,
            client.post(ask, {"ruleset": "ELN2022"}).status_code,
            client.post(where, SIGNED).status_code,
        )
    assert answers == {
        "clinician": (200, 302, 403), "data_manager": (200, 403, 403), "technician": (403, 403, 403),
        "stranger": (404, 404, 404),
    }  # fmt: skip
    administrator = _person("administrator", RoleChoice.ADMINISTRATOR, world.centre)
    client.force_login(administrator)
    assert client.post(ask, {"ruleset": "ELN2025"}).status_code == 302
    assert client.post(ask, {"ruleset": "ELN2021"}).status_code == 422
    assert client.post(where, SIGNED).status_code == 403


def test_a_comparison_that_the_rules_have_left_behind_is_not_signed(world: World) -> None:
    low_relapse(world)
    first, other = computed_run(world), computed_run(world, "ELN2022")
    signer = second(world)
    world.as_person(signer)
    shadow_decisions.sign(by=signer, run_id=other.pk, comment="x", now=world.now)
    with pytest.raises(StaleVersion):
        shadow_decisions.sign(by=signer, run_id=first.pk, comment="x", now=world.now)


def test_a_comparison_that_failed_is_told_and_cannot_be_signed(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_about: object) -> None:
        raise ValueError("a series that cannot be read")

    low_relapse(world)
    monkeypatch.setattr(shadow_comparison, "differences_of_ruleset", broken)
    run = computed_run(world)
    client.force_login(second(world))
    where = reverse("rules-run", args=[run.pk])
    assert "a series that cannot be read" in client.get(where).content.decode()
    assert client.post(where, SIGNED).status_code == 422
    assert not ShadowDifference.objects.exists()


def test_only_a_change_of_rules_changes_it(world: World) -> None:
    run = computed_run(world)
    with pytest.raises(PermissionDenied):
        shadow_decisions.sign(by=world.stranger, run_id=run.pk, comment="x", now=world.now)
    with pytest.raises(ActionRefused):
        shadow_runs.propose(by=world.clinician, centre=world.centre, ruleset="ELN1999")


def test_a_page_costs_the_same_for_one_difference_and_for_many(client: Client, world: World) -> None:
    client.force_login(world.clinician)
    counts = []
    for size in (1, 7):
        world.crowd(size, [(date(2026, 5, 1), None), (date(2026, 8, 1), "0.02"), (date(2026, 8, 20), "0.03")])
        run = computed_run(world)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("rules-run", args=[run.pk])).status_code == 200
        counts.append(len(captured))
        world.as_person(world.clinician)
    assert counts[0] == counts[1]


def test_pages_of_differences_follow_one_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    world.crowd(8, [(date(2026, 5, 1), None), (date(2026, 8, 1), "0.02"), (date(2026, 8, 20), "0.03")])
    run = queries.find_run(world.clinician, computed_run(world).pk)
    assert run is not None
    seen: list[int] = []
    after = None
    while True:
        page = queries.differences(run, now=world.now, after=after)
        seen += [row.difference_id for row in page.rows]
        after = page.next_after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 8
