"""What was known before a bridge between two assays was signed, while it stood, and after it was revoked."""

import gzip
import json
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from monitoring.actions import recompute
from monitoring.domain.classify import classify_all
from monitoring.domain.terms import RuleSetId
from monitoring.models import Assay, AssayBridge, CareRelation, MrdResult, User
from monitoring.queries import known_inputs
from monitoring.queries.known_results import standing
from monitoring.queries.patient_page import read_patient_page
from monitoring.queries.patient_record import Standpoint
from tests.bridged_assays import other_assay, recorded, refreshed, revoked, signed
from tests.integration.test_rest import Api
from tests.known_record import KnownRecord
from tests.world import World

FIRST, DIGITAL = "NPM1/A/NFL/ABL1", "NPM1/A/NFL/ABL1/digital"


class Bridged:
    """A level by one assay, two fifty times as high by another; then their bridge is recorded, signed and revoked."""

    def __init__(self, world: World) -> None:
        self.world, self.record, self.other = world, KnownRecord(world), other_assay(world, DIGITAL)
        refreshed(world.assay, self.other)
        self.told: list[tuple[datetime, tuple[str, list[str]]]] = []
        self.result("0.01", collected=120)
        self.result("0.5", collected=60, by=self.other)
        self.result("0.6", collected=30, by=self.other)
        self.unsigned = self.moment(lambda: recorded(world, self.other))
        self.joined = self.moment(lambda: signed(world, AssayBridge.objects.get()))
        self.apart = self.moment(lambda: revoked(world, AssayBridge.objects.get()))

    def result(self, pct_abl1: str, *, collected: int, by: Assay | None = None) -> MrdResult:
        """A marrow result that was signed three days ago."""
        first, self.world.assay = self.world.assay, by or self.world.assay
        found = self.record.result(self.record.day(collected), pct_abl1, days_ago=3)
        self.world.assay = first
        return found

    def moment(self, step: Any) -> datetime:
        """Take a step, let the worker follow it, keep what the page tells, and return the moment of it."""
        self.world.now = timezone.now()
        step()
        self.world.as_person(self.world.clinician)
        recompute.drain_patient(self.record.patient.pk, now=timezone.now())
        self.told.append((timezone.now(), self.page(None)))
        return self.told[-1][0]

    def page(self, at: datetime | None) -> tuple[str, list[str]]:
        """The state that the page tells from a moment (None is now), and the flags beside it."""
        today = self.record.day(0)
        marker = read_patient_page(self.record.patient, Standpoint(today, today, at)).marker
        assert marker is not None
        return marker.verdict.state, sorted(flag.code for flag in marker.verdict.flags)

    def state(self, at: datetime | None, reader: User | None = None) -> str:
        """The verdict by ELN 2021 as known at a moment; None is now."""
        self.world.as_person(reader or self.world.clinician)
        [inputs] = known_inputs.read_inputs([self.record.series.pk], at)
        return classify_all(inputs.series, as_of=self.record.day(0))[RuleSetId.ELN2021].state

    def keys(self, at: datetime) -> list[str]:
        """The keys of the results that counted at a moment, as they are read then."""
        return [row.assay_key for row in standing(MrdResult.objects.filter(series=self.record.series), at)]


@pytest.fixture
def bridged(world: World) -> Bridged:
    return Bridged(world)


def test_a_relapse_across_assays_is_known_while_the_bridge_stands(bridged: Bridged) -> None:
    assert bridged.state(bridged.record.ago(1)) == "LOW_LEVEL"
    assert bridged.state(bridged.unsigned) == "LOW_LEVEL"
    assert bridged.state(bridged.joined) == "CONFIRMED"
    assert bridged.state(bridged.apart) == "LOW_LEVEL"
    assert bridged.state(None) == "LOW_LEVEL"


def test_what_the_page_said_then_is_what_it_says_of_then(bridged: Bridged) -> None:
    at_each_step = [told for _, told in bridged.told]
    assert [state for state, _ in at_each_step] == ["LOW_LEVEL", "CONFIRMED", "LOW_LEVEL"]
    bridged.world.as_person(bridged.world.clinician)
    assert [bridged.page(at) for at, _ in bridged.told] == at_each_step


def test_the_moment_of_a_signature_and_that_of_a_revocation_belong_to_what_they_made(bridged: Bridged) -> None:
    row = AssayBridge.objects.get()
    assert row.signed_at is not None
    assert row.revoked_at is not None
    just = timedelta(microseconds=1)
    apart, one = [FIRST, DIGITAL, DIGITAL], [FIRST] * 3
    bridged.world.as_person(bridged.world.clinician)
    assert [bridged.keys(at) for at in (row.signed_at - just, row.signed_at)] == [apart, one]
    assert [bridged.keys(at) for at in (row.revoked_at - just, row.revoked_at)] == [one, apart]


