"""`load_study synthetic`: simulated patients arrive whole, by the guarded way, once."""

from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from monitoring import scope
from monitoring.domain.classify import classify_all
from monitoring.models import (
    AdverseEvent,
    AuditEntry,
    CareRelation,
    ClinicalEvent,
    LoadedStudy,
    MrdResult,
    MrdSeries,
    MutationFinding,
    Patient,
    RecomputeRequest,
    ResultContributor,
    Treatment,
    VenetoclaxCycle,
)
from monitoring.queries.series_inputs import read_current
from monitoring.studies import registry_writing, synthetic_loading
from monitoring.studies.as_series import series_of
from monitoring.studies.copying import copy_rows
from monitoring.studies.registry import synthetic_registry
from monitoring.studies.sample_rows import limit_of, problems_of
from monitoring.studies.synthetic import simulate
from monitoring.studies.synthetic_loading import LoadedOtherwise, Wish
from tests.world import NOW, World

TODAY = date(2026, 11, 20)
WISH = Wish(patients=40, seed=3, mean=20)


def load(wish: Wish = WISH) -> int:
    loaded = synthetic_loading.load(wish, today=TODAY, now=NOW, tell=lambda _: None)
    scope.enter_all_centres()
    return loaded


@pytest.mark.django_db
def test_what_the_database_gives_is_what_was_simulated() -> None:
    load()
    for inputs in read_current(MrdSeries.objects.values_list("pk", flat=True)):
        pseudonym = Patient.objects.get(pk=inputs.patient_id).pseudonym
        simulated = series_of(simulate(3, int(pseudonym[-6:]), pseudonym, TODAY))
        stored = inputs.series
        names = {result.id: str(place) for place, result in enumerate(stored.results, start=1)}
        assert [(r.collected_on, r.tissue, r.call, r.pct_abl1, r.abl1_copies, r.timepoint) for r in stored.results] == [
            (r.collected_on, r.tissue, r.call, r.pct_abl1, r.abl1_copies, r.timepoint) for r in simulated.results
        ]
        for ruleset, verdict in classify_all(simulated, as_of=TODAY).items():
            found = classify_all(stored, as_of=TODAY)[ruleset]
            assert found.state == verdict.state
            assert [(e.status, names[e.index]) for e in found.episodes] == [
                (e.status, e.index) for e in verdict.episodes
            ]


@pytest.mark.django_db
def test_charts_arrive_with_everything() -> None:
    load()
    simulated = [simulate(3, number, "x", TODAY) for number in range(1, WISH.patients + 1)]
    assert ClinicalEvent.objects.count() == sum(len(p.events) for p in simulated)
    assert MutationFinding.objects.count() == sum(len(p.findings) for p in simulated)
    assert Treatment.objects.count() == sum(len(p.treatments) for p in simulated)
    assert VenetoclaxCycle.objects.count() == sum(len(line.cycles) for p in simulated for line in p.treatments)
    assert AdverseEvent.objects.count() == sum(len(p.adverse_events) for p in simulated)
    assert all(event.cycle is not None for event in AdverseEvent.objects.select_related("cycle"))
    assert Patient.objects.filter(is_synthetic=False).count() == 0


@pytest.mark.django_db
def test_every_result_has_a_contributor_and_another_signature() -> None:
    load()
    results = MrdResult.objects.count()
    assert results > 0
    assert ResultContributor.objects.count() == results
    signed = ResultContributor.objects.exclude(result__authorised_by=None).values_list("user", "result__authorised_by")
    assert all(contributor != signer for contributor, signer in signed)


@pytest.mark.django_db
def test_limits_and_problems_are_the_domains() -> None:
    load()
    for result in MrdResult.objects.all():
        copies = result.abl1_copies
        assert copies is not None
        assert result.lod_pct_abl1 == limit_of(int(copies))
        assert [problem["code"] for problem in result.problems] == (
            ["ABL1_INSUFFICIENT"] if copies < 1_000 else ["ABL1_LIMITED"] if copies < 10_000 else []
        )


def test_limit_and_problems_of_known_copies() -> None:
    assert limit_of(40_000) == Decimal("0.0025")
    assert problems_of(40_000) == "[]"
    assert problems_of(6_800) == '[{"code": "ABL1_LIMITED", "gene": "ABL1", "found": "6800"}]'


@pytest.mark.django_db
def test_each_series_asks_once_for_its_verdict() -> None:
    load()
    assert RecomputeRequest.objects.count() == WISH.patients
    assert set(MrdSeries.objects.values_list("revision", flat=True)) == {4}  # series, baselines, results


@pytest.mark.django_db
def test_a_laboratory_elsewhere_sees_only_whom_it_measured() -> None:
    load()
    measured = set(MrdResult.objects.filter(assay__laboratory__code="EASTMOOR").values_list("patient_id", flat=True))
    caring = set(CareRelation.objects.filter(centre__code="EASTMOOR").values_list("patient_id", flat=True))
    assert measured
    assert caring == measured


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    assert load() == 40
    before = (MrdResult.objects.count(), AuditEntry.objects.count(), LoadedStudy.objects.count())
    assert load() == 0
    assert before == (MrdResult.objects.count(), AuditEntry.objects.count(), LoadedStudy.objects.count())


