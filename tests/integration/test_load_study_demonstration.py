"""`load_study demonstration`: people who can sign in, and a worklist with every kind of work on it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from monitoring import permissions, scope
from monitoring.models import (
    Alert,
    Centre,
    ClinicalEvent,
    Cohort,
    LoadedStudy,
    MrdResult,
    Patient,
    QpcrRun,
    RecomputeRequest,
    RunSample,
    StoredEpisode,
    User,
)
from monitoring.queries import bench_samples, worklist
from monitoring.queries.worklist import Filters
from monitoring.queries.worklist_groups import Group
from monitoring.studies import demonstration
from monitoring.studies.demonstration import LOGINS, STUDY_NURSE
from monitoring.wording.timeline_words import MRD_AT_HSCT
from tests.world import NOW, PASSWORD

TODAY = date(2026, 11, 20)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests of this file, in a transaction that is rolled back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert demonstration.load(PASSWORD, TODAY, NOW)
        scope.enter_all_centres()
        connection.check_constraints()  # once: what is not yet checked is checked anew after every test
        yield
        transaction.set_rollback(True)


@pytest.fixture
def northfield(loaded: None) -> Centre:
    return Centre.objects.get(code="NORTHFIELD")


def test_five_people_can_sign_in(loaded: None) -> None:
    for login in LOGINS:
        person = User.objects.get(username=login.username)
        assert person.check_password(PASSWORD)
        assert person.full_name == login.full_name
        assert permissions.roles_of(person) == {login.role}
    assert [login.username for login in LOGINS] == [
        "clinician", "colleague", "lead", "technician", "authoriser", "datamanager", "admin", "auditor",
    ]  # fmt: skip


def test_they_work_at_northfield_and_at_tiong_2020(northfield: Centre) -> None:
    both = {northfield.pk, Centre.objects.get(code="TIONG2020").pk}
    for login in LOGINS:
        assert set(permissions.centres_of(User.objects.get(username=login.username))) == both


def test_the_study_nurse_alone_sees_the_synthetic_cohort_and_has_a_cohort_at_each_centre(northfield: Centre) -> None:
    study = Centre.objects.get(code="FILO2025")
    nurse = User.objects.get(username=STUDY_NURSE.username)
    assert nurse.check_password(PASSWORD)
    assert set(permissions.centres_of(nurse)) == {northfield.pk, study.pk}
    assert Patient.objects.filter(centre=study).count() == 70
    assert set(Cohort.objects.values_list("centre_id", flat=True)) == {northfield.pk, study.pk}


def test_sixty_patients_of_northfield_beside_the_twelve_of_tiong(northfield: Centre) -> None:
    pseudonyms = set(Patient.objects.filter(centre=northfield).values_list("pseudonym", flat=True))
    assert pseudonyms == {f"P-{number:04}" for number in range(1, 61)}
    assert Patient.objects.exclude(centre__code="FILO2025").count() == 72
    assert not Patient.objects.filter(is_synthetic=False).exists()


def test_the_worklist_of_northfield_has_every_group(northfield: Centre) -> None:
    """Due: the seven who wait for nothing else, and four whose alert a clinician has seen."""
    groups = worklist.read(centres=[northfield.pk], filters=Filters(), now=NOW)
    assert {section.group: section.count for section in groups.sections} == {
        Group.URGENT: 3,
        Group.SUSPECTED: 3,
        Group.ALERTS: 3,
        Group.AWAITED: 0,
        Group.OVERDUE: 5,
        Group.DUE: 7 + 4,
    }


def test_urgent_are_the_confirmed_and_not_acknowledged_among_them_p0007(northfield: Centre) -> None:
    (urgent,) = worklist.read(centres=[northfield.pk], filters=Filters(group=Group.URGENT), now=NOW).sections
    assert "P-0007" in {row.pseudonym for row in urgent.rows}
    assert {row.state for row in urgent.rows} == {"CONFIRMED"}


def test_one_confirmation_is_overdue(northfield: Centre) -> None:
    overdue = Alert.objects.filter(patient__centre=northfield, code="CONFIRMATION_OVERDUE", state="RAISED")
    assert overdue.count() == 1


def test_what_a_clinician_has_seen_is_acknowledged_with_its_reason(northfield: Centre) -> None:
    seen = Alert.objects.filter(patient__centre=northfield, state="ACKNOWLEDGED").select_related("acknowledged_by")
    assert Counter(seen.values_list("code", flat=True)) == {"EPISODE": 3, "PERSISTENCE": 7}
    assert all(alert.acknowledged_by is not None and alert.acknowledged_by.username == "clinician" for alert in seen)
    assert all(alert.changes.filter(kind="ACKNOWLEDGED").exclude(comment="").exists() for alert in seen)


def test_verdicts_are_there_when_the_first_page_opens(loaded: None) -> None:
    assert not RecomputeRequest.objects.exists()


def test_results_of_northfield_were_entered_and_signed_by_its_people(northfield: Centre) -> None:
    results = MrdResult.objects.filter(assay__laboratory__centre=northfield)
    assert set(results.values_list("entered_by__username", "authorised_by__username")) == {("technician", "authoriser")}


def test_p0007_relapsed_twice(loaded: None) -> None:
    episodes = StoredEpisode.objects.filter(patient__pseudonym="P-0007", ruleset="ELN2021").order_by("position")
    assert list(episodes.values_list("number", "status", "relapse_on")) == [
        (1, "RESPONDED", date(2026, 1, 19)),
        (2, "CONFIRMED", date(2026, 10, 22)),
    ]


def test_laboratory_has_an_assay_for_each_marker_and_type(northfield: Centre) -> None:
    (laboratory,) = northfield.laboratories.all()
    assays = {(assay.marker, assay.mutation_type) for assay in laboratory.assays.all()}
    assert assays == {("NPM1", "A"), ("NPM1", "B"), ("NPM1", "D"), ("CBFB::MYH11", ""), ("RUNX1::RUNX1T1", "")}
    assert all(a.loq_copies == Decimal(3) and a.reports_below_loq for a in laboratory.assays.all())
    assert all(a.limit_copies == Decimal(1) for a in laboratory.assays.all())


def test_loading_twice_changes_nothing(loaded: None) -> None:
    before = (Patient.objects.count(), Alert.objects.count(), LoadedStudy.objects.count())
    assert not demonstration.load("another password", TODAY, NOW)
    scope.enter_all_centres()
    assert before == (Patient.objects.count(), Alert.objects.count(), LoadedStudy.objects.count())
    assert User.objects.get(username="clinician").check_password(PASSWORD)


def test_the_command_says_that_it_was_loaded_before(
    loaded: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MRD_DEMO_PASSWORD", raising=False)
    call_command("load_study", "demonstration")
    assert capsys.readouterr().out == "It was loaded before; nothing was changed.\n"


def test_a_second_start_tells_the_password_that_it_was_given(
    loaded: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MRD_DEMO_PASSWORD", PASSWORD)
    call_command("load_study", "demonstration")
    assert capsys.readouterr().out.splitlines()[-1].endswith(f"Password of each: {PASSWORD}")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords with which a load was asked for."""
    passwords: list[str] = []

    def load(password: str, today: date, now: datetime) -> bool:
        passwords.append(password)
        return True

    monkeypatch.setattr(demonstration, "load", load)
    monkeypatch.setattr(demonstration, "opens", lambda password: password in passwords)
    for name in ("MRD_DEMO_PASSWORD", "MRD_DEMO_PASSWORD_FILE"):
        monkeypatch.delenv(name, raising=False)
    return passwords


