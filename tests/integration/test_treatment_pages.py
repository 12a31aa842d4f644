"""Lines of treatment on the pages: the end of the first line, and what the rules make of it at once."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from monitoring.actions import recompute
from monitoring.models import Alert, AuditEntry, MrdSeries, RowHistory, Treatment, VenetoclaxCycle
from tests.patient_page import cycle, shown, words_of
from tests.world import World, detected, not_detected

LINE = {"kind": "FIRST_LINE", "regimen": "7+3", "starts_on": "2024-06-10", "ends_on": "2025-01-06"}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient(end_of_treatment=None)


def sent(client: Client, world: World, address: str, typed: dict[str, str], **headers: str) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.post(address, typed, headers=headers)
    world.as_person(world.clinician)
    return answer


def added(client: Client, world: World, series: MrdSeries, **changes: str) -> Any:
    return sent(client, world, f"/patients/{series.patient_id}/treatments/add/", LINE | changes)


def html(client: Client, world: World, series: MrdSeries) -> str:
    client.force_login(world.clinician)
    page: str = client.get(f"/patients/{series.patient_id}/").content.decode()
    world.as_person(world.clinician)
    return page


def running(client: Client, world: World, series: MrdSeries) -> Treatment:
    assert added(client, world, series, ends_on="").status_code == 302
    return Treatment.objects.get()


def test_the_end_of_the_first_line_is_one_link_away_and_the_page_follows_at_once(
    client: Client, world: World, series: MrdSeries
) -> None:
    world.authorised(series, date(2026, 9, 1), not_detected())
    assert f'href="/patients/{series.patient_id}/treatments/add/?kind=FIRST_LINE"' in html(client, world, series)
    line = running(client, world, series)
    assert f'href="/treatments/{line.pk}/ended/">First line ended' in html(client, world, series)
    before = shown(client, world, series)
    assert "The first line runs since" in before
    assert "End of treatment not recorded" in before
    seen = {"seen": line.recorded_at.isoformat()}
    told = sent(client, world, f"/treatments/{line.pk}/ended/", seen | {"ends_on": "2025-01-06"})
    assert told.status_code == 302
    after = shown(client, world, series)
    assert "The rules count from this end of the first line: 6 Jan 2025." in after
    assert "End of treatment not recorded" not in after
    assert "First line ended" not in after
    assert AuditEntry.objects.get(action="treatment.change").reason == "the line ended"


def test_the_schedule_counts_from_the_end_that_was_recorded(client: Client, world: World, series: MrdSeries) -> None:
    line = running(client, world, series)
    assert "no sample and no end of treatment to count from" in shown(client, world, series)
    ended = {"ends_on": "2026-11-10", "seen": line.recorded_at.isoformat()}
    assert sent(client, world, f"/treatments/{line.pk}/ended/", ended).status_code == 302
    page = shown(client, world, series)
    schedule = page[page.index("Schedule") : page.index("ELN MRD 2021 for NPM1")]
    assert "no sample and no end of treatment to count from" not in schedule
    assert "End of first-line treatment 10 Nov 2026" in schedule


def test_rules_count_from_the_new_end_and_the_alert_follows(client: Client, world: World, series: MrdSeries) -> None:
    """A tenfold rise is a rise on therapy before the end of the first line, and a suspected relapse after it."""
    world.authorised(series, date(2026, 6, 1), detected("0.01"))
    world.authorised(series, date(2026, 11, 10), detected("0.5"))
    line = running(client, world, series)
    recompute.drain_patient(series.patient_id, now=world.now)
    assert Alert.objects.get(code="EPISODE", ruleset="ELN2021").state == "RAISED"
    ended = {"ends_on": "2026-11-15", "seen": line.recorded_at.isoformat()}
    answer = sent(client, world, f"/treatments/{line.pk}/ended/", ended, **{"HX-Request": "true"})
    told = words_of(answer)
    assert "would raise an alert: rising during first-line" in told
    assert "would take back the suspicion of 10 Nov 2026" in told
    assert Treatment.objects.get().ends_on is None
    assert sent(client, world, f"/treatments/{line.pk}/ended/", ended).status_code == 302
    page = shown(client, world, series)
    assert "Rising during first-line" in page
    assert Alert.objects.get(code="EPISODE", ruleset="ELN2021").state == "RETRACTED"
    line.refresh_from_db()
    moved = LINE | {"ends_on": "2026-02-01", "reason": "The letter says February", "seen": line.recorded_at.isoformat()}
    assert sent(client, world, f"/treatments/{line.pk}/", moved).status_code == 302
    assert "no longer from 15 Nov 2026" in shown(client, world, series)
    assert Alert.objects.get(code="EPISODE", ruleset="ELN2021").state in {"RAISED", "REOPENED"}
    assert RowHistory.objects.filter(table_name="monitoring_treatment", row__ends_on="2026-11-15").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts_on": "2026-11-21", "ends_on": ""}, "This day is in the future."),
        ({"starts_on": "1950-01-01"}, "before the patient&#x27;s birth"),
        ({"ends_on": "2024-06-01"}, "The end is before the start."),
        ({"ends_on": "2028-01-01"}, "more than a year ahead"),
        ({"starts_on": "10.06.2024"}, "year-month-day"),
        ({"kind": ""}, "This field is required."),
        ({"kind": "THIRD"}, "THIRD"),
        ({"regimen": " "}, "Say what is given."),
    ],
)
def test_a_line_that_cannot_be_is_refused_at_its_field(
    client: Client, world: World, series: MrdSeries, changes: dict[str, str], sentence: str
) -> None:
    answer = added(client, world, series, **changes)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Treatment.objects.exists()


def test_the_same_line_is_written_down_once(client: Client, world: World, series: MrdSeries) -> None:
    assert added(client, world, series).status_code == 302
    again = added(client, world, series, regimen="FLAG-Ida")
    assert (again.status_code, "is on record already" in again.content.decode()) == (422, True)


def test_several_first_lines_are_kept_and_the_page_says_from_which_end_the_rules_count(
    client: Client, world: World, series: MrdSeries
) -> None:
    added(client, world, series)
    added(client, world, series, starts_on="2024-12-01", ends_on="2025-04-01", regimen="HiDAC")
    page = shown(client, world, series)
    assert "the rules count from the latest end of both" in page
    assert "no longer from 6 Jan 2025" in page
    assert "given on the same days" in page


def test_two_people_at_once_do_not_overwrite_each_other(client: Client, world: World, series: MrdSeries) -> None:
    line = running(client, world, series)
    seen = line.recorded_at.isoformat()
    with time_machine.travel(world.now, tick=False):
        assert sent(
            client, world, f"/treatments/{line.pk}/ended/", {"ends_on": "2025-01-06", "seen": seen}
        ).status_code == 302  # fmt: skip
    for address, typed in (
        (f"/treatments/{line.pk}/ended/", {"ends_on": "2025-02-06", "seen": seen}),
        (f"/treatments/{line.pk}/", LINE | {"ends_on": "2025-02-06", "reason": "late", "seen": "2020-01-01T00:00:00Z"}),
    ):
        late = sent(client, world, address, typed)
        assert late.status_code == 409, address
        assert "2025-02-06" in late.content.decode()  # nothing typed is lost
    assert Treatment.objects.get().ends_on == date(2025, 1, 6)


def test_a_line_with_cycles_keeps_its_kind_and_holds_their_days(
    client: Client, world: World, series: MrdSeries
) -> None:
    held = cycle(world, series, 1, date(2026, 10, 5))
    line = held.treatment
    address, seen = f"/treatments/{line.pk}/", {"seen": line.recorded_at.isoformat(), "reason": "letter"}
    client.force_login(world.clinician)
    page = client.get(address).content.decode()
    assert "This line holds 1 venetoclax cycle: its kind stays" in page
    assert "Remove it" not in page
    typed = {"kind": "SALVAGE", "regimen": "VEN-AZA", "starts_on": "2026-10-05", "ends_on": ""}
    for changes, sentence in (
        ({"starts_on": "2026-10-06"}, "The first cycle of this line begins before this day."),
        ({"starts_on": "2026-10-01", "ends_on": "2026-10-04"}, "A cycle of this line begins after this day."),
    ):
        refused = sent(client, world, address, typed | seen | changes)
        assert (refused.status_code, sentence in refused.content.decode()) == (422, True)
    assert sent(client, world, address, typed | seen).status_code == 302
    line.refresh_from_db()
    assert (line.kind, line.regimen) == ("PRE_EMPTIVE", "VEN-AZA")
    refused = sent(client, world, f"/treatments/{line.pk}/remove/", {"reason": "x"})
    assert (refused.status_code, "remove them first" in refused.content.decode()) == (422, True)


def test_the_first_cycle_joins_the_course_that_was_written_down_before_it(
    client: Client, world: World, series: MrdSeries
) -> None:
    course = {"kind": "PRE_EMPTIVE", "regimen": "VEN-AZA", "starts_on": "2026-10-01", "ends_on": ""}
    assert added(client, world, series, **course).status_code == 302
    cycle(world, series, 1, date(2026, 10, 5))
    assert VenetoclaxCycle.objects.get().treatment == Treatment.objects.get()


def test_a_constructed_end_is_constructed_no_more_once_it_is_entered(
    client: Client, world: World, series: MrdSeries
) -> None:
    line = running(client, world, series)
    Treatment.objects.filter(pk=line.pk).update(constructed=["starts_on", "ends_on"])
    line.refresh_from_db()
    seen = {"seen": line.recorded_at.isoformat()}
    assert sent(client, world, f"/treatments/{line.pk}/ended/", seen | {"ends_on": "2025-01-06"}).status_code == 302
    line.refresh_from_db()
    assert line.constructed == ["starts_on"]


def test_a_line_is_removed_with_its_reason_and_the_page_says_what_is_lost(
    client: Client, world: World, series: MrdSeries
) -> None:
    added(client, world, series)
    line = Treatment.objects.get()
    client.force_login(world.clinician)
    assert "No end of the first line" in client.get(f"/treatments/{line.pk}/remove/").content.decode()
    assert sent(client, world, f"/treatments/{line.pk}/remove/", {"reason": ""}).status_code == 422
    assert sent(client, world, f"/treatments/{line.pk}/remove/", {"reason": "another patient"}).status_code == 302
    assert not Treatment.objects.exists()
    assert AuditEntry.objects.get(action="treatment.remove").reason == "another patient"


@pytest.mark.parametrize(("who", "status"), [("data_manager", 200), ("technician", 403), ("stranger", 404)])
def test_who_may_write_a_line(client: Client, world: World, series: MrdSeries, who: str, status: int) -> None:
    line = running(client, world, series)
    client.force_login(getattr(world, who))
    for address in (
        f"/patients/{series.patient_id}/treatments/add/", f"/treatments/{line.pk}/", f"/treatments/{line.pk}/ended/",
        f"/treatments/{line.pk}/remove/",
    ):  # fmt: skip
        world.as_person(getattr(world, who))
        assert client.get(address).status_code == status, address
