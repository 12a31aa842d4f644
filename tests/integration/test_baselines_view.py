"""The level at diagnosis on the pages: read back with its scale and what it changes, then saved; never silently."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from monitoring.actions import recompute
from monitoring.domain.readings import ReportedReading
from monitoring.domain.terms import Call, RuleSetId, Tissue
from monitoring.domain.units import Scale
from monitoring.models import Alert, AuditEntry, Baseline, MrdResult, MrdSeries, RowHistory
from monitoring.queries.known_inputs import read_inputs
from tests.known_record import KnownRecord
from tests.patient_page import shown, words_of
from tests.world import World, detected, not_detected


@pytest.fixture
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World, today: None) -> MrdSeries:
    """By Tiong 2020: a relapse confirmed by one sample, since 12 % of ABL1 is 1.2 % of diagnosis."""
    world.centre.alerting_ruleset = RuleSetId.TIONG2020
    world.centre.save()
    found = world.patient()
    world.authorised(found, date(2026, 7, 1), not_detected())
    world.authorised(found, date(2026, 11, 12), detected("12"))
    world.as_person(world.clinician)
    recompute.drain_patient(found.patient_id, now=world.now)
    return found


def level(series: MrdSeries, tissue: str = "BM") -> Baseline:
    return Baseline.objects.get(series=series, tissue=tissue)


def typed(series: MrdSeries, value: str, **changes: str) -> dict[str, str]:
    told = {"value": value, "scale": "PCT_ABL1", "abl1_copies": "", "collected_on": "2024-06-03"}
    standing = Baseline.objects.filter(series=series, tissue="BM").first()
    seen = {"seen": standing.recorded_at.isoformat(), "reason": "The report says so"} if standing else {}
    return told | seen | changes


def sent(client: Client, world: World, series: MrdSeries, told: dict[str, str], tissue: str = "BM") -> Any:
    client.force_login(world.clinician)
    answer: Any = client.post(f"/markers/{series.pk}/diagnosis/{tissue}/", told)
    world.as_person(world.clinician)
    return answer


def saved(client: Client, world: World, series: MrdSeries, told: dict[str, str], tissue: str = "BM") -> Any:
    """Read it back and save what was read."""
    back = sent(client, world, series, told, tissue)
    [understood] = re.findall(r'name="understood" value="(\w+)"', back.content.decode())
    return sent(client, world, series, told | {"step": "save", "understood": understood}, tissue)


def test_a_level_is_read_back_on_every_scale_with_what_it_would_change_and_nothing_is_written(
    client: Client, world: World, series: MrdSeries
) -> None:
    back = words_of(sent(client, world, series, typed(series, "6400000", scale="PER_10_5_ABL1")))
    assert "At diagnosis, 3 June 2024, in the marrow: 6,400 % of ABL1." in back
    for line in ("ratio to ABL1 64", "copies per 10⁴ ABL1 640,000", "copies per 10⁵ ABL1 6,400,000"):
        assert line in back
    assert "Tiong 2020 would take back the molecular relapse of 12 Nov 2026" in back
    assert "ELN 2021 would" not in back
    assert level(series).pct_abl1 == 1000


def test_a_corrected_level_changes_the_episode_and_the_alert_follows(
    client: Client, world: World, series: MrdSeries
) -> None:
    alert = Alert.objects.get(series=series, code="EPISODE", ruleset="TIONG2020")
    assert alert.state == "RAISED"
    answer = saved(client, world, series, typed(series, "6400000", scale="PER_10_5_ABL1"))
    assert answer.status_code == 302
    page = shown(client, world, series)
    assert "By Tiong 2020 now: Suspected molecular relapse." in page
    was = RowHistory.objects.get(table_name="monitoring_baseline").row
    assert level(series).pct_abl1 == 6400
    assert was["pct_abl1"] == 1000
    entry = AuditEntry.objects.get(action="baseline.change")
    assert entry.before is not None
    assert (entry.before["pct_abl1"], entry.reason) == ("1000", "The report says so")
    alert.refresh_from_db()
    retracted = Alert.objects.filter(series=series, code="EPISODE", state="RETRACTED", ruleset="TIONG2020").exists()
    assert retracted or alert.detail["status"] == "SUSPECTED"


@pytest.mark.parametrize(
    ("value", "changes", "question"),
    [
        ("6.4", {"scale": "PER_10_5_ABL1"}, "two logs or more away from this one. Is the scale right?"),
        ("9", {}, "usually several hundred to several thousand % of ABL1"),
        ("1", {}, "A later result of this tissue is 12 % of ABL1"),
        ("640", {"collected_on": "2025-06-03"}, "more than 30 days away from the diagnosis (3 Jun 2024)"),
        ("640", {"abl1_copies": "900"}, "fewer than 1,000 ABL1 copies"),
    ],
)
def test_an_unusual_level_asks_and_is_saved_only_once_that_was_answered(
    client: Client, world: World, series: MrdSeries, value: str, changes: dict[str, str], question: str
) -> None:
    told = typed(series, value, **changes)
    assert question in words_of(sent(client, world, series, told))
    asked = saved(client, world, series, told)
    assert (asked.status_code, "answer the question first" in words_of(asked)) == (422, True)
    assert level(series).pct_abl1 == 1000
    assert saved(client, world, series, told | {"sure": "yes"}).status_code == 302
    assert AuditEntry.objects.filter(action="baseline.change").exists()


def test_a_thousand_with_a_separator_is_asked_about_on_every_scale(
    client: Client, world: World, series: MrdSeries
) -> None:
    for scale in ("PCT_ABL1", "RATIO", "PER_10_4_ABL1", "PER_10_5_ABL1"):
        answer = sent(client, world, series, typed(series, "1,000", scale=scale))
        assert (answer.status_code, "1000, or 1?" in words_of(answer)) == (422, True), scale
    chosen = sent(client, world, series, typed(series, "6,400", **{"meant-value": "6400"}))
    assert (chosen.status_code, "6,400 % of ABL1" in words_of(chosen)) == (200, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": ""}, "Type the level."),
        ({"value": "0"}, "0 is not a level"),
        ({"value": "<0.1"}, "is a limit"),
        ({"value": "NaN"}, "is not a number"),
        ({"value": "2000000"}, "more than can be measured"),
        ({"scale": ""}, "a number without its unit is refused"),
        ({"scale": "PCT_BASELINE"}, "PCT_BASELINE"),
        ({"abl1_copies": "0"}, "Without ABL1 copies there is no level"),
        ({"abl1_copies": "30.000"}, "30000"),
        ({"collected_on": "2026-11-21"}, "in the future"),
        ({"collected_on": "1950-01-01"}, "before the patient"),
        ({"collected_on": "03/06/2024"}, "year-month-day"),
        ({"reason": " "}, "Say why it is corrected."),
    ],
)
def test_what_is_no_level_is_refused_at_its_field(
    client: Client, world: World, series: MrdSeries, changes: dict[str, str], sentence: str
) -> None:
    answer = sent(client, world, series, typed(series, "640") | changes | {"step": "save"})
    assert (answer.status_code, sentence in words_of(answer)) == (422, True)
    assert level(series).pct_abl1 == 1000


def test_nothing_is_saved_that_was_not_read_back(client: Client, world: World, series: MrdSeries) -> None:
    for understood in ("", "0123456789abcdef"):
        told = typed(series, "640") | {"step": "save", "understood": understood}
        answer = sent(client, world, series, told)
        assert (answer.status_code, "no longer what would be saved" in words_of(answer)) == (200, True)
    assert level(series).pct_abl1 == 1000


def test_two_people_at_once_do_not_overwrite_each_other(client: Client, world: World, series: MrdSeries) -> None:
    first = typed(series, "640") | {"seen": "2026-01-01T00:00:00+00:00"}
    late = saved(client, world, series, first)
    assert (late.status_code, "Somebody has changed this meanwhile" in words_of(late)) == (409, True)
    blood = typed(series, "300") | {"reason": "", "seen": ""}
    back = sent(client, world, series, blood, "PB")
    [understood] = re.findall(r'name="understood" value="(\w+)"', back.content.decode())
    Baseline.objects.create(
        series=series, patient=series.patient, tissue="PB", pct_abl1=Decimal(300), collected_on=date(2024, 6, 3)
    )
    late = sent(client, world, series, blood | {"step": "save", "understood": understood, "reason": "x"}, "PB")
    assert (late.status_code, "was recorded meanwhile" in words_of(late)) == (409, True)


def test_a_first_level_needs_no_reason_and_a_measured_one_is_constructed_no_more(
    client: Client, world: World, series: MrdSeries
) -> None:
    blood = {"value": "30", "scale": "RATIO", "abl1_copies": "26708", "collected_on": "2024-06-03"}
    assert saved(client, world, series, blood | {"sure": "yes"}, "PB").status_code == 302
    assert level(series, "PB").pct_abl1 == 3000
    assert level(series, "PB").abl1_copies == 26708
    Baseline.objects.filter(series=series, tissue="BM").update(constructed=["pct_abl1", "collected_on"])
    assert saved(client, world, series, typed(series, "640")).status_code == 302
    assert level(series).constructed == ["collected_on"]


def test_results_in_per_cent_of_diagnosis_keep_their_level_and_the_page_says_so(
    client: Client, world: World, series: MrdSeries
) -> None:
    asked = "reported in % of diagnosis"
    assert asked not in words_of(sent(client, world, series, typed(series, "640")))
    world.authorised(series, date(2026, 11, 18), ReportedReading(Call.DETECTED, Decimal(1), Scale.PCT_BASELINE))
    world.as_person(world.clinician)
    back = words_of(sent(client, world, series, typed(series, "640")))
    assert "1 result was reported in % of diagnosis and turned into % of ABL1 by the level on record (1,000 %" in back
    assert saved(client, world, series, typed(series, "640")).status_code == 302
    assert MrdResult.objects.get(collected_on=date(2026, 11, 18)).pct_abl1 == 10
    page = shown(client, world, series)
    assert "ask the laboratory to amend it" in page


def test_a_level_is_removed_with_its_reason(client: Client, world: World, series: MrdSeries) -> None:
    client.force_login(world.clinician)
    address = f"/markers/{series.pk}/diagnosis/BM/remove/"
    page = words_of(client.get(address))
    assert "Without it % of diagnosis and log reduction cannot be told, and Tiong 2020 cannot grade." in page
    assert "Tiong 2020 would take back the molecular relapse" in page
    world.as_person(world.clinician)
    for told, status in (
        ({"reason": ""}, 422), ({"reason": "x", "seen": "2026-01-01T00:00:00+00:00"}, 409),
        ({"reason": "another patient", "seen": level(series).recorded_at.isoformat()}, 302),
    ):  # fmt: skip
        assert client.post(address, told).status_code == status
        world.as_person(world.clinician)
    assert not Baseline.objects.exists()
    assert f"/markers/{series.pk}/diagnosis/BM/" in client.get(f"/patients/{series.patient_id}/").content.decode()


@pytest.mark.parametrize(("who", "status"), [("data_manager", 200), ("technician", 403), ("stranger", 404)])
def test_who_may_set_a_level(client: Client, world: World, series: MrdSeries, who: str, status: int) -> None:
    world.as_person(getattr(world, who))
    client.force_login(getattr(world, who))
    for address in (f"/markers/{series.pk}/diagnosis/PB/", f"/patients/{series.patient_id}/markers/"):
        assert client.get(address).status_code == status, address
        world.as_person(getattr(world, who))
    assert client.get(f"/markers/{series.pk}/diagnosis/XX/").status_code == 404


def test_what_was_known_before_a_correction_is_told_as_it_was(client: Client, world: World) -> None:
    record = KnownRecord(world)
    before = timezone.now()
    world.as_person(world.clinician)
    told = {
        "value": "640", "scale": "PCT_ABL1", "collected_on": record.day(500).isoformat(), "reason": "scale",
        "seen": level(record.series).recorded_at.isoformat(),
    }  # fmt: skip
    assert saved(client, world, record.series, told).status_code == 302
    [then], [now] = read_inputs([record.series.pk], before), read_inputs([record.series.pk], None)
    marrow = Tissue.BONE_MARROW
    assert then.series.baseline_pct_abl1[marrow] == 1000
    assert now.series.baseline_pct_abl1[marrow] == 640
