"""Blood after cycle 2 of the first line: from the day that somebody records to the sample that is overdue or taken.

Cycle 2 begins on 1 October here: blood is due on its day 28 (28 October) and overdue after a week of grace, until it or
any later sample is taken.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.utils import IntegrityError
from django.test import Client

from monitoring.actions import recompute, treatments
from monitoring.models import Alert, AuditEntry, MrdSeries, Treatment
from monitoring.models.choices import TreatmentKindChoice
from tests.integration.rest_api import Api
from tests.patient_page import shown, words_of
from tests.world import World, not_detected

BEGAN, CYCLE_2 = date(2026, 8, 20), date(2026, 10, 1)
LINE = {"kind": "FIRST_LINE", "regimen": "7+3", "starts_on": "2026-08-20", "ends_on": ""}


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=True):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    return world.patient(end_of_treatment=None)


def line(world: World, series: MrdSeries, cycle_2_on: date | None = None) -> Treatment:
    return treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.FIRST_LINE, regimen="7+3",
        starts_on=BEGAN, ends_on=None, cycle_2_on=cycle_2_on, now=world.now,
    )  # fmt: skip


def sent(client: Client, world: World, address: str, typed: dict[str, str]) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.post(address, typed)
    world.as_person(world.clinician)
    return answer


def due(world: World, series: MrdSeries, **asked: str) -> list[tuple[str, str, str]]:
    """What the schedule says of blood after cycle 2, over REST: to come and past."""
    told = Api(world, world.clinician).get(f"series/{series.pk}/schedule/", asked).json()
    world.as_person(world.clinician)
    return [
        (one["due_on"], one["status"], "+".join(one["tissues"]))
        for one in (*told["to_come"], *told["past"])
        if one["rule"] == "AFTER_CYCLE_2"
    ]


def overdue(world: World, series: MrdSeries, now: datetime) -> list[str]:
    world.as_person(world.clinician)
    recompute.drain_pending(now=now)
    found = Alert.objects.filter(series=series, code="SAMPLE_OVERDUE").order_by("pk")
    return list(found.values_list("state", flat=True))


def test_who_records_that_cycle_2_began_is_told_when_blood_is_due(
    client: Client, world: World, series: MrdSeries
) -> None:
    first = line(world, series)
    before = shown(client, world, series)
    assert "Blood after cycle 2 is asked for once the first day of that cycle is recorded." in before
    assert "After cycle 2 of first-line treatment" not in before
    client.force_login(world.clinician)
    link = f'href="/treatments/{first.pk}/cycle-2/"'
    assert link in client.get(f"/patients/{series.patient_id}/").content.decode()
    assert "7+3, since 20 Aug 2026." in client.get(f"/treatments/{first.pk}/cycle-2/").content.decode()
    seen = {"seen": first.recorded_at.isoformat()}
    assert (
        sent(client, world, f"/treatments/{first.pk}/cycle-2/", seen | {"cycle_2_on": "2026-10-01"}).status_code == 302
    )
    after = shown(client, world, series)
    assert "After cycle 2 of first-line treatment" in after
    assert "28 Oct 2026" in after
    assert "cycle 2 from 1 Oct 2026" in after
    assert "Cycle 2 began" not in after
    assert AuditEntry.objects.get(action="treatment.change").reason == "cycle 2 began"
    assert due(world, series) == [("2026-10-28", "OVERDUE", "PB")]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "This field is required."),
        ("01.10.2026", "year-month-day"),
        ("2026-08-20", "Cycle 2 does not begin after the first day of the line."),
        ("2026-11-21", "This day is in the future."),
        ("1950-01-01", "before the patient&#x27;s birth"),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_the_field(
    client: Client, world: World, series: MrdSeries, typed: str, sentence: str
) -> None:
    answer = sent(client, world, f"/treatments/{line(world, series).pk}/cycle-2/", {"cycle_2_on": typed})
    page = answer.content.decode()
    assert (answer.status_code, sentence in page, 'aria-invalid="true"' in page) == (422, True, True)
    assert Treatment.objects.get().cycle_2_on is None


def test_of_two_people_at_once_the_second_is_told(client: Client, world: World, series: MrdSeries) -> None:
    first = line(world, series)
    seen, address = {"seen": first.recorded_at.isoformat()}, f"/treatments/{first.pk}/cycle-2/"
    assert sent(client, world, address, seen | {"cycle_2_on": "2026-10-01"}).status_code == 302
    second = sent(client, world, address, seen | {"cycle_2_on": "2026-10-02"})
    assert (second.status_code, "is on record already" in second.content.decode()) == (409, True)
    assert Treatment.objects.get().cycle_2_on == CYCLE_2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "SALVAGE"}, "Cycle 2 is recorded of a first line only."),
        ({"starts_on": "2026-10-01"}, "Cycle 2 does not begin after the first day of the line."),
        ({"ends_on": "2026-09-30"}, "Cycle 2 begins after the end of the line."),
        ({"cycle_2_on": "2026-11-21"}, "This day is in the future."),
    ],
)
def test_a_line_that_its_cycle_2_does_not_fit_is_refused(
    client: Client, world: World, series: MrdSeries, changes: dict[str, str], sentence: str
) -> None:
    first = line(world, series, CYCLE_2)
    typed = LINE | {"cycle_2_on": "2026-10-01", "reason": "Letter", "seen": first.recorded_at.isoformat()} | changes
    answer = sent(client, world, f"/treatments/{first.pk}/", typed)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert 'aria-invalid="true"' in answer.content.decode()
    api = Api(world, world.clinician)
    refused = api.send("patch", f"treatments/{first.pk}/", changes | {"reason": "Letter"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, next(iter(changes)))


def test_an_end_before_cycle_2_is_refused_where_it_is_typed(client: Client, world: World, series: MrdSeries) -> None:
    first = line(world, series, CYCLE_2)
    answer = sent(client, world, f"/treatments/{first.pk}/ended/", {"ends_on": "2026-09-30"})
    assert (answer.status_code, "Cycle 2 begins after the end of the line." in words_of(answer)) == (422, True)
    assert 'aria-invalid="true"' in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "PRE_EMPTIVE", "starts_on": BEGAN, "cycle_2_on": CYCLE_2},
        {"kind": "FIRST_LINE", "starts_on": CYCLE_2, "cycle_2_on": BEGAN},
        {"kind": "FIRST_LINE", "starts_on": BEGAN, "ends_on": date(2026, 9, 30), "cycle_2_on": CYCLE_2},
    ],
)
def test_the_database_refuses_it_too(world: World, series: MrdSeries, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="treatment_cycle_2_of_first_line"):
        Treatment.objects.create(patient=series.patient, regimen="7+3", **wrong)


def test_it_is_overdue_in_the_worklist_until_blood_is_taken(client: Client, world: World, series: MrdSeries) -> None:
    line(world, series, CYCLE_2)
    assert overdue(world, series, datetime(2026, 11, 4, 22, tzinfo=UTC)) == []  # day 28 and a week of grace
    assert overdue(world, series, datetime(2026, 11, 5, 10, tzinfo=UTC)) == ["RAISED"]
    client.force_login(world.clinician)
    listed = words_of(client.get("/schedule/"))
    assert series.patient.pseudonym in listed
    assert "After cycle 2 of first-line treatment" in listed
    world.authorised(series, date(2026, 11, 6), not_detected(), "PB")
    assert overdue(world, series, world.now) == ["RESOLVED"]
    assert due(world, series) == [("2026-10-28", "TAKEN_LATE", "PB")]


def test_one_that_was_never_taken_is_asked_for_until_another_sample_is_there(world: World, series: MrdSeries) -> None:
    line(world, series, CYCLE_2)
    assert overdue(world, series, datetime(2026, 11, 25, 22, tzinfo=UTC)) == ["RAISED"]  # the last day of its window
    assert overdue(world, series, datetime(2027, 2, 26, 10, tzinfo=UTC)) == ["RAISED"]
    with time_machine.travel(datetime(2027, 2, 27, 10, tzinfo=UTC)):
        assert due(world, series) == [("2026-10-28", "OVERDUE", "PB")]
        world.now = datetime.now(UTC)
        world.authorised(series, date(2027, 2, 26), not_detected())
        assert overdue(world, series, world.now) == ["RESOLVED"]
        assert due(world, series) == [("2026-10-28", "MISSED", "PB")]


def test_a_moment_before_it_was_recorded_and_a_day_before_it_began_know_nothing_of_it(
    world: World, series: MrdSeries
) -> None:
    first = line(world, series)
    first.refresh_from_db()
    before = first.recorded_at
    treatments.begin_cycle_2(by=world.clinician, treatment=first, cycle_2_on=CYCLE_2, now=world.now)
    first.refresh_from_db()
    assert due(world, series) == [("2026-10-28", "OVERDUE", "PB")]
    assert due(world, series, as_of="2026-09-30") == []
    assert due(world, series, as_of="2026-10-01") == [("2026-10-28", "UPCOMING", "PB")]
    with time_machine.travel(first.recorded_at + timedelta(minutes=1)):  # the clock of the database is never set
        assert due(world, series, known_at=before.isoformat()) == []
        assert due(world, series, known_at=first.recorded_at.isoformat()) == [("2026-10-28", "OVERDUE", "PB")]


def test_rest_records_corrects_and_takes_it_back(world: World, series: MrdSeries) -> None:
    api = Api(world, world.clinician)
    body = {"kind": "FIRST_LINE", "regimen": "7+3", "starts_on": "2026-08-20", "cycle_2_on": "2026-10-01"}
    made = api.post(f"patients/{series.patient_id}/treatments/", body)
    assert (made.status_code, made.json()["cycle_2_on"]) == (201, "2026-10-01")
    one = f"treatments/{made.json()['id']}/"
    moved = api.send("patch", one, {"cycle_2_on": "2026-10-03", "reason": "Letter"})
    assert (moved.status_code, moved.json()["cycle_2_on"]) == (200, "2026-10-03")
    assert due(world, series) == [("2026-10-30", "OVERDUE", "PB")]
    gone = api.send("patch", one, {"cycle_2_on": None, "reason": "Never given"})
    assert (gone.status_code, gone.json()["cycle_2_on"]) == (200, None)
    assert due(world, series) == []


def test_of_two_first_lines_the_earlier_cycle_2_counts_and_no_other_is_asked_for(
    client: Client, world: World, series: MrdSeries
) -> None:
    line(world, series, CYCLE_2)
    treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.FIRST_LINE, regimen="HiDAC",
        starts_on=date(2026, 10, 5), ends_on=None, now=world.now,
    )  # fmt: skip
    assert "Blood after cycle 2 is asked for" not in shown(client, world, series)
    treatments.begin_cycle_2(
        by=world.clinician, treatment=Treatment.objects.get(regimen="HiDAC"), cycle_2_on=date(2026, 11, 10),
        now=world.now,
    )  # fmt: skip
    assert due(world, series) == [("2026-10-28", "OVERDUE", "PB")]


def test_a_second_course_may_stand_as_a_line_of_its_own(world: World, series: MrdSeries) -> None:
    line(world, series)
    treatments.start(
        by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.FIRST_LINE, regimen="HiDAC",
        starts_on=CYCLE_2, ends_on=None, cycle_2_on=CYCLE_2, now=world.now,
    )  # fmt: skip
    assert due(world, series) == [("2026-10-28", "OVERDUE", "PB")]
