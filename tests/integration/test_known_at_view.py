"""The patient page and the figure of a moment: what was known then, said calmly, and nothing to act upon."""

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring.actions import events, recompute
from monitoring.models import ClinicalEvent, MrdSeries, MutationFinding, ReadEntry
from monitoring.models.choices import MarkerChoice
from tests.integration.test_patient_page_states import crowd
from tests.known_record import KnownRecord, transplanted_between
from tests.world import World


def address(record: KnownRecord, what: str = "") -> str:
    return f"/patients/{record.patient.pk}/{what}"


def moment(record: KnownRecord, days_ago: float) -> str:
    return record.ago(days_ago).astimezone(record.world.centre.zone).isoformat()


def html(client: Client, record: KnownRecord, status: int = 200, **query: str) -> str:
    client.force_login(record.world.clinician)
    answer = client.get(address(record), query)
    assert answer.status_code == status, answer.content
    record.world.as_person(record.world.clinician)
    return answer.content.decode()


def shown(client: Client, record: KnownRecord, status: int = 200, **query: str) -> str:
    text = unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", html(client, record, status, **query), flags=re.DOTALL))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def figure(client: Client, record: KnownRecord, **query: str) -> Any:
    client.force_login(record.world.clinician)
    answer: Any = client.get(address(record, "figure/"), query)
    record.world.as_person(record.world.clinician)
    return answer


@pytest.fixture
def corrected(world: World) -> KnownRecord:
    """Three days ago a transplant was recorded; today its day is corrected, and a relapse comes to light."""
    record, transplant = transplanted_between(world)
    recompute.drain_patient(record.patient.pk, now=timezone.now())
    world.as_person(world.clinician)
    events.change(
        by=world.clinician, event=transplant, changes={"happened_on": record.day(130)}, reason="wrong day",
        now=world.now,
    )  # fmt: skip
    return record


def test_the_page_known_at_yesterday_still_shows_the_verdict_of_yesterday(
    client: Client, corrected: KnownRecord
) -> None:
    assert "Confirmed molecular relapse" in shown(client, corrected)
    yesterday = shown(client, corrected, known_at=moment(corrected, 1))
    assert "Confirmed molecular relapse" not in yesterday
    assert "Low level" in yesterday
    assert f"after HSCT, {corrected.day(50).day} " in yesterday


def test_a_banner_says_which_standpoint_is_shown_with_a_link_back_to_now(client: Client, world: World) -> None:
    page = html(client, KnownRecord(world, days_ago=9000), as_of="2026-03-12", known_at="2026-03-13 17:00")
    assert (
        "As collected by 12 March 2026 and as recorded by 13 March 2026, 17:00; this is not the current state." in page
    )
    assert '<a href="?">Show the current state</a>' in page


def test_paper_says_it_too(client: Client, corrected: KnownRecord) -> None:
    page = html(client, corrected, known_at=moment(corrected, 1))
    [classes] = re.findall(r'<div class="([^"]+)" id="standpoint">', page)
    rules = (Path(__file__).parents[2] / "static/css/print.css").read_text()
    hidden = re.findall(r"([^{}]+)\{ display: none", rules)[0]
    assert not [name for name in classes.split() if re.search(rf"\.{name}\s*[,{{]", hidden)]


def test_nothing_on_it_acts_upon_the_past(client: Client, corrected: KnownRecord) -> None:
    now = html(client, corrected)
    past = html(client, corrected, known_at=moment(corrected, 1))
    for door in ("/acknowledge/", "/events/add/", "/cycles/add/", f"/events/{ClinicalEvent.objects.get().pk}/"):
        assert door in now
        assert door not in past
    assert 'method="post"' not in past[past.index("<main") : past.index("</main>")]


def test_the_day_is_that_of_the_moment_unless_another_one_is_asked_for(client: Client, corrected: KnownRecord) -> None:
    told = json.loads(figure(client, corrected, known_at=moment(corrected, 2)).content)["layout"]["meta"]
    assert told["as_of"] == corrected.day(2).isoformat()
    asked = figure(client, corrected, known_at=moment(corrected, 2), as_of=corrected.day(45).isoformat())
    assert json.loads(asked.content)["layout"]["meta"]["as_of"] == corrected.day(45).isoformat()


def test_the_figure_is_that_of_the_page_and_names_the_moment(client: Client, corrected: KnownRecord) -> None:
    page = html(client, corrected, known_at=moment(corrected, 1))
    [source] = re.findall(r'data-figure="([^"]+)"', page)
    told = json.loads(client.get(unescape(source)).content)["layout"]["meta"]
    assert told["state"] == "LOW_LEVEL"
    assert told["known_at"] == moment(corrected, 1)
    assert [line["on"] for line in told["lines"] if line["kind"] == "HSCT"] == [corrected.day(50).isoformat()]
    assert "known_at" not in json.loads(figure(client, corrected).content)["layout"]["meta"]


