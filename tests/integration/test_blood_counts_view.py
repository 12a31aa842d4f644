"""The grid of blood counts: asked about another unit, read back, recorded once; corrected with a reason."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.models import AuditEntry, BloodCount, MrdSeries, RowHistory
from tests.world import World


@pytest.fixture(autouse=True)
def today(world: World):  # type: ignore[no-untyped-def]
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def series(world: World) -> MrdSeries:
    found = world.patient()
    world.as_person(world.clinician)
    return found


Values = tuple[str, str, str, str]


def typed(*rows: Values, **more: str) -> dict[str, str]:
    names = ("measured_on", "neutrophils", "platelets", "haemoglobin")
    cells = {
        f"row-{number}-{name}": value
        for number, row in enumerate(rows, start=1)
        for name, value in zip(names, row, strict=True)
    }
    return {"rows": "8", "step": "read"} | cells | more


def sent(client: Client, world: World, series: MrdSeries, data: dict[str, str], **headers: str) -> Any:
    client.force_login(world.clinician)
    answer: Any = client.post(f"/patients/{series.patient_id}/counts/", data, headers=headers)
    world.as_person(world.clinician)
    return answer


def recorded(client: Client, world: World, series: MrdSeries, *rows: Values) -> Any:
    first = sent(client, world, series, typed(*rows))
    assert first.status_code == 200
    return sent(client, world, series, typed(*rows, step="record", understood=first.context["understood"]))


def on_record(series: MrdSeries) -> list[tuple[date, Decimal | None, Decimal | None, Decimal | None]]:
    names = ("measured_on", "neutrophils", "platelets", "haemoglobin")
    return list(BloodCount.objects.filter(patient=series.patient).order_by("measured_on").values_list(*names))


def test_counts_are_read_back_with_their_grades_before_they_are_recorded(
    client: Client, world: World, series: MrdSeries
) -> None:
    answer = sent(client, world, series, typed(("2026-11-02", "0,49", "24.9", "7.9")))
    html = answer.content.decode()
    assert "Monday 2 November 2026." in html
    assert "neutrophils 0.49 × 10⁹/L, G4; platelets 24.9 × 10⁹/L, G4; haemoglobin 7.9 g/dL, G3" in html
    assert on_record(series) == []


def test_what_was_read_back_is_recorded_exactly(client: Client, world: World, series: MrdSeries) -> None:
    answer = recorded(client, world, series, ("2026-11-02", "0,49", "", ""), ("2026-11-05", "1.0", "50", "8"))
    assert (answer.status_code, answer["Location"]) == (302, f"/patients/{series.patient_id}/#cycles")
    assert on_record(series) == [
        (date(2026, 11, 2), Decimal("0.49"), None, None),
        (date(2026, 11, 5), Decimal("1.0"), Decimal(50), Decimal(8)),
    ]
    assert AuditEntry.objects.filter(action="bloodcount.add").count() == 2


def test_what_changed_after_reading_back_is_read_again(client: Client, world: World, series: MrdSeries) -> None:
    first = sent(client, world, series, typed(("2026-11-02", "0.4", "", "")))
    changed = typed(("2026-11-02", "4", "", ""), step="record", understood=first.context["understood"])
    assert sent(client, world, series, changed).status_code == 200
    assert on_record(series) == []


@pytest.mark.parametrize(
    ("row", "question"),
    [
        (("2026-11-02", "1500", "", ""), "“1500” × 10⁹/L cannot be. Do you mean 1.5 × 10⁹/L (1500 /µL)?"),
        (("2026-11-02", "", "85000", ""), "“85000” × 10⁹/L cannot be. Do you mean 85 × 10⁹/L (85000 /µL)?"),
        (("2026-11-02", "", "", "85"), "“85” g/dL cannot be. Do you mean 8.5 g/dL (85 g/L)?"),
    ],
)
def test_another_unit_is_asked_about_never_guessed(
    client: Client, world: World, series: MrdSeries, row: Values, question: str
) -> None:
    answer = sent(client, world, series, typed(row))
    html = answer.content.decode()
    assert (answer.status_code, question in html) == (422, True)
    assert re.search(r'name="row-1-meant-\w+" value="[\d.]+"><span>', html)  # offered, not preselected
    assert on_record(series) == []


def test_the_question_once_answered_is_taken(client: Client, world: World, series: MrdSeries) -> None:
    row = ("2026-11-02", "1500", "", "")
    meant = {"row-1-meant-neutrophils": "1.5"}
    first = sent(client, world, series, typed(row, **meant))
    assert "neutrophils 1.5 × 10⁹/L, G1" in first.content.decode()
    sent(client, world, series, typed(row, **meant, step="record", understood=first.context["understood"]))
    assert [each[1] for each in on_record(series)] == [Decimal("1.5")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("02/11/2026", "1", "", ""), "Write the day as year-month-day"),
        (("2026-11-02", "", "", ""), "Type at least one of the three values."),
        (("", "1", "", ""), "Type the day."),
        (("2026-11-02", "-1", "", ""), "has a sign"),
        (("2026-11-02", "<0.1", "", ""), "is a limit, not a value"),
        (("2026-11-02", "NaN", "", ""), "is not a number"),
        (("2026-11-02", "", "9999999", ""), "outside of what can be measured"),
    ],
)
def test_what_cannot_be_is_refused_in_its_row_and_nothing_typed_is_lost(
    client: Client, world: World, series: MrdSeries, row: Values, sentence: str
) -> None:
    answer = sent(client, world, series, typed(("2026-11-01", "2.0", "", ""), row))
    html = answer.content.decode()
    assert (answer.status_code, sentence in html) == (422, True)
    assert 'value="2.0"' in html
    assert on_record(series) == []


def test_a_day_in_the_future_is_refused_and_none_is_written(client: Client, world: World, series: MrdSeries) -> None:
    answer = recorded(client, world, series, ("2026-11-02", "2", "", ""), ("2026-11-21", "2", "", ""))
    assert (answer.status_code, "This day is in the future." in answer.content.decode()) == (422, True)
    assert on_record(series) == []


def test_a_day_stands_in_one_row_only(client: Client, world: World, series: MrdSeries) -> None:
    answer = sent(client, world, series, typed(("2026-11-02", "2", "", ""), ("2026-11-02", "3", "", "")))
    assert (answer.status_code, "This day stands in two rows." in answer.content.decode()) == (422, True)


def test_pasting_the_same_again_writes_nothing_twice_and_completes_a_day(
    client: Client, world: World, series: MrdSeries
) -> None:
    recorded(client, world, series, ("2026-11-02", "2", "", ""), ("2026-11-05", "1", "", ""))
    recorded(client, world, series, ("2026-11-02", "2.0", "", ""), ("2026-11-05", "", "80", ""))
    assert [each[1:3] for each in on_record(series)] == [(Decimal(2), None), (Decimal(1), Decimal(80))]


def test_another_value_of_a_day_on_record_is_refused(client: Client, world: World, series: MrdSeries) -> None:
    recorded(client, world, series, ("2026-11-02", "2", "", ""))
    answer = recorded(client, world, series, ("2026-11-02", "0.2", "", ""))
    assert (answer.status_code, "Another value of this day is on record." in answer.content.decode()) == (422, True)
    assert [each[1] for each in on_record(series)] == [Decimal(2)]


def test_a_count_is_corrected_with_a_reason_and_what_it_was_is_kept(
    client: Client, world: World, series: MrdSeries
) -> None:
    recorded(client, world, series, ("2026-11-02", "2", "", ""))
    count = BloodCount.objects.get()
    change = {"measured_on": "2026-11-02", "neutrophils": "0.2", "seen": count.recorded_at.isoformat()}
    client.force_login(world.clinician)
    assert client.post(f"/counts/{count.pk}/", change).status_code == 422
    assert client.post(f"/counts/{count.pk}/", change | {"reason": "slip"}).status_code == 302
    world.as_person(world.clinician)
    assert [each[1] for each in on_record(series)] == [Decimal("0.2")]
    assert RowHistory.objects.filter(table_name="monitoring_bloodcount", row_id=count.pk).exists()


def test_a_count_is_removed_with_a_reason(client: Client, world: World, series: MrdSeries) -> None:
    recorded(client, world, series, ("2026-11-02", "2", "", ""))
    count = BloodCount.objects.get()
    client.force_login(world.clinician)
    assert client.post(f"/counts/{count.pk}/remove/", {"reason": ""}).status_code == 422
    assert client.post(f"/counts/{count.pk}/remove/", {"reason": "another patient"}).status_code == 302
    world.as_person(world.clinician)
    assert on_record(series) == []


def test_who_may_record_counts(client: Client, world: World, series: MrdSeries) -> None:
    recorded(client, world, series, ("2026-11-02", "2", "", ""))
    count = BloodCount.objects.get()
    for person, status in ((world.stranger, 404), (world.technician, 403), (world.data_manager, 200)):
        client.force_login(person)
        assert client.get(f"/patients/{series.patient_id}/counts/").status_code == status
        assert client.get(f"/counts/{count.pk}/").status_code == status


def test_many_counts_need_no_more_queries_to_be_shown(client: Client, world: World, series: MrdSeries) -> None:
    def needed() -> int:
        client.force_login(world.clinician)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/patients/{series.patient_id}/counts/")
        world.as_person(world.clinician)
        return len(queries)

    BloodCount.objects.create(patient=series.patient, measured_on=date(2026, 1, 1), neutrophils=1)
    few = needed()
    BloodCount.objects.bulk_create(
        BloodCount(patient=series.patient, measured_on=date(2026, 2, day), neutrophils=1) for day in range(1, 29)
    )
    assert needed() == few
