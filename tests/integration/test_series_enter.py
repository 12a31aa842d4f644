"""Entering a series by hand: each row answered for itself, nothing half-written, nothing typed lost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monitoring.models import Assay, MrdResult, MrdSeries, ResultWell, Sample
from tests.world import World, detected

pytestmark = pytest.mark.django_db
CURVES = {
    "target_slope": "-3,424", "target_intercept": "40.043", "target_r2": "0.9999",
    "abl1_slope": "-3.400", "abl1_intercept": "39.900", "abl1_r2": "1",
}  # fmt: skip


@pytest.fixture
def world(world: World) -> World:
    world.now = timezone.now()  # the days of this file are counted back from today
    return world


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def row(number: int, wells: list[str], **facts: object) -> dict[str, object]:
    names = [f"target_{well}" for well in (1, 2, 3)] + [f"abl1_{well}" for well in (1, 2, 3)]
    return {f"row-{number}-{name}": value for name, value in {**facts, **dict(zip(names, wells, strict=False))}.items()}


def new_tube(series: MrdSeries, accession: str, days: int = 2) -> dict[str, object]:
    return {
        "accession_number": accession, "pseudonym": series.patient.pseudonym, "tissue": "BM", "collected_on": ago(days)
    }  # fmt: skip


def post(client: Client, world: World, typed: dict[str, object], step: str, way: str = "copies", **more: str) -> object:
    client.force_login(world.technician)
    head = {"assay": world.assay.pk, "way": way, "rows": "8", "step": step, **(CURVES if way == "cq" else {}), **more}
    return client.post(reverse("series-enter"), {**head, **typed})


def read_back(client: Client, world: World, typed: dict[str, object], way: str = "copies") -> str:
    answer = post(client, world, typed, "read", way)
    page: str = answer.content.decode()  # type: ignore[attr-defined]
    return page


def understood(page: str) -> str:
    return page.split('name="understood" value="')[1].split('"')[0]


def results_of(world: World) -> list[MrdResult]:
    world.as_person(world.technician)
    return list(MrdResult.objects.order_by("pk"))


def seen_series(world: World) -> MrdSeries:
    """A patient whose samples this laboratory gets already."""
    series = world.patient()
    world.sample(series, ago(90))
    return series


GOOD = ["34", "28", "30", "31000", "32000", "33000"]


def test_a_row_is_read_back_and_submitted_with_its_tube(client: Client, world: World) -> None:
    series = seen_series(world)
    typed = row(1, GOOD, **new_tube(series, "26-80001"))
    page = read_back(client, world, typed)
    assert "26-80001" in page
    assert results_of(world) == []
    answer = post(client, world, typed, "submit", understood=understood(page))
    assert answer.status_code == 302  # type: ignore[attr-defined]
    (result,) = results_of(world)
    assert (result.state, result.target_copies) == ("SUBMITTED", Decimal("30.666666666666666667"))
    assert Sample.objects.get(accession_number="26-80001").collected_on == ago(2)


def test_rows_that_are_not_ready_stay_with_everything_that_was_typed(client: Client, world: World) -> None:
    series = seen_series(world)
    typed = row(1, GOOD, **new_tube(series, "26-80001")) | row(3, ["30.000"], **new_tube(series, "26-80003"))
    page = read_back(client, world, typed)
    answer = post(client, world, typed, "submit", understood=understood(page))
    left = answer.content.decode()  # type: ignore[attr-defined]
    assert "26-80003" in left
    assert "30.000" in left
    assert "26-80001" not in left.split('id="series"')[1]
    assert len(results_of(world)) == 1


def test_what_was_not_read_back_is_not_submitted(client: Client, world: World) -> None:
    series = seen_series(world)
    page = read_back(client, world, row(1, GOOD, **new_tube(series, "26-80001")))
    other = row(1, ["34", "28", "300", *GOOD[3:]], **new_tube(series, "26-80001"))
    answer = post(client, world, other, "submit", understood=understood(page))
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert results_of(world) == []


def test_cq_are_read_by_the_curves_typed_beside_them(client: Client, world: World) -> None:
    series = seen_series(world)
    typed = row(1, ["34,80", "35.10", "u", "24.50", "24.60", "24.55"], **new_tube(series, "26-80001"))
    page = read_back(client, world, typed, "cq")
    post(client, world, typed, "submit", "cq", understood=understood(page))
    (result,) = results_of(world)
    assert result.call == "DETECTED"
    assert result.typed_curves is not None
    assert result.typed_curves["target"]["slope"] == "-3.424"
    kept = ResultWell.objects.filter(result=result, target="MARKER").order_by("position").values_list("cq", flat=True)
    assert list(kept) == [Decimal("34.80"), Decimal("35.10"), None]


def test_a_slope_without_its_sign_is_refused(client: Client, world: World) -> None:
    series = seen_series(world)
    typed = row(1, ["34.80"] * 3 + ["24.50"] * 3, **new_tube(series, "26-80001"))
    answer = post(client, world, typed, "read", "cq", target_slope="3.424")
    assert answer.status_code == 422  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"accession_number": ""}, "Type the accession number"),
        ({"pseudonym": ""}, "type the exact pseudonym"),
        ({"pseudonym": "P-9999"}, "No patient with exactly this pseudonym"),
        ({"tissue": ""}, "Say marrow or blood"),
        ({"collected_on": ""}, "Type the day of collection"),
        ({"collected_on": "2026-11-31"}, "is no day of the calendar"),
        ({"collected_on": "03/11/2026"}, "could be two days"),
        ({"collected_on": "2999-01-01"}, "in the future"),
        ({"collected_on": "1950-01-01"}, "before the patient"),
    ],
)
def test_what_is_wrong_is_told_under_its_row(
    client: Client, world: World, facts: dict[str, object], sentence: str
) -> None:
    series = seen_series(world)
    typed = row(1, GOOD, **{**new_tube(series, "26-80001"), **facts})
    answer = post(client, world, typed, "read")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert sentence in answer.content.decode().replace("&#x27;", "'")  # type: ignore[attr-defined]
    assert results_of(world) == []


@pytest.mark.parametrize("typed", ["1,000", "30.000", "12 000", "1e5", "-3", "<10", "NaN", "∞"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_ambiguous_or_impossible_number_is_never_taken(
    client: Client, world: World, typed: str, language: str
) -> None:
    series = seen_series(world)
    client.force_login(world.technician)
    client.cookies["django_language"] = language
    wells = ["34", "28", "30", typed, "32000", "33000"]
    answer = post(client, world, row(1, wells, **new_tube(series, "26-80001")), "read")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert results_of(world) == []


def test_an_answered_question_is_taken_as_answered(client: Client, world: World) -> None:
    series = seen_series(world)
    typed = row(1, ["34", "28", "30", "30.000", "32000", "33000"], **new_tube(series, "26-80001"))
    asked = read_back(client, world, typed)
    assert 'name="row-1-meant-abl1_1"' in asked
    typed["row-1-meant-abl1_1"] = "30000"
    post(client, world, typed, "submit", understood=understood(read_back(client, world, typed)))
    (result,) = results_of(world)
    assert result.abl1_copies == Decimal("31666.666666666666667")


def test_of_a_tube_on_record_only_its_number_is_needed(client: Client, world: World) -> None:
    series = seen_series(world)
    tube = world.sample(series, ago(3), "PB")
    page = read_back(client, world, row(1, GOOD, accession_number=tube.accession_number))
    assert series.patient.pseudonym in page
    assert 'name="understood"' in page


def test_a_tube_of_another_patient_is_refused_without_saying_whose(client: Client, world: World) -> None:
    owner, other = seen_series(world), seen_series(world)
    tube = world.sample(owner, ago(3))
    page = read_back(
        client, world, row(1, GOOD, accession_number=tube.accession_number, pseudonym=other.patient.pseudonym)
    )
    assert "belongs to another patient" in page
    assert owner.patient.pseudonym not in page


def test_one_tube_has_one_row_and_one_result(client: Client, world: World) -> None:
    series = seen_series(world)
    twice = row(1, GOOD, **new_tube(series, "26-80001")) | row(2, GOOD, **new_tube(series, "26-80001"))
    assert "stands in two rows" in read_back(client, world, twice)
    measured = world.submitted(series, ago(5), detected("0.01"))
    typed = row(1, GOOD, accession_number=measured.sample.accession_number)
    assert "already has a result of this assay" in read_back(client, world, typed)


def test_an_assay_for_another_mutation_type_makes_the_row_not_evaluable(client: Client, world: World) -> None:
    series = world.patient(mutation_type="B")
    world.sample(series, ago(90))
    page = read_back(client, world, row(1, GOOD, **new_tube(series, "26-80001")))
    assert "Not evaluable" in page


def test_typing_is_answered_row_by_row_without_writing(client: Client, world: World) -> None:
    series = seen_series(world)
    client.force_login(world.technician)
    typed = {"assay": world.assay.pk, "way": "copies", "rows": "8", **row(1, GOOD, **new_tube(series, "26-80001"))}
    answer = client.post(reverse("series-enter"), typed, headers={"HX-Request": "true"})
    assert 'id="out-row-1" hx-swap-oob' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert results_of(world) == []


def test_more_rows_keep_what_was_typed(client: Client, world: World) -> None:
    answer = post(client, world, row(1, ["34"], accession_number="26-80001"), "more")
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert 'name="row-16-accession_number"' in page
    assert "26-80001" in page


def test_the_stranger_enters_nothing(client: Client, world: World) -> None:
    client.force_login(world.stranger)
    assert client.get(reverse("series-enter")).status_code == 403


def test_rows_ask_the_database_as_often_as_one(client: Client, world: World) -> None:
    followed = [seen_series(world) for _ in range(6)]
    one = row(1, GOOD, **new_tube(followed[0], "26-80001"))
    many = {
        name: value
        for number, series in enumerate(followed, start=1)
        for name, value in row(number, GOOD, **new_tube(series, f"26-8000{number}")).items()
    }
    read_back(client, world, one)
    with CaptureQueriesContext(connection) as few:
        read_back(client, world, one)
    with CaptureQueriesContext(connection) as several:
        read_back(client, world, many)
    assert len(several) == len(few)


def test_an_assay_without_its_choice_is_asked_for(client: Client, world: World) -> None:
    Assay.objects.create(
        laboratory=world.laboratory, marker="NPM1", name="NPM1 mut B / ABL1", version="1", assay_key="NPM1/B/NFL/ABL1"
    )
    series = seen_series(world)
    answer = post(client, world, row(1, GOOD, **new_tube(series, "26-80001")), "read", assay="")
    assert "Choose the assay" in answer.content.decode()  # type: ignore[attr-defined]
