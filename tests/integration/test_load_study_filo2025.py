"""`load_study filo2025`: seventy synthetic patients whose records, by the rules, give the published counts."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from monitoring import scope
from monitoring.models import (
    AuditEntry,
    Centre,
    LoadedStudy,
    MrdResult,
    Patient,
    RecomputeRequest,
    ResultContributor,
    StoredEpisode,
)
from monitoring.studies import filo2025_loading
from monitoring.studies.filo2025 import read_patients
from monitoring.studies.statements.records import StudyPatient, read
from monitoring.studies.statements.report import STUDIES, findings
from monitoring.studies.statements.statement import Finding, Kind, Statement, StatementVerdict, read_statements
from tests.world import NOW

TODAY = date(2026, 11, 20)
STUDY = STUDIES["filo2025"]
STATEMENTS = read_statements("filo2025")
REPRODUCIBLE = [each for each in STATEMENTS if each.is_reproducible]
WITHIN_PRINTED = [f"filo2025-{number:03}" for number in (*range(81, 90), *range(91, 97))]
# Where the paper contradicts itself and the records follow one of its figures; docs/methods/filo2025.md.
DIFFER = {"008", "022", "053", "054", "059", "068", "069", "079", "080"}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests of this file, in a transaction that is rolled back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert filo2025_loading.load(today=TODAY, now=NOW)
        scope.enter_all_centres()
        connection.check_constraints()  # once: what is not yet checked is checked anew after every test
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def cohort(loaded: None) -> list[StudyPatient]:
    return read(STUDY.centre_code, STUDY.ruleset, now=NOW)


@pytest.fixture(scope="module")
def report(loaded: None) -> dict[str, Finding]:
    return {each.statement.id: each for each in findings(STUDY, now=NOW)}


@pytest.mark.parametrize("statement", REPRODUCIBLE, ids=lambda statement: statement.id)
def test_what_the_paper_lets_one_recompute_comes_out_as_printed(
    report: dict[str, Finding], statement: Statement
) -> None:
    verdict = report[statement.id].verdict
    assert verdict in (StatementVerdict.EQUAL, StatementVerdict.EQUAL_BY_ONE_READING), report[statement.id].computed


def test_the_counts_that_are_in_no_question_are_equal(report: dict[str, Finding]) -> None:
    wanted = {"002": "27 (42%)", "007": "12 (27%)", "070": "14 (20%) = 2 pre-HSCT + 3 post-HSCT + 9 no HSCT"}
    assert {number: report[f"filo2025-{number}"].computed for number in wanted} == wanted


def test_what_differs_is_where_the_paper_contradicts_itself(report: dict[str, Finding]) -> None:
    differing = {name[-3:] for name, each in report.items() if each.verdict is StatementVerdict.DIFFERS}
    assert differing == DIFFER
    assert all(each.why for each in report.values() if each.verdict is StatementVerdict.DIFFERS)


@pytest.mark.parametrize("name", WITHIN_PRINTED)
def test_survival_and_times_lie_within_the_printed_figures(report: dict[str, Finding], name: str) -> None:
    found = report[name]
    assert found.computed == found.statement.printed
    assert found.verdict is StatementVerdict.NO_INPUT_PUBLISHED


def test_follow_up_of_all_is_the_printed_one_to_a_day(report: dict[str, Finding]) -> None:
    assert report["filo2025-090"].computed == "22.51 (IQR 14.25-27.99)"


def test_every_figure_of_the_records_says_that_the_cohort_is_synthetic(report: dict[str, Finding]) -> None:
    computed = [each for each in report.values() if each.computed is not None and each.statement.is_of_records]
    assert len(computed) == 98
    assert all(each.why.startswith("Synthetic cohort constructed to match.") for each in computed)
    assert all(each.verdict is StatementVerdict.RULE for each in report.values() if each.statement.kind is Kind.RULE)


def test_each_patient_is_a_confirmed_molecular_relapse_by_eln_2021(cohort: list[StudyPatient]) -> None:
    rows = {row.pseudonym: row for row in read_patients()}
    assert len(cohort) == len(rows) == 70
    for patient in cohort:
        failure, row = patient.row.selection.failure, rows[patient.row.pseudonym]
        assert failure is not None
        assert failure.confirmed_on is not None
        assert failure.kind == "RELAPSE"
        assert failure.on < failure.confirmed_on <= failure.on + timedelta(days=28)
        assert patient.row.selection.diagnosed_on == failure.on - timedelta(days=row.diagnosis_to_relapse)


def test_second_relapses_are_found_by_the_rules_where_they_were_constructed(cohort: list[StudyPatient]) -> None:
    rows = {row.pseudonym: row for row in read_patients()}
    for patient in cohort:
        failure, second = patient.row.selection.failure, patient.row.course.second_molecular_relapse_on
        days = None if second is None or failure is None else (second - failure.on).days
        assert days == rows[patient.row.pseudonym].second_molecular_relapse, patient.row.pseudonym


@pytest.mark.usefixtures("loaded")
def test_every_patient_and_the_centre_are_synthetic() -> None:
    patients = Patient.objects.filter(centre__code="FILO2025")
    assert set(patients.values_list("pseudonym", flat=True)) == {f"FILO-{number:02}" for number in range(1, 71)}
    assert all(patients.values_list("is_synthetic", flat=True))
    centre = Centre.objects.get(code="FILO2025")
    assert (centre.name, centre.is_synthetic) == ("FILO 2025, synthetic cohort", True)


@pytest.mark.usefixtures("loaded")
def test_every_result_was_signed_by_a_second_person() -> None:
    results = MrdResult.objects.select_related("entered_by")
    contributors = dict(ResultContributor.objects.values_list("result_id", "user_id"))
    assert results
    for result in results:
        assert result.state == "AUTHORISED"
        assert contributors[result.pk] == result.entered_by_id != result.authorised_by_id
    assert not any(result.entered_by.has_usable_password() for result in results[:1])


@pytest.mark.usefixtures("loaded")
def test_no_verdict_is_stale_after_loading() -> None:
    assert not RecomputeRequest.objects.exists()
    assert StoredEpisode.objects.filter(ruleset="ELN2021", number=1).count() == 70


@pytest.mark.usefixtures("loaded")
def test_loading_twice_changes_nothing() -> None:
    before = Patient.objects.count(), MrdResult.objects.count(), AuditEntry.objects.count()
    assert not filo2025_loading.load(today=TODAY, now=NOW)
    scope.enter_all_centres()
    assert (Patient.objects.count(), MrdResult.objects.count(), AuditEntry.objects.count()) == before
    assert LoadedStudy.objects.get(name="filo2025").detail["patients"] == 70


@pytest.mark.usefixtures("loaded")
def test_the_command_writes_json_with_every_statement() -> None:
    out = StringIO()
    call_command("report_study", "filo2025", format="json", stdout=out)
    rows = json.loads(out.getvalue())
    assert [row["id"] for row in rows] == [each.id for each in STATEMENTS]
    assert set(rows[0]) == {"id", "where", "statement", "printed", "computed", "verdict", "why"}


@pytest.mark.usefixtures("loaded")
def test_the_command_writes_a_table_that_names_its_source() -> None:
    out = StringIO()
    call_command("report_study", "filo2025", stdout=out)
    told = out.getvalue()
    assert told.startswith("FILO 2025, synthetic cohort. Records: synthetic cohort constructed to match.")
    assert told.index("\nDIFFERS") < told.index("\nEQUAL_BY_ONE_READING") < told.index("\nEQUAL\n")


@pytest.mark.usefixtures("loaded")
def test_a_study_that_is_not_loaded_is_said_so() -> None:
    with pytest.raises(CommandError, match="load_study tiong2020"):
        call_command("report_study", "tiong2020", stdout=StringIO())


@pytest.mark.usefixtures("loaded")
def test_the_command_says_that_the_cohort_is_there_already() -> None:
    out = StringIO()
    call_command("load_study", "filo2025", stdout=out)
    assert out.getvalue() == "It was loaded before; nothing was changed.\n"
    scope.enter_all_centres()