def test_each_standpoint_of_the_figure_has_its_own_tag(client: Client, corrected: KnownRecord) -> None:
    asked: list[dict[str, str]] = [
        {}, {"as_of": corrected.day(1).isoformat()}, {"known_at": moment(corrected, 1)},
        {"known_at": moment(corrected, 1.001)},
        {"known_at": moment(corrected, 1), "as_of": corrected.day(2).isoformat()},
    ]  # fmt: skip
    tags = [figure(client, corrected, **query)["ETag"] for query in asked]
    assert len(set(tags)) == len(tags)
    again = client.get(address(corrected, "figure/"), asked[2], headers={"If-None-Match": tags[2]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("known_at", "said"),
    [
        ("yesterday", "Write the moment as day and time, for example 2026-03-13 17:00"),
        ("2026-02-30 10:00", "is no moment of the calendar"),
        ("2199-01-01 10:00", "This moment is in the future."),
    ],
)
def test_a_moment_that_cannot_be_is_refused_and_nothing_of_the_record_is_shown(
    client: Client, corrected: KnownRecord, known_at: str, said: str
) -> None:
    page = shown(client, corrected, 422, known_at=known_at)
    assert said in page
    assert "HSCT" not in page
    assert "Born" not in page
    assert f'value="{known_at}"' in html(client, corrected, 422, known_at=known_at)
    assert not ReadEntry.objects.exists()
    answer = figure(client, corrected, known_at=known_at)
    assert answer.status_code == 422
    assert said in answer.json()["errors"]["known_at"][0]


def test_a_day_that_cannot_be_beside_a_moment_does_not_show_the_present(client: Client, corrected: KnownRecord) -> None:
    page = shown(client, corrected, 422, known_at=moment(corrected, 1), as_of="2199-01-01")
    assert "This day is in the future." in page
    assert "Confirmed" not in page


def test_before_the_patient_was_registered_there_is_nothing_and_it_says_so(
    client: Client, corrected: KnownRecord
) -> None:
    page = shown(client, corrected, known_at=moment(corrected, 31))
    assert "The patient was registered here on" in page
    for known_since in ("Born", "AML", "HSCT", "NPM1"):
        assert known_since not in page
    assert ReadEntry.objects.filter(patient_id=corrected.patient.pk).exists()
    told = json.loads(figure(client, corrected, known_at=moment(corrected, 31)).content)["layout"]["meta"]
    assert (told["points"], told["lines"], told["state"]) == ([], [], "NONE")


def test_alerts_are_those_of_the_moment(client: Client, corrected: KnownRecord) -> None:
    before = timezone.now()
    shown(client, corrected)
    for at, told in ((before, "Detected after HSCT"), (timezone.now(), "Confirmed molecular relapse")):
        page = html(client, corrected, known_at=at.isoformat())
        alerts = page[page.index('id="alerts"') : page.index('id="rules"')]
        assert told in alerts
        assert "Action taken" not in alerts
    none = html(client, corrected, known_at=moment(corrected, 1))
    assert "None waited for anybody." in none[none.index('id="alerts"') : none.index('id="rules"')]


def test_alerts_of_a_moment_are_only_counted_where_the_day_is_another_one(
    client: Client, corrected: KnownRecord
) -> None:
    shown(client, corrected)
    page = html(client, corrected, known_at=timezone.now().isoformat(), as_of=corrected.day(45).isoformat())
    alerts = page[page.index('id="alerts"') : page.index('id="rules"')]
    assert "waited at the moment shown; alerts are those of the moment, not of the day." in alerts
    assert "Confirmed molecular relapse" not in alerts


def test_the_switch_between_markers_keeps_the_standpoint(client: Client, corrected: KnownRecord) -> None:
    MrdSeries.objects.create(patient=corrected.patient, marker=MarkerChoice.CBFB_MYH11, mutation_type="A")
    page = html(client, corrected, known_at=moment(corrected, 1))
    nav = page[page.index('<nav class="markers"') :]
    links = nav[: nav.index("</nav>")].split('href="?marker')[1:]
    assert len(links) == 3
    assert all("known_at=" in link for link in links)


def test_it_speaks_french(client: Client, world: World) -> None:
    client.cookies["django_language"] = "fr"
    page = html(client, KnownRecord(world, days_ago=9000), as_of="2026-03-12", known_at="2026-03-13 17:00")
    assert '<html lang="fr">' in page
    assert "12 mars 2026" in page


def test_a_stranger_and_a_laboratory_see_no_past_either(client: Client, corrected: KnownRecord) -> None:
    for person, status in ((corrected.world.stranger, 404), (corrected.world.technician, 403)):
        client.force_login(person)
        for what in ("", "figure/"):
            assert client.get(address(corrected, what), {"known_at": moment(corrected, 1)}).status_code == status


def test_the_number_of_queries_does_not_depend_on_how_much_is_in_the_record_and_its_history(
    client: Client, world: World
) -> None:
    counts = []
    for size in (1, 200):
        record = KnownRecord(world)
        crowd(world, record.series, size)
        MutationFinding.objects.create(patient=record.patient, gene="NPM1", status="PRESENT", found_on=record.day(9))
        recompute.drain_patient(record.patient.pk, now=timezone.now())
        world.as_person(world.clinician)
        for event in ClinicalEvent.objects.filter(patient=record.patient):
            event.detail = "telephone"
            event.save(update_fields=["detail"])
        at = (timezone.now() - timedelta(microseconds=1)).isoformat()
        html(client, record, known_at=at)
        with CaptureQueriesContext(connection) as captured:
            html(client, record, known_at=at)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[1] <= 55
