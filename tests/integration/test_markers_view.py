"""What is followed in a patient on the pages: another marker begun, type and marker corrected, each by whom it may."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from monitoring.actions import markers
from monitoring.models import AuditEntry, MrdSeries, StoredVerdict
from monitoring.models.choices import RoleChoice
from monitoring.queries.known_inputs import followed_series, read_inputs
from tests.integration.rest_api import Api
from tests.known_record import KnownRecord
from tests.patient_page import shown, words_of
from tests.world import World, _person, detected


@pytest.fixture
def series(world: World) -> Iterator[MrdSeries]:
    with time_machine.travel(world.now, tick=False):
        yield world.patient()


def sent(client: Client, world: World, address: str, typed: dict[str, str], **headers: str) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.post(address, typed, headers=headers)
    world.as_person(world.clinician)
    return answer


def corrected(series: MrdSeries, mutation_type: str, **changes: str) -> dict[str, str]:
    seen = f"{series.marker}|{series.mutation_type}"
    return {"marker": series.marker, "mutation_type": mutation_type, "seen": seen, "reason": "report", **changes}


def test_another_marker_is_followed_once(client: Client, world: World, series: MrdSeries) -> None:
    address = f"/patients/{series.patient_id}/markers/follow/"
    typed = {"marker": "CBFB::MYH11", "mutation_type": "a"}
    assert sent(client, world, address, typed).status_code == 302
    followed = MrdSeries.objects.get(marker="CBFB::MYH11")
    assert (followed.mutation_type, followed.patient_id) == ("A", series.patient_id)
    assert "CBFB::MYH11" in shown(client, world, series)
    again = sent(client, world, address, typed)
    assert (again.status_code, MrdSeries.objects.count()) == (422, 2)
    page = words_of(client.get(f"/patients/{series.patient_id}/markers/"))
    for words in ("NPM1 , type A", "CBFB:: MYH11 , type A", "none on record", "1000", "Follow another marker"):
        assert words in page


def test_the_type_is_corrected_and_results_of_another_assay_are_told(
    client: Client, world: World, series: MrdSeries
) -> None:
    world.authorised(series, date(2026, 9, 1), detected("0.5"))
    world.as_person(world.clinician)
    address = f"/markers/{series.pk}/"
    client.force_login(world.clinician)
    assert "1 result of this marker is on record: the marker stays what it is" in words_of(client.get(address))
    world.as_person(world.clinician)
    live = sent(client, world, address, corrected(series, "B"), **{"HX-Request": "true"})
    assert "1 result was measured by an assay for another type. It stays as it was signed" in words_of(live)
    assert MrdSeries.objects.get().mutation_type == "A"
    # the marker of the form is passed over: it was measured
    assert sent(client, world, address, corrected(series, "b", marker="CBFB::MYH11")).status_code == 302
    assert (MrdSeries.objects.get().marker, MrdSeries.objects.get().mutation_type) == ("NPM1", "B")
    entry = AuditEntry.objects.get(action="mrdseries.change")
    assert entry.before is not None
    assert (entry.before["mutation_type"], entry.reason) == ("A", "report")


def test_a_marker_that_was_never_measured_is_corrected_and_its_rules_with_it(
    client: Client, world: World, series: MrdSeries
) -> None:
    shown(client, world, series)
    revision = MrdSeries.objects.get().revision
    answer = sent(client, world, f"/markers/{series.pk}/", corrected(series, "", marker="RUNX1::RUNX1T1"))
    assert answer.status_code == 302
    assert "ELN MRD 2021 for CBF" in shown(client, world, series)
    found = MrdSeries.objects.get()
    assert found.revision == revision + 1
    assert set(StoredVerdict.objects.values_list("revision", flat=True)) == {found.revision}


def test_marker_and_type_of_a_moment_are_those_of_then(world: World) -> None:
    record = KnownRecord(world)
    moments = []
    for changes in ({"mutation_type": "B"}, {"marker": "RUNX1::RUNX1T1", "mutation_type": ""}):
        moments.append(timezone.now())
        world.as_person(world.clinician)
        markers.correct(by=world.clinician, series=record.series, changes=changes, now=timezone.now(), reason="report")
    told = [[(row.marker, row.mutation_type) for row in followed_series(record.patient, at)] for at in (*moments, None)]
    assert told == [[("NPM1", "A")], [("NPM1", "B")], [("RUNX1::RUNX1T1", "")]]
    rules = [read_inputs([record.series.pk], at)[0].series.marker for at in (*moments, None)]
    assert rules == ["NPM1", "NPM1", "RUNX1::RUNX1T1"]


def test_nobody_overwrites_what_somebody_else_corrected(client: Client, world: World, series: MrdSeries) -> None:
    late = sent(client, world, f"/markers/{series.pk}/", corrected(series, "D", seen="NPM1|B"))
    assert (late.status_code, "Somebody has changed this meanwhile" in words_of(late)) == (409, True)
    silent = sent(client, world, f"/markers/{series.pk}/", corrected(series, "D", reason=""))
    assert (silent.status_code, "Say why it is corrected." in words_of(silent)) == (422, True)
    assert MrdSeries.objects.get().mutation_type == "A"


def test_who_only_reads_the_chart_finds_no_link_and_is_refused(client: Client, world: World, series: MrdSeries) -> None:
    auditor = _person("auditor", RoleChoice.AUDITOR, world.centre)
    client.force_login(auditor)
    page = client.get(f"/patients/{series.patient_id}/").content.decode()
    for link in ("/markers/", "/treatments/", "/diagnosis/"):
        assert link not in page
    for address in (f"/patients/{series.patient_id}/treatments/add/", f"/markers/{series.pk}/diagnosis/BM/"):
        world.as_person(auditor)
        assert client.get(address).status_code == 403
    level = {"value": "3", "scale": "RATIO", "collected_on": "2024-06-03"}
    assert Api(world, auditor).send("put", f"series/{series.pk}/baselines/PB/", level).status_code == 403
    assert Api(world, auditor).get(f"series/{series.pk}/baselines/BM/").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("data_manager", 200), ("authoriser", 403), ("stranger", 404)])
def test_who_may_say_what_is_followed(client: Client, world: World, series: MrdSeries, who: str, status: int) -> None:
    client.force_login(getattr(world, who))
    for address in (
        f"/patients/{series.patient_id}/markers/", f"/patients/{series.patient_id}/markers/follow/",
        f"/markers/{series.pk}/",
    ):  # fmt: skip
        world.as_person(getattr(world, who))
        assert client.get(address).status_code == status, address
