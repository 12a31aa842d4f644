"""A new edition of the rules: nothing it says is raised before a second person has signed what it changes."""

from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from monitoring import scope
from monitoring.actions import editions, recompute, shadow_decisions, shadow_runs
from monitoring.actions.editions import EditionsNotSigned
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.domain import classify
from monitoring.domain.editions import editions_of_code
from monitoring.domain.shadow_weights import Weight
from monitoring.models import (
    Alert,
    MrdSeries,
    Patient,
    ShadowDifference,
    ShadowRun,
    SignedEdition,
    StoredVerdict,
)
from monitoring.models.choices import RoleChoice
from monitoring.queries import editions as queries
from tests.rule_changes import eln2021_positive_from
from tests.world import World, _person, detected, not_detected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    """The day of the world: pages and commands ask the clock."""
    with time_machine.travel(world.now, tick=True):
        yield


@pytest.fixture
def signed(world: World) -> Iterator[World]:
    """The editions of the code are those in force."""
    editions._FOUND_SIGNED.clear()
    for name, version in editions_of_code().items():
        SignedEdition.objects.get_or_create(name=name, version=version)
    yield world
    editions._FOUND_SIGNED.clear()


def everything_computed(world: World) -> None:
    world.as_person(world.clinician)
    recompute.drain_pending(now=world.now)


def two_patients(world: World) -> tuple[MrdSeries, MrdSeries]:
    """One with a level between 0.05 and 2 % after the end of treatment, one whose levels lie below.

    ELN 2025 calls neither of them positive, so that its HIGH_LEVEL does not stand there already.
    """
    touched, untouched = world.patient(), world.patient()
    world.authorised(touched, date(2026, 10, 1), detected("0.08"))
    world.authorised(untouched, date(2026, 10, 1), detected("0.01"))
    everything_computed(world)
    return touched, untouched


def run_time(run: ShadowRun) -> datetime:
    """The moment at which a comparison was finished: the command asks the clock."""
    assert run.finished_at is not None
    return run.finished_at


def compared(world: World) -> ShadowRun:
    call_command("shadow", "--by", world.data_manager.username, "--shards", "1", stdout=StringIO())
    return ShadowRun.objects.latest("pk")


def alerts_of(world: World, series: MrdSeries) -> list[tuple[str, str]]:
    world.as_person(world.clinician)
    return list(Alert.objects.filter(series=series).order_by("pk").values_list("code", "state"))


def test_exactly_the_series_that_change_are_listed_and_nothing_is_raised(signed: World) -> None:
    touched, _untouched = two_patients(signed)
    before = list(StoredVerdict.objects.order_by("pk").values_list("digest", "ruleset_version"))
    alerts = alerts_of(signed, touched)
    with eln2021_positive_from("0.05"):
        run = compared(signed)
        signed.as_person(signed.clinician)
        found = ShadowDifference.objects.get()
        assert (run.series_compared, run.series_differing) == (2, 1)
        assert (found.series_id, found.ruleset, found.weight) == (touched.pk, "ELN2021", Weight.NEW_URGENT)
        assert (found.before["state"], found.after["state"]) == ("LOW_LEVEL", "POSITIVE")
        assert ("RAISED", "HIGH_LEVEL") in {(step["kind"], step["code"]) for step in found.after["steps"]}
    assert list(StoredVerdict.objects.order_by("pk").values_list("digest", "ruleset_version")) == before
    assert alerts_of(signed, touched) == alerts


def test_without_a_signature_nothing_is_computed(signed: World) -> None:
    touched, _untouched = two_patients(signed)
    with eln2021_positive_from("0.05"):
        with pytest.raises(EditionsNotSigned, match="ELN2021 2"):
            recompute.recompute_series([touched.pk], now=signed.now)
        assert "manage.py shadow" in editions.sentence(queries.unsigned())


def test_after_the_signature_the_recomputation_raises_them(signed: World) -> None:
    touched, _untouched = two_patients(signed)
    assert ("HIGH_LEVEL", "RAISED") not in alerts_of(signed, touched)
    with eln2021_positive_from("0.05"):
        run = compared(signed)
        signed.as_person(signed.clinician)
        shadow_decisions.sign(by=signed.clinician, run_id=run.pk, comment="Each looked at", now=run_time(run))
        recompute.recompute_series([touched.pk], now=signed.now)
        assert ("HIGH_LEVEL", "RAISED") in alerts_of(signed, touched)
        assert SignedEdition.objects.get(name="ELN2021", version="2").run_id == run.pk


