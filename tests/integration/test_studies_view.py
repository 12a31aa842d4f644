"""The pages of published studies: counts, values beside what is printed, who reads them, files, not loaded."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from monitoring import scope
from monitoring.models import Patient
from monitoring.studies import filo2025_loading, tiong2020_loading
from monitoring.studies.places import person
from monitoring.studies.statements import kept_report
from monitoring.studies.statements.report import STUDIES
from monitoring.studies.statements.statement import read_statements
from monitoring.wording.study_statement_words import PLACES, REASONS, STATEMENTS
from tests.world import NOW, World

pytestmark = pytest.mark.django_db
TIONG, FILO = STUDIES["tiong2020"], STUDIES["filo2025"]
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Both studies and a world beside them, loaded once and rolled back after the last test of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert tiong2020_loading.load(today=date(2026, 11, 20), now=NOW)
        assert filo2025_loading.load(today=date(2026, 11, 20), now=NOW)
        world = World.make()
        connection.check_constraints()  # once: what is not yet checked is checked anew after every test
        yield world
        kept_report.forget()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def today(loaded: World) -> Iterator[None]:
    """The day of the world: pages ask the clock."""
    with time_machine.travel(NOW, tick=True):
        yield


def opened(client: Client, world: World, url: str, **asked: str) -> str:
    client.force_login(world.clinician)
    answer = client.get(url, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def words(page: str) -> str:
    return " ".join(unescape(TAGS.sub(" ", page)).split())


def page_of(client: Client, world: World, name: str, **asked: str) -> str:
    return opened(client, world, reverse("study", args=[name]), **asked)


def row(page: str, statement: str) -> str:
    found = re.search(rf'<tr[^>]* id="{statement}">.*?</tr>', page, re.S)
    assert found is not None
    return words(found.group())


def test_the_lead_tells_the_counts(client: Client, loaded: World) -> None:
    assert (
        "Of 48 checkable statements 29 are equal to what the stored records give, 4 are equal by one reading only, "
        "3 differ, and for 12 the paper prints no input."
    ) in words(page_of(client, loaded, "tiong2020"))


def test_the_median_of_cohort_2_stands_as_printed_and_as_computed(client: Client, loaded: World) -> None:
    told = row(page_of(client, loaded, "tiong2020"), "tiong2020-019")
    assert "Printed 0.0208 Computed 0.0206 7 cases of cohort 2 Differs" in told


def test_what_needs_reading_comes_first(client: Client, loaded: World) -> None:
    page = page_of(client, loaded, "tiong2020")
    places = [page.index(f'id="{code}"') for code in ("DIFFERS", "EQUAL_BY_ONE_READING", "NO_INPUT_PUBLISHED", "EQUAL")]
    assert places == sorted(places)


def test_the_reading_is_named_with_the_median(client: Client, loaded: World) -> None:
    page = page_of(client, loaded, "tiong2020")
    assert "Only as: reverse Kaplan-Meier. The plain median is 8.35" in row(page, "tiong2020-026")
    assert "5/6 × 3/4 × 2/3 = 0.42" in words(page)


def test_the_curve_is_drawn_with_the_printed_value_beside(client: Client, loaded: World) -> None:
    page = words(page_of(client, loaded, "tiong2020"))
    assert "10.8 67 % (19 to 90) 3 67 %" in page
    other = words(page_of(client, loaded, "tiong2020", curve="cohort-1"))
    assert "RFS, cohort 1, molecular persistence" in other
    assert "no event" in other


def test_every_stored_case_is_a_row(client: Client, loaded: World) -> None:
    page = words(page_of(client, loaded, "tiong2020"))
    assert "7 2 41 F VEN-LDAC (2) 0.0168 negative HSCT 4.9 died, no relapse" in page
    assert "10 2 35 F VEN-LDAC (2) 10.8569 2.4916 HSCT 5.6 relapse" in page


def test_cases_are_links_only_where_the_centre_cares_for_them(client: Client, loaded: World) -> None:
    scope.enter_all_centres()
    case = Patient.objects.get(pseudonym="TIONG-07")
    link = f'href="{reverse("patient", args=[case.pk])}"'
    assert link not in page_of(client, loaded, "tiong2020")
    client.force_login(person("tiong-2020-data-manager", ""))
    answer = client.get(reverse("study", args=["tiong2020"]))
    assert link in answer.content.decode()


def test_reading_a_study_leaves_the_scope_of_the_reader_as_it_was(client: Client, loaded: World) -> None:
    page_of(client, loaded, "filo2025")
    scope.enter(loaded.clinician)
    kept_report.read_report(FILO, now=NOW, anew=True)
    assert not Patient.objects.filter(centre__code=FILO.centre_code).exists()


def test_the_synthetic_cohort_says_so_in_lead_head_and_under_each_figure(client: Client, loaded: World) -> None:
    page = page_of(client, loaded, "filo2025")
    told = words(page)
    assert "Synthetic cohort constructed to match. Of 100 checkable statements 71 are equal" in told
    assert "Records 70 invented patients: a synthetic cohort constructed to match" in told
    assert page.count("<figure") == page.count('id="curve"') == 1
    after_figure = words(page[page.index("</figure>") :])
    assert "Synthetic cohort constructed to match: the patients were invented" in after_figure
    assert "Synthetic cohort constructed to match: invented patients, counted by the rules" in after_figure


@pytest.mark.parametrize(
    ("curve", "one", "two"),
    [("os", "95 %", "83 %"), ("rfs", "82 %", "71 %"), ("rfs-mrd", "73 %", "62 %")],
)
def test_each_endpoint_has_the_printed_years_beside(
    client: Client, loaded: World, curve: str, one: str, two: str
) -> None:
    table = re.search(r'class="study-points".*?</table>', page_of(client, loaded, "filo2025", curve=curve), re.S)
    assert table is not None
    for months, share in (("12", one), ("24", two)):
        assert re.search(rf"{months} {share} \(\d+ to \d+\) \d+ {share}", words(table.group()))


def test_each_value_of_the_cohort_says_from_which_synthetic_patients(client: Client, loaded: World) -> None:
    page = page_of(client, loaded, "filo2025")
    assert "All, blood: negativity" in row(page, "filo2025-002")
    assert "64 synthetic patients evaluated in blood" in row(page, "filo2025-002")
    assert "16 not transplanted, synthetic" in row(page, "filo2025-079")
    assert "counts that the paper quotes of another study" in row(page, "filo2025-103")


@pytest.mark.parametrize("name", ["tiong2020", "filo2025"])
def test_every_statement_place_and_reason_is_in_words_that_can_be_translated(name: str) -> None:
    for each in read_statements(name):
        assert each.asks or each.id in STATEMENTS
        assert each.where in PLACES
        assert not each.why or each.why in REASONS


@pytest.mark.parametrize("name", ["tiong2020", "filo2025"])
def test_the_file_is_what_the_command_prints(client: Client, loaded: World, name: str) -> None:
    told = opened(client, loaded, reverse("study-statements", args=[name, "json"]))
    printed = io.StringIO()
    call_command("report_study", name, "--format", "json", stdout=printed)
    assert told == printed.getvalue().rstrip("\n")
    assert len(json.loads(told)) == {"tiong2020": 51, "filo2025": 104}[name]


def test_csv_has_a_row_for_each_statement(client: Client, loaded: World) -> None:
    told = opened(client, loaded, reverse("study-statements", args=["tiong2020", "csv"]))
    rows = list(csv.DictReader(io.StringIO(told.lstrip("\ufeff"))))
    assert len(rows) == 51
    assert (rows[18]["printed"], rows[18]["computed"], rows[18]["verdict"]) == ("0.0208", "0.0206", "DIFFERS")
    assert rows[1]["computed"] == "[5, 7]"


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_curve_is_a_file(client: Client, loaded: World, kind: str) -> None:
    client.force_login(loaded.clinician)
    answer = client.get(reverse("study-figure", args=["filo2025", "os", kind]))
    assert answer.status_code == 200
    assert f"filo2025-synthetic-os.{kind}" in answer["Content-Disposition"]
    assert answer.content.lstrip().startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[kind])


def test_a_picture_of_the_synthetic_cohort_says_so_on_its_face(client: Client, loaded: World) -> None:
    drawn = {
        name: opened(client, loaded, reverse("study-figure", args=[name, curve, "svg"]))
        for name, curve in (("filo2025", "rfs-mrd"), ("tiong2020", "cohort-2"))
    }
    label = ">Synthetic cohort constructed to match.</text></svg>"
    assert drawn["filo2025"].endswith(label)
    assert not drawn["tiong2020"].endswith(label)


def test_unknown_studies_curves_and_files_are_not_found(client: Client, loaded: World) -> None:
    client.force_login(loaded.clinician)
    for url in (
        reverse("study", args=["another"]),
        f"{reverse('study', args=['tiong2020'])}?curve=os",
        reverse("study-statements", args=["tiong2020", "pdf"]),
        reverse("study-figure", args=["tiong2020", "os", "svg"]),
        reverse("study-figure", args=["tiong2020", "cohort-1", "gif"]),
    ):
        assert client.get(url).status_code == 404


def test_whoever_opens_no_charts_reads_no_studies(client: Client, loaded: World) -> None:
    client.force_login(loaded.technician)
    assert client.get(reverse("studies")).status_code == 403
    assert client.get(reverse("study", args=["tiong2020"])).status_code == 403
    client.logout()
    assert client.get(reverse("study", args=["tiong2020"])).status_code == 302


def test_the_list_tells_both_studies(client: Client, loaded: World) -> None:
    told = words(opened(client, loaded, reverse("studies")))
    assert "12 patients loaded" in told
    assert "70 patients loaded" in told


def test_a_report_is_kept_while_the_records_stay(loaded: World) -> None:
    first = kept_report.read_report(TIONG, now=NOW)
    assert kept_report.read_report(TIONG, now=NOW) is first
    assert kept_report.read_report(TIONG, now=NOW, anew=True) is not first


def test_a_change_of_the_records_is_computed_from_at_once(loaded: World) -> None:
    first = kept_report.read_report(TIONG, now=NOW)
    with transaction.atomic():
        scope.enter_all_centres()
        Patient.objects.filter(pseudonym="TIONG-08").update(born_on=date(1950, 1, 1))
        now_shown = kept_report.read_report(TIONG, now=NOW)
        transaction.set_rollback(True)
    assert [case.age for case in first.cases if case.number == 8] == [29]
    assert [case.age for case in now_shown.cases if case.number == 8] > [60]


def test_the_page_is_in_french(client: Client, loaded: World) -> None:
    client.force_login(loaded.clinician)
    client.cookies["django_language"] = "fr"
    answer = client.get(reverse("study", args=["tiong2020"]))
    assert '<html lang="fr">' in answer.content.decode()
    assert "0,0206" in answer.content.decode()
