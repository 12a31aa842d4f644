"""`load_study tiong2020`: the twelve cases as they stand in the database, and what the product says of them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from monitoring import scope
from monitoring.models import (
    Alert,
    AuditEntry,
    Baseline,
    ClinicalEvent,
    Disease,
    LoadedStudy,
    MrdResult,
    MutationFinding,
    Patient,
    RecomputeRequest,
    ResultContributor,
    Sample,
    StoredEpisode,
    StoredVerdict,
    Treatment,
    VenetoclaxCycle,
)
from monitoring.studies import tiong2020_loading
from monitoring.studies.tiong2020 import Case, read_cases
from monitoring.studies.tiong2020_loading import pseudonym
from tests.world import NOW

TODAY = date(2026, 11, 20)
CASES = read_cases()

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests of this file, in a transaction that is rolled back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert tiong2020_loading.load(today=TODAY, now=NOW)
        scope.enter_all_centres()
        connection.check_constraints()  # once: what is not yet checked is checked anew after every test
        yield
        transaction.set_rollback(True)


def printed(number: int) -> MrdResult:
    """The one result of a case whose value before venetoclax is printed."""
    found = MrdResult.objects.filter(patient__pseudonym=f"TIONG-{number:02}", call="DETECTED").order_by("collected_on")
    return next(result for result in found if "entered_value" not in result.constructed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: pseudonym(case))
@pytest.mark.usefixtures("loaded")
def test_facts_of_the_table_are_in_the_record(case: Case) -> None:
    patient = Patient.objects.get(pseudonym=pseudonym(case))
    assert (patient.sex, patient.is_synthetic) == (case.sex, True)
    assert Disease.objects.get(patient=patient).karyotype == case.karyotype
    findings = MutationFinding.objects.filter(patient=patient)
    assert {f"{f.gene} {f.variant}".strip() for f in findings} == {"NPM1", *case.mutations}
    regimens = set(Treatment.objects.filter(patient=patient).values_list("regimen", flat=True))
    assert {case.regimen, "; ".join(case.prior_chemotherapy)} <= regimens
    assert VenetoclaxCycle.objects.filter(patient=patient).count() == case.cycles
    result = printed(case.number)
    assert (result.entered_value, result.entered_scale) == (case.pre_venetoclax_pct_baseline, "PCT_BASELINE")
    told = " ".join(ClinicalEvent.objects.filter(patient=patient).values_list("detail", flat=True))
    assert case.status in told
    assert f"RFS {case.rfs} months" in told


@pytest.mark.usefixtures("loaded")
def test_age_at_the_start_of_venetoclax_is_the_printed_one() -> None:
    for case in CASES:
        patient = Patient.objects.get(pseudonym=pseudonym(case))
        start = VenetoclaxCycle.objects.get(patient=patient, number=1).starts_on
        had_birthday = (start.month, start.day) >= (patient.born_on.month, patient.born_on.day)
        assert start.year - patient.born_on.year - (not had_birthday) == case.age


@pytest.mark.usefixtures("loaded")
def test_case_9_is_14_1264_per_cent_of_diagnosis_never_of_abl1() -> None:
    result = printed(9)
    assert (result.entered_value, result.entered_scale) == (Decimal("14.1264"), "PCT_BASELINE")
    assert result.pct_abl1 == Decimal("141.264")
    assert not MrdResult.objects.filter(pct_abl1=Decimal("14.1264")).exists()


@pytest.mark.usefixtures("loaded")
def test_one_sample_sufficed_for_cases_9_10_and_12_only() -> None:
    episodes = StoredEpisode.objects.filter(ruleset="TIONG2020").select_related("patient")
    waived = {episode.patient.pseudonym for episode in episodes if episode.waived}
    assert waived == {"TIONG-09", "TIONG-10", "TIONG-12"}
    assert {e.patient.pseudonym for e in episodes} == {f"TIONG-{n:02}" for n in range(6, 13)}
    assert {(e.kind, e.rule) for e in episodes} == {("MOLECULAR_RELAPSE", "R1")}
    for episode in episodes.filter(waived=True):
        assert episode.index_result == printed(int(episode.patient.pseudonym[-2:]))


@pytest.mark.usefixtures("loaded")
def test_cohort_1_is_persistent() -> None:
    verdicts = StoredVerdict.objects.filter(ruleset="TIONG2020").select_related("patient")
    flagged = {
        verdict.patient.pseudonym
        for verdict in verdicts
        if any(flag["code"] == "PERSISTENCE" for flag in verdict.content["flags"])
    }
    assert flagged == {f"TIONG-{n:02}" for n in range(1, 6)}


@pytest.mark.usefixtures("loaded")
def test_no_verdict_is_stale_after_loading() -> None:
    assert not RecomputeRequest.objects.exists()
    assert StoredVerdict.objects.count() == 12 * 4


@pytest.mark.usefixtures("loaded")
def test_every_constructed_value_is_marked_at_the_value() -> None:
    assert all({"pct_abl1", "collected_on"} <= set(row.constructed) for row in Baseline.objects.all())
    assert all({"accession_number", "collected_on"} <= set(row.constructed) for row in Sample.objects.all())
    assert all(row.constructed == ["happened_on"] for row in ClinicalEvent.objects.all())
    assert all(row.constructed == ["starts_on", "ends_on"] for row in Treatment.objects.all())
    assert all(row.constructed == ["starts_on", "ends_on"] for row in VenetoclaxCycle.objects.all())
    assert all(row.constructed == ["diagnosed_on"] for row in Disease.objects.all())
    assert all(row.constructed == ["found_on"] for row in MutationFinding.objects.all())
    assert all(row.constructed == ["born_on"] for row in Patient.objects.all())


@pytest.mark.usefixtures("loaded")
def test_what_the_paper_prints_is_not_marked() -> None:
    """24 of the 40 results are printed: one before venetoclax and one best response for each case."""
    results = list(MrdResult.objects.all())
    facts = [result for result in results if "call" not in result.constructed]
    assert (len(results), len(facts)) == (40, 24)
    assert all("entered_value" not in result.constructed for result in facts)
    assert all({"collected_on", "abl1_copies", "lod_pct_abl1"} <= set(result.constructed) for result in results)
    assert sum(result.call == "NOT_DETECTED" for result in facts) == 11


@pytest.mark.usefixtures("loaded")
def test_every_result_was_signed_by_a_second_person() -> None:
    for result in MrdResult.objects.all():
        contributors = set(ResultContributor.objects.filter(result=result).values_list("user_id", flat=True))
        assert contributors == {result.entered_by_id}
        assert result.authorised_by_id not in contributors
        assert result.state == "AUTHORISED"


@pytest.mark.usefixtures("loaded")
def test_nobody_can_sign_in_as_the_staff_of_the_data_set() -> None:
    staff = {result.entered_by for result in MrdResult.objects.select_related("entered_by")}
    assert staff
    assert not any(person.has_usable_password() for person in staff)


@pytest.mark.usefixtures("loaded")
def test_the_alerts_that_are_open_are_about_the_present() -> None:
    open_codes = set(Alert.objects.filter(state="RAISED").values_list("code", flat=True))
    assert open_codes <= {"SAMPLE_OVERDUE", "NO_RESPONSE"}
    assert not Alert.objects.filter(state="RETRACTED").exists()


@pytest.mark.usefixtures("loaded")
def test_events_after_venetoclax() -> None:
    def on_record(kind: str) -> set[str]:
        return set(ClinicalEvent.objects.filter(kind=kind).values_list("patient__pseudonym", flat=True))

    assert on_record("HSCT") == {"TIONG-07", "TIONG-08", "TIONG-09", "TIONG-10", "TIONG-11"}
    assert on_record("DLI") == {"TIONG-08"}
    assert on_record("HAEMATOLOGICAL_RELAPSE") == {"TIONG-10"}
    assert on_record("DEATH") == {"TIONG-07"}
    assert on_record("NOT_TRANSPLANTED") == {"TIONG-06"}


@pytest.mark.usefixtures("loaded")
def test_cycles_that_go_on_have_no_end_of_treatment() -> None:
    going_on = Treatment.objects.filter(kind="PRE_EMPTIVE", ends_on=None).values_list("patient__pseudonym", flat=True)
    assert set(going_on) == {"TIONG-02", "TIONG-05", "TIONG-06", "TIONG-08", "TIONG-12"}


@pytest.mark.usefixtures("loaded")
def test_case_1_has_azacitidine_in_its_first_six_cycles_only() -> None:
    cycles = VenetoclaxCycle.objects.filter(patient__pseudonym="TIONG-01").order_by("number")
    partners = list(cycles.values_list("partner_drug", flat=True))
    assert partners == ["AZACITIDINE"] * 6 + [""] * 10


@pytest.mark.usefixtures("loaded")
def test_the_printed_table_is_kept_with_the_mark_of_loading() -> None:
    table = LoadedStudy.objects.get(name="tiong2020").detail["table_1"]
    assert [row["pre_venetoclax_pct_baseline"] for row in table][8] == "14.1264"
    assert len(table) == 12


@pytest.mark.usefixtures("loaded")
def test_loading_twice_changes_nothing() -> None:
    before = (Patient.objects.count(), MrdResult.objects.count(), AuditEntry.objects.count())
    assert not tiong2020_loading.load(today=TODAY, now=NOW)
    scope.enter_all_centres()
    assert before == (Patient.objects.count(), MrdResult.objects.count(), AuditEntry.objects.count())


@pytest.mark.usefixtures("loaded")
def test_the_command_says_that_it_was_loaded_before(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_study", "tiong2020")
    assert capsys.readouterr().out == "It was loaded before; nothing was changed.\n"
