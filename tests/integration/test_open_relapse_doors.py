"""An open, untreated relapse: its alert is the first thing to act on, and no date of follow-up stands uncommented."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.actions import acknowledging, patients, treatments
from monitoring.actions.acknowledging import ActionTaken, Decision, NextSampleTissue
from monitoring.actions.alert_turns import SeenAlert
from monitoring.models import Alert, MrdSeries, MutationFinding
from monitoring.models.choices import TreatmentKindChoice
from tests.integration.rest_api import Api
from tests.patient_page import event, relapsed, shown, words_of
from tests.reports import composing
from tests.world import World, detected, not_detected

NOT_MADE = "This follow-up interval was not made for an open relapse."
AGREED = "Agreed when the alert was acknowledged"


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


def acknowledged(world: World, series: MrdSeries, on: date | None) -> None:
    world.as_person(world.clinician)
    alert = Alert.objects.get(series=series, code="EPISODE")
    series.refresh_from_db()
    tissue = NextSampleTissue.BOTH if on else NextSampleTissue.NONE
    acknowledging.acknowledge(
        by=world.clinician, alert=alert, seen=SeenAlert(series.revision, alert.changed_at),
        decision=Decision(ActionTaken.WATCH, "donor lymphocytes asked", on, tissue), now=world.now,
    )  # fmt: skip


def in_follow_up(world: World) -> MrdSeries:
    """A confirmed relapse within two years of the end of treatment: the schedule has a date."""
    series = world.patient(end_of_treatment=date(2026, 1, 6))
    world.authorised(series, date(2026, 7, 1), not_detected())
    world.authorised(series, date(2026, 10, 29), detected("0.02"))
    world.authorised(series, date(2026, 11, 16), detected("0.093"))
    return series


def page_of(client: Client, world: World, address: str) -> str:
    client.force_login(world.clinician)
    answer = client.get(address)
    assert answer.status_code == 200
    world.as_person(world.clinician)
    return words_of(answer)


def html_of(client: Client, world: World, series: MrdSeries) -> str:
    client.force_login(world.clinician)
    return client.get(f"/patients/{series.patient_id}/").content.decode()


def test_the_open_alert_with_who_is_responsible_stands_before_curve_and_reasons(client: Client, world: World) -> None:
    html = html_of(client, world, relapsed(world))
    order = ['<h2 id="v">', 'id="alerts"', "nobody is named", "Name the clinicians", "/acknowledge/", "curve stack"]
    places = [html.index(each) for each in [*order, 'id="why"', "What would change it"]]
    assert places == sorted(places)
    assert '<details class="s q change"><summary>What would change it' in html


def test_where_no_alert_waits_what_would_change_it_stands_open(client: Client, world: World) -> None:
    series = relapsed(world)
    acknowledged(world, series, date(2026, 12, 3))
    html = html_of(client, world, series)
    assert '<details class="s q change" open>' in html
    assert html.index("curve stack") < html.index('id="alerts"')


def test_old_findings_have_their_day_and_say_that_nobody_tested_since(client: Client, world: World) -> None:
    series = relapsed(world)
    for gene, on in (("FLT3-ITD", date(2025, 6, 4)), ("IDH1", date(2026, 11, 2))):
        row = MutationFinding(gene=gene, status="ABSENT", found_on=on)
        patients.record_finding(by=world.clinician, patient=series.patient, finding=row, now=world.now)
    page = shown(client, world, series)
    assert "FLT3-ITD not detected, 4 Jun 2025, not retested since" in page
    assert "IDH1 not detected, 2 Nov 2026 Never tested, by this record FLT3-TKD, IDH2" in page
    with composing() as reports:
        client.get(f"/patients/{series.patient_id}/report.pdf")
    facts = {one.name: one.value for one in reports[0].sheets[0].facts}
    assert facts["FLT3-ITD"] == "not detected, 4 Jun 2025, not retested since"
    assert facts["Never tested, by this record"] == "FLT3-TKD, IDH2"


def test_the_banner_says_mrd_at_transplant_and_what_is_not_recorded(client: Client, world: World) -> None:
    series = world.patient()
    event(world, series, "HSCT", date(2026, 6, 25), donor="unrelated 10/10")
    assert "25 Jun 2026, unrelated 10/10, MRD at transplant: not recorded GVHD, DLI not recorded" in shown(
        client, world, series
    )
    event(world, series, "GVHD", date(2026, 8, 3))
    event(world, series, "HSCT", date(2026, 9, 1), mrd_at_hsct="NEGATIVE")
    page = shown(client, world, series)
    assert "1 Sep 2026, MRD at transplant: negative" in page
    assert "GVHD 3 Aug 2026 DLI not recorded" in page


def schedule(world: World, series: MrdSeries) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Api(world, world.clinician).get(f"series/{series.pk}/schedule/").json()["to_come"]
    return found


def test_every_door_says_that_the_interval_was_not_made_for_it_and_what_was_agreed(
    client: Client, world: World
) -> None:
    series = in_follow_up(world)
    acknowledged(world, series, date(2026, 12, 3))
    said = f"{AGREED}: marrow and blood, 3 Dec 2026, 13 days left."
    chart = shown(client, world, series)
    assert chart.count(NOT_MADE) == 1
    assert f"Marrow and blood {AGREED} 3 Dec 2026 13 days left" in chart
    for address in ("/schedule/?within=91", "/patients/"):
        listed = page_of(client, world, address)
        assert NOT_MADE in listed, address
        assert said in listed, address
    assert [due["not_made_for_open_relapse"] for due in schedule(world, series)] == [True]
    with composing() as reports:
        client.get(f"/patients/{series.patient_id}/report.pdf")
    numbers = {one.name: one for one in reports[0].sheets[0].marker.numbers}  # type: ignore[union-attr]
    assert NOT_MADE in numbers["Next sample due"].beside
    assert numbers["Next sample agreed"].beside == said


def test_on_the_worklist_too_once_the_date_is_near(client: Client, world: World) -> None:
    series = in_follow_up(world)
    acknowledged(world, series, None)
    near = date.fromisoformat(schedule(world, series)[0]["due_on"]) - timedelta(days=3)
    with time_machine.travel(world.now.replace(year=near.year, month=near.month, day=near.day), tick=False):
        page = page_of(client, world, "/")
    assert NOT_MADE in page
    assert "No further sample was agreed" in page


def test_treatment_since_the_index_takes_the_remark_away(client: Client, world: World) -> None:
    series = in_follow_up(world)
    treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.SALVAGE, regimen="FLAG-Ida",
        starts_on=date(2026, 11, 18), ends_on=None, now=world.now,
    )  # fmt: skip
    assert NOT_MADE not in shown(client, world, series)
    assert not any(due["not_made_for_open_relapse"] for due in schedule(world, series))
    assert NOT_MADE not in page_of(client, world, "/patients/")


def test_patients_are_ticked_in_the_list_and_the_pages_lead_to_the_meeting_list(client: Client, world: World) -> None:
    series = world.patient()
    client.force_login(world.clinician)
    listed = client.get("/patients/").content.decode()
    assert f'<input type="checkbox" name="patient" value="{series.patient_id}">' in listed
    assert '<form method="get" action="/patients/meeting/"' in listed
    assert f'href="/patients/meeting/?patient={series.patient_id}"' in html_of(client, world, series)
    page = client.get("/patients/meeting/").content.decode()
    assert '<a href="/patients/meeting/" aria-current="page">Meeting</a>' in page