def test_refusing_keeps_everything_as_it_was(signed: World) -> None:
    touched, _untouched = two_patients(signed)
    alerts = alerts_of(signed, touched)
    with eln2021_positive_from("0.05"):
        run = compared(signed)
        signed.as_person(signed.clinician)
        shadow_decisions.refuse(by=signed.clinician, run_id=run.pk, comment="Too many", now=run_time(run))
        assert queries.unsigned() == {"ELN2021": "2"}
        with pytest.raises(StaleVersion):
            shadow_decisions.sign(by=signed.clinician, run_id=run.pk, comment="After all", now=run_time(run))
        with pytest.raises(EditionsNotSigned):
            recompute.recompute_series([touched.pk], now=signed.now)
    assert alerts_of(signed, touched) == alerts


def test_two_people_and_a_clinician(signed: World) -> None:
    two_patients(signed)
    run = compared(signed)
    signed.as_person(signed.data_manager)
    for person in (signed.data_manager, signed.technician):
        with pytest.raises(PermissionDenied):
            shadow_decisions.sign(by=person, run_id=run.pk, comment="x", now=run_time(run))
    signed.as_person(signed.clinician)
    with pytest.raises(ActionRefused, match="rests on"):
        shadow_decisions.sign(by=signed.clinician, run_id=run.pk, comment=" ", now=run_time(run))
    own = shadow_runs.start_editions(by=signed.clinician)
    shadow_runs.finish_editions(own.pk, now=signed.now)
    with pytest.raises(PermissionDenied, match="second person"):
        shadow_decisions.sign(by=signed.clinician, run_id=own.pk, comment="x", now=signed.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShadowRun.objects.filter(pk=own.pk).update(
            decision="SIGNED", decided_by=signed.clinician, decided_at=signed.now, comment="past the action"
        )


def test_a_comparison_that_is_a_week_old_is_not_signed(signed: World) -> None:
    two_patients(signed)
    run = compared(signed)
    signed.as_person(signed.clinician)
    late = run_time(run) + shadow_decisions.SIGNED_WITHIN * 2
    with pytest.raises(ActionRefused, match="older than 7 days"):
        shadow_decisions.sign(by=signed.clinician, run_id=run.pk, comment="x", now=late)


def test_unchanged_rules_differ_nowhere(signed: World) -> None:
    two_patients(signed)
    suspected = signed.patient()
    signed.authorised(suspected, date(2026, 8, 1), not_detected())
    signed.authorised(suspected, date(2026, 11, 10), detected("0.05"))
    everything_computed(signed)
    run = compared(signed)
    assert (run.series_compared, run.series_differing) == (3, 0)


def test_a_new_engine_asks_for_a_signature_too(signed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classify, "ENGINE_VERSION", "2")
    assert queries.unsigned() == {"ENGINE": "2"}
    assert "ENGINE 2" in editions.refuse_to_start()


def test_an_empty_database_and_one_of_demonstrations_sign_by_themselves(signed: World) -> None:
    with eln2021_positive_from("0.05"):
        signed.patient()
        Patient.objects.update(is_synthetic=True)
        # as the owner after a migration; here in the test's own transaction
        scope.enter_all_centres()
        assert editions.settle_first("default") == {}
        assert SignedEdition.objects.filter(name="ELN2021", version="2").exists()


def test_the_command_shows_what_differs_and_signs(signed: World) -> None:
    touched, _untouched = two_patients(signed)
    with eln2021_positive_from("0.05"):
        run = compared(signed)
        told = StringIO()
        call_command("shadow", "--show", str(run.pk), "--by", "clinician", stdout=told)
        assert touched.patient.pseudonym in told.getvalue()
        assert "a new alert of urgency 1" in told.getvalue()
        with pytest.raises(CommandError, match="signed by a clinician"):
            call_command("shadow", "--sign", str(run.pk), "--by", "data_manager", "--comment", "x")
        call_command("shadow", "--sign", str(run.pk), "--by", "clinician", "--comment", "seen", stdout=told)
        assert "migrate" in told.getvalue()
        assert queries.unsigned() == {}


def test_a_stranger_signs_editions_for_all_but_sees_only_the_own_patients(signed: World) -> None:
    two_patients(signed)
    far = _person("far", RoleChoice.CLINICIAN, signed.elsewhere)
    with eln2021_positive_from("0.05"):
        run = compared(signed)
        told = StringIO()
        call_command("shadow", "--show", str(run.pk), "--by", far.username, stdout=told)
        assert "1 more series differ" in told.getvalue()
        assert "P-0001" not in told.getvalue()