@pytest.mark.django_db
def test_a_larger_wish_adds_what_is_missing() -> None:
    load()
    assert load(Wish(patients=45, seed=3, mean=20)) == 5
    assert Patient.objects.count() == 45


@pytest.mark.django_db
def test_the_same_seed_with_other_options_is_refused() -> None:
    load()
    with pytest.raises(LoadedOtherwise):
        load(Wish(patients=50, seed=3, mean=20, exactly=20))


@pytest.mark.django_db
def test_exactly_twenty_samples_a_patient() -> None:
    load(Wish(patients=10, seed=5, mean=20, exactly=20))
    assert MrdResult.objects.count() == 200


@pytest.mark.django_db
def test_a_load_leaves_one_audit_entry_with_its_author() -> None:
    load()
    entry = AuditEntry.objects.get(action="study.load")
    assert entry.actor_name == "synthetic-registry-data-manager"
    assert entry.after is not None
    assert entry.after["patients"] == 40


@pytest.mark.django_db
def test_nothing_stays_of_a_batch_that_fails() -> None:
    registry = synthetic_registry()
    twins = [simulate(3, 1, "S3-000001", TODAY), simulate(3, 1, "S3-000001", TODAY)]
    with pytest.raises(IntegrityError), transaction.atomic():
        registry_writing.write(registry, twins, LoadedStudy(name="twins"), NOW)
    scope.enter_all_centres()
    assert not Patient.objects.exists()
    assert not LoadedStudy.objects.exists()


@pytest.mark.django_db
def test_a_bulk_load_cannot_be_signed_by_its_author() -> None:
    registry = synthetic_registry()
    own, elsewhere = registry.places
    alone = type(own.staff)(own.staff.data_manager, own.staff.technician, own.staff.technician)
    one_person = type(own)(own.laboratory, own.assays, alone)
    lonely = type(registry)(registry.centre, (one_person, elsewhere))
    with pytest.raises(IntegrityError, match="signed_by_two_people"), transaction.atomic():
        registry_writing.write(lonely, [simulate(3, 1, "S3-1", TODAY)], LoadedStudy(name="alone"), NOW)


@pytest.mark.django_db
def test_not_a_number_is_refused_by_the_bulk_way_too() -> None:
    registry = synthetic_registry()
    patient = simulate(3, 1, "S3-1", TODAY)
    detected = next(sample for sample in patient.samples if sample.pct_abl1)
    detected.pct_abl1 = "NaN"
    with pytest.raises(IntegrityError), transaction.atomic():
        registry_writing.write(registry, [patient], LoadedStudy(name="nan"), NOW)


@pytest.mark.django_db
def test_rows_of_a_centre_out_of_scope_are_refused(world: World) -> None:
    """The bulk way passes row-level security like any other: it is the application's own role."""
    world.as_person(world.stranger)
    row = ("P-9", "1960-01-01", "F", world.centre.pk)
    constant = {"hospital_number": "", "family_name": "", "given_name": "", "is_synthetic": True}
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        copy_rows("monitoring_patient", ("pseudonym", "born_on", "sex", "centre_id"), [row], constant)


def test_many_batches_arrive_side_by_side_and_go_on_after_an_interruption(
    committed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic_loading, "BATCH_PATIENTS", 5)
    told: list[str] = []
    whole = registry_writing.write
    turns = count()

    def interrupted(*arguments: object) -> list[int]:
        if next(turns) >= 2:
            raise KeyboardInterrupt
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(synthetic_loading, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        synthetic_loading.load(Wish(20, 9, 20), today=TODAY, now=NOW, tell=told.append)
    monkeypatch.setattr(synthetic_loading, "write", whole)
    there = LoadedStudy.objects.filter(name__startswith="synthetic 9:").count()
    assert there == 2
    assert synthetic_loading.load(Wish(20, 9, 20), today=TODAY, now=NOW, tell=told.append) == 10
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.centres', (SELECT string_agg(id::text, ',') FROM monitoring_centre), false)"
        )
    pseudonyms = set(Patient.objects.filter(pseudonym__startswith="S9-").values_list("pseudonym", flat=True))
    assert pseudonyms == {f"S9-{number:06}" for number in range(1, 21)}
    assert told[-1] == "20 of 20 patients"


@pytest.mark.django_db
def test_the_command_asks_for_a_number_of_patients() -> None:
    with pytest.raises(CommandError, match="--patients"):
        call_command("load_study", "synthetic")


@pytest.mark.django_db
def test_the_command_names_a_seed_that_is_taken() -> None:
    call_command("load_study", "synthetic", patients=2, seed=8, verbosity=0)
    with pytest.raises(CommandError, match="another seed"):
        call_command("load_study", "synthetic", patients=3, seed=8, exactly=20)


@pytest.mark.parametrize("option", ["--patients", "--samples", "--exactly"])
def test_the_command_refuses_numbers_below_one(option: str) -> None:
    with pytest.raises(CommandError, match="not above zero"):
        call_command("load_study", "synthetic", option, "0")