def test_the_last_line_tells_how_to_sign_in(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_study", "demonstration")
    (password,) = asked
    assert len(password) == 12
    assert capsys.readouterr().out.splitlines()[-1] == (
        "Demonstration logins: clinician, colleague, lead, technician, authoriser, datamanager, admin, auditor, "
        "studynurse. "
        f"Password of each: {password}"
    )


def test_each_home_gets_a_password_of_its_own(asked: list[str]) -> None:
    call_command("load_study", "demonstration")
    call_command("load_study", "demonstration")
    assert asked[0] != asked[1]


def test_the_password_can_be_given(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRD_DEMO_PASSWORD", "a long passphrase")
    call_command("load_study", "demonstration")
    assert asked == ["a long passphrase"]


def test_the_password_can_be_given_as_a_file(asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a long passphrase\n", encoding="utf-8")
    monkeypatch.setenv("MRD_DEMO_PASSWORD_FILE", str(tmp_path / "password"))
    call_command("load_study", "demonstration")
    assert asked == ["a long passphrase"]


def test_a_run_of_eight_tubes_waits_for_review_and_its_first_may_confirm_a_relapse(northfield: Centre) -> None:
    technician = User.objects.get(username="technician")
    run = QpcrRun.objects.get(laboratory__centre=northfield)
    assert run.state == "IN_REVIEW"
    assert RunSample.objects.filter(run=run, sample__isnull=False).count() == 8
    waiting = bench_samples.waiting_samples(technician, today=TODAY)
    assert waiting.total == 11
    assert waiting.samples[0].suspected_on is not None


def test_events_hold_what_the_form_would_have_kept(loaded: None) -> None:
    told = set(ClinicalEvent.objects.filter(kind="HSCT").values_list("mrd_at_hsct", flat=True))
    assert "NEGATIVE" in told
    assert told <= {"", *MRD_AT_HSCT}