def test_judged_not_comparable_or_revoked_unsigned_joins_at_no_moment(world: World) -> None:
    bridged = Bridged(world)
    row = bridged.moment(lambda: signed(world, recorded(world, bridged.other), comparable=False))
    unsigned = bridged.moment(lambda: revoked(world, recorded(world, bridged.other)))
    assert [bridged.state(at) for at in (row, unsigned)] == ["LOW_LEVEL", "LOW_LEVEL"]


def test_another_centre_that_cares_for_the_patient_reads_the_same_past(bridged: Bridged) -> None:
    """Of the bridge itself, which belongs to the laboratory, its people see nothing."""
    world = bridged.world
    CareRelation.objects.create(
        patient=bridged.record.patient, centre=world.elsewhere, role="TRANSPLANT", starts_on=date(2020, 1, 1)
    )
    moments = (bridged.unsigned, bridged.joined, bridged.apart, None)
    states = [bridged.state(at, reader=world.stranger) for at in moments]
    assert states == ["LOW_LEVEL", "CONFIRMED", "LOW_LEVEL", "LOW_LEVEL"]
    assert not AssayBridge.objects.exists()


def test_of_keys_that_hang_together_each_moment_has_its_own(world: World) -> None:
    """Three bridges are signed and revoked one by one: at every moment the keys read are those that stood."""
    record = KnownRecord(world)
    assays = [world.assay, other_assay(world, "B"), other_assay(world, "C"), other_assay(world, "Z")]
    refreshed(*assays)
    for number, each in enumerate(assays):
        world.assay = each
        record.result(record.day(100 - number), "0.5", days_ago=3)
    first, second, third, apart = assays
    steps = [(second, third), (first, second), (apart, third)]
    shown = [(record.ago(1), stored_keys(record))]
    for one, other in steps:
        world.now = timezone.now()
        signed(world, recorded(world, other, first=one))
        shown.append((timezone.now(), stored_keys(record)))
    for row in AssayBridge.objects.order_by("first_key"):
        world.now = timezone.now()
        revoked(world, row)
        shown.append((timezone.now(), stored_keys(record)))
    world.as_person(world.clinician)
    assert len({tuple(keys) for _, keys in shown}) > 4
    rows = MrdResult.objects.filter(series=record.series)
    assert [[row.assay_key for row in standing(rows, at)] for at, _ in shown] == [keys for _, keys in shown]


def stored_keys(record: KnownRecord) -> list[str]:
    record.world.as_person(record.world.clinician)
    rows = MrdResult.objects.filter(series=record.series).order_by("collected_on", "pk")
    return list(rows.values_list("assay_key", flat=True))


def test_page_and_figure_of_the_moment_agree(client: Client, bridged: Bridged) -> None:
    client.force_login(bridged.world.clinician)
    told = []
    for at in (bridged.unsigned, bridged.joined, bridged.apart):
        query = {"known_at": at.isoformat()}
        page = client.get(f"/patients/{bridged.record.patient.pk}/", query).content.decode()
        answer = client.get(f"/patients/{bridged.record.patient.pk}/figure/", query)
        [verdict] = re.findall(r'<section class="verdict".*?</section>', page, re.DOTALL)
        told.append(("Confirmed molecular relapse" in verdict, keys_drawn(answer)))
    assert told == [(False, {FIRST, DIGITAL}), (True, {FIRST}), (False, {FIRST, DIGITAL})]


def test_results_and_verdicts_over_rest_agree(bridged: Bridged) -> None:
    api, series = Api(bridged.world.clinician), f"series/{bridged.record.series.pk}/"
    last = MrdResult.objects.latest("collected_on").pk
    expected = {bridged.unsigned: DIGITAL, bridged.joined: FIRST, bridged.apart: DIGITAL}
    for at, key in expected.items():
        query = {"known_at": at.isoformat()}
        for path in (f"{series}results/", "results/"):
            listed = api.get(path, **query).json()["results"]
            assert {one["assay_key"] for one in listed} == {FIRST, key}
        assert api.get(f"results/{last}/", **query).json()["assay_key"] == key
        state = api.get(f"{series}verdicts/", **query).json()["verdicts"]["ELN2021"]["state"]
        assert state == ("CONFIRMED" if key == FIRST else "LOW_LEVEL")
        assert keys_drawn(api.get(f"{series}figure/", **query)) == {FIRST, key}


def keys_drawn(answer: Any) -> set[str]:
    content = answer.content
    told = json.loads(gzip.decompress(content) if answer.headers.get("Content-Encoding") == "gzip" else content)
    return {point["assay_key"] for point in told["layout"]["meta"]["points"] if "assay_key" in point}
