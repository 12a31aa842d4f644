"""Keys of assays follow what stands signed, and nothing else: values stay, verdicts are asked for."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from monitoring.actions import assays, bridging
from monitoring.actions.refusals import ActionRefused
from monitoring.models import Assay, AssayBridge, AuditEntry, MrdResult, RecomputeRequest
from tests.bridged_assays import across, flags, other_assay, recorded, refreshed, revoked, signed, verdict
from tests.world import World, detected

pytestmark = pytest.mark.django_db


def test_the_key_an_assay_was_given_is_kept_as_its_own(world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    assert (other.own_key, other.assay_key) == ("NPM1/A/NFL/ABL1/digital", "NPM1/A/NFL/ABL1/digital")


def test_a_rise_across_assays_becomes_a_relapse_when_signed_and_back_when_revoked(world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    series, rise = across(world, other)
    before = verdict(world, series)
    assert "RISE_ACROSS_ASSAYS" in flags(before)
    assert before.state == "LOW_LEVEL"
    row = signed(world, recorded(world, other))
    joined = verdict(world, series)
    assert "RISE_ACROSS_ASSAYS" not in flags(joined)
    assert joined.state == "SUSPECTED"
    revoked(world, row)
    after = verdict(world, series)
    assert "RISE_ACROSS_ASSAYS" in flags(after)
    assert after.state == "LOW_LEVEL"
    rise.refresh_from_db()
    assert rise.pct_abl1 == Decimal("0.5")


def test_signing_asks_for_the_verdicts_of_every_series_that_a_key_changes_in(world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    series, _rise = across(world, other)
    untouched = world.patient()
    verdict(world, series)
    verdict(world, untouched)
    signed(world, recorded(world, other))
    asked = set(RecomputeRequest.objects.values_list("series_id", flat=True))
    assert series.pk in asked
    assert untouched.pk not in asked


def test_values_wells_and_signatures_never_change(world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    _series, rise = across(world, other)
    before: dict[str, object] = dict(MrdResult.objects.filter(pk=rise.pk).values().get())
    signed(world, recorded(world, other))
    world.as_person(world.technician)
    after: dict[str, object] = dict(MrdResult.objects.filter(pk=rise.pk).values().get())
    assert {name for name in before if before[name] != after[name]} <= {"assay_key"}


def test_judged_not_comparable_joins_nothing(world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    signed(world, recorded(world, other), comparable=False)
    refreshed(other, world.assay)
    assert other.assay_key != world.assay.assay_key


def test_keys_that_hang_together_are_one_whatever_the_order(world: World) -> None:
    second, third = other_assay(world, "B"), other_assay(world, "C")
    refreshed(second, third, world.assay)
    outer = signed(world, recorded(world, third, first=second))
    inner = signed(world, recorded(world, second))
    refreshed(second, third, world.assay)
    assert {world.assay.assay_key, second.assay_key, third.assay_key} == {"B"}
    revoked(world, inner)
    refreshed(second, third, world.assay)
    assert (world.assay.assay_key, second.assay_key, third.assay_key) == ("NPM1/A/NFL/ABL1", "B", "B")
    revoked(world, outer)
    refreshed(third)
    assert third.assay_key == "C"


def test_an_assay_recorded_later_under_a_bridged_key_joins_too(world: World) -> None:
    other = other_assay(world, "A")
    refreshed(other, world.assay)
    signed(world, recorded(world, other))
    later = Assay.objects.create(
        laboratory=world.laboratory, marker="NPM1", name="NPM1 mut A / ABL1", version="9", assay_key="NPM1/A/NFL/ABL1"
    )
    refreshed(later)
    assert (later.own_key, later.assay_key) == ("NPM1/A/NFL/ABL1", "A")


def test_who_when_and_why_are_in_the_audit(world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    row = signed(world, recorded(world, other))
    revoked(world, row)
    entries = AuditEntry.objects.filter(action__in=["bridge.sign", "bridge.revoke", "assay.key"]).order_by("pk")
    assert [entry.action for entry in entries] == ["bridge.sign", "assay.key", "bridge.revoke", "assay.key"]
    assert entries[0].reason == "Good agreement"
    assert entries[1].before == {"assay_key": "NPM1/A/NFL/ABL1/digital"}


def test_whoever_recorded_a_bridge_does_not_sign_it(client: Client, world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    row = recorded(world, other)
    with pytest.raises(PermissionDenied):
        bridging.sign(by=world.authoriser, row=row, is_comparable=True, judgement="x", now=world.now)
    client.force_login(world.authoriser)
    page = client.get(reverse("bridge", args=[row.pk])).content.decode()
    assert "Recorded by you: another person signs." in page
    assert "Sign the judgement" not in page


@pytest.mark.parametrize(
    "change",
    [
        {"signed_by": "recorder", "is_comparable": True, "judgement": "x"},
        {"signed_by": "second", "is_comparable": None, "judgement": "x"},
        {"signed_by": "second", "is_comparable": True, "judgement": ""},
    ],
)
def test_the_database_refuses_a_signature_that_is_none(world: World, change: dict[str, object]) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    row = recorded(world, other)
    people = {"recorder": world.authoriser, "second": world.second_authoriser}
    signer = people[str(change.pop("signed_by"))]
    with pytest.raises(IntegrityError), transaction.atomic():
        AssayBridge.objects.filter(pk=row.pk).update(signed_by=signer, signed_at=world.now, **change)


def test_the_database_refuses_a_key_written_by_hand(world: World) -> None:
    world.authorised(world.patient(), date(2025, 3, 1), detected("0.01"))
    with pytest.raises(IntegrityError, match="follows its signed bridges"), transaction.atomic():
        Assay.objects.filter(pk=world.assay.pk).update(assay_key="B")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Assay.objects.filter(pk=world.assay.pk).update(own_key="B")


def test_the_database_refuses_to_rewrite_what_was_signed(world: World) -> None:
    other = other_assay(world)
    refreshed(other, world.assay)
    row = signed(world, recorded(world, other))
    changes: list[dict[str, object]] = [
        {"samples": []}, {"is_comparable": False}, {"factor": Decimal(2)}, {"second_key": "Z"}
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            AssayBridge.objects.filter(pk=row.pk).update(**change)
    revoked(world, row)
    with pytest.raises(IntegrityError, match="stays revoked"), transaction.atomic():
        AssayBridge.objects.filter(pk=row.pk).update(revoked_at=None, revoked_by=None, revoked_because="")


def test_markers_are_never_bridged(world: World) -> None:
    other = other_assay(world, "CBF", marker="CBFB::MYH11")
    refreshed(other, world.assay)
    with pytest.raises(ActionRefused, match="different markers"):
        recorded(world, other)


def test_a_key_is_one_line_whatever_a_code_holds(world: World) -> None:
    with pytest.raises(IntegrityError, match="assay_keys_in_one_line"), transaction.atomic():
        Assay.objects.create(
            laboratory=world.laboratory, marker="NPM1", name="Broken", version="1", assay_key="NPM1\nA"
        )
    assay = Assay(laboratory=world.laboratory, marker="NPM1", mutation_type="D\n1", name="Odd", version="1")
    assert assays._new_key(assay, "Odd") == "NPM1/D 1/NFL/ABL1"


def test_the_own_key_of_a_bridged_assay_is_given_to_no_other(world: World) -> None:
    other = other_assay(world, "NPM1/A/AAA")
    refreshed(other, world.assay)
    signed(world, recorded(world, other))
    refreshed(world.assay)
    assert (world.assay.own_key, world.assay.assay_key) == ("NPM1/A/NFL/ABL1", "NPM1/A/AAA")
    unrelated = Assay(
        laboratory=world.laboratory,
        marker="NPM1",
        mutation_type="A",
        name="Unrelated",
        version="1",
        valid_from=date(2026, 1, 1),
    )
    made = assays.add(by=world.authoriser, assay=unrelated, today=date(2026, 11, 20))
    refreshed(made)
    assert made.assay_key == made.own_key == "NPM1/A/NFL/ABL1/Unrelated"


def test_a_version_recorded_while_a_bridge_stands_leaves_it_with_the_one_before(world: World) -> None:
    other = other_assay(world, "NPM1/A/AAA")
    refreshed(other, world.assay)
    bridge = signed(world, recorded(world, other))
    refreshed(world.assay)
    successor = Assay(
        laboratory=world.laboratory, marker="NPM1", mutation_type="A", name=world.assay.name, version="5",
        valid_from=date(2026, 1, 1),
        loq_copies=3, reports_below_loq=True, changed_because="New master mix",
    )  # fmt: skip
    later = assays.revise(
        by=world.authoriser, last=world.assay, successor=successor, is_comparable=True, today=date(2026, 11, 20)
    )
    refreshed(later)
    assert later.assay_key == "NPM1/A/AAA"
    revoked(world, bridge)
    refreshed(later, world.assay)
    assert later.assay_key == world.assay.assay_key == "NPM1/A/NFL/ABL1"
