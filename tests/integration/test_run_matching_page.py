"""The page on which the names of a run are settled: by accession number, and confirmed by a person."""

import pytest
from django.test import Client

from monitoring.models import RunSample
from tests.integration.bench_pages import AtTheBench, text, ticked
from tests.integration.bench_runs import Bench, accessions, plate_file
from tests.world import World


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench.make(world)


@pytest.fixture
def client(world: World) -> AtTheBench:
    browser = AtTheBench()
    browser.world = world
    return browser


@pytest.fixture
def lab(client: Client, bench: Bench) -> Client:
    client.force_login(bench.world.technician)
    return client


def test_an_exact_number_is_proposed_with_its_patient_and_ticked(lab: Client, bench: Bench) -> None:
    run = bench.with_targets(bench.taken_in())
    answer = lab.get(f"/laboratory/runs/{run.pk}/samples/")
    assert "26-00001 P-0001 · marrow · 16 Nov 2026 · NPM1 A" in text(answer)
    assert ticked(answer) == len(accessions())


def test_part_of_a_name_is_proposed_but_not_ticked(lab: Client, bench: Bench) -> None:
    names = ["26-00001 BM", *accessions()[1:]]
    run = bench.with_targets(bench.taken_in(plate_file(names)))
    answer = lab.get(f"/laboratory/runs/{run.pk}/samples/")
    assert "26-00001 P-0001 · marrow" in text(answer)
    assert ticked(answer) == len(accessions()) - 1


def test_a_patients_pseudonym_is_never_matched(lab: Client, bench: Bench) -> None:
    names = ["P-0001", *accessions()[1:]]
    run = bench.with_targets(bench.taken_in(plate_file(names)))
    assert "No sample of this laboratory has this number." in text(lab.get(f"/laboratory/runs/{run.pk}/samples/"))


def test_a_typed_number_is_looked_up_and_confirmed(lab: Client, bench: Bench) -> None:
    run = bench.with_targets(bench.taken_in(plate_file(["unknown", *accessions()[1:]])))
    name = RunSample.objects.get(run=run, sample_name="unknown")
    page = lab.get(f"/laboratory/runs/{run.pk}/samples/", {f"number-{name.pk}": "26-00001"})
    assert "26-00001 P-0001 · marrow" in text(page)
    tick = f"{name.pk}|{bench.samples[0].pk}"
    lab.post(f"/laboratory/runs/{run.pk}/samples/", {"revision": run.revision, "match": [tick]})
    name.refresh_from_db()
    assert (name.sample, name.patient, name.matched_by) == (
        bench.samples[0], bench.series[0].patient, bench.world.technician,
    )  # fmt: skip


def test_a_tube_of_another_laboratory_is_not_matched(lab: Client, bench: Bench) -> None:
    run = bench.with_targets(bench.taken_in())
    name = RunSample.objects.get(run=run, sample_name="26-00001")
    answer = lab.post(f"/laboratory/runs/{run.pk}/samples/", {"revision": run.revision, "match": [f"{name.pk}|999999"]})
    assert answer.status_code == 422
    assert RunSample.objects.get(pk=name.pk).sample is None


def test_a_marker_that_is_not_followed_refuses_the_match(client: Client, world: World) -> None:
    bench = Bench.make(world, tubes=1, marker="CBFB::MYH11")
    client.force_login(world.technician)
    run = bench.with_targets(bench.taken_in())
    name = RunSample.objects.get(run=run, sample_name="26-00001")
    assert "is not followed in this patient" in text(client.get(f"/laboratory/runs/{run.pk}/samples/"))
    tick = f"{name.pk}|{bench.samples[0].pk}"
    answer = client.post(f"/laboratory/runs/{run.pk}/samples/", {"revision": run.revision, "match": [tick]})
    assert answer.status_code == 422
    assert "NPM1 was measured in these wells; in P-0001 it is not followed." in text(answer)


def test_another_mutation_type_is_said_before_the_match_is_confirmed(client: Client, world: World) -> None:
    bench = Bench.make(world, tubes=1, mutation_type="B")
    client.force_login(world.technician)
    run = bench.with_targets(bench.taken_in())
    answer = client.get(f"/laboratory/runs/{run.pk}/samples/")
    assert "The assay was not made for the mutation type of this patient" in text(answer)
    assert ticked(answer) == 0


def test_two_names_of_one_tube_for_one_target_are_refused(lab: Client, bench: Bench) -> None:
    run = bench.matched(bench.with_targets(bench.taken_in(plate_file(["26-00002 again", *accessions()[1:]]))))
    name = RunSample.objects.get(run=run, sample_name="26-00002 again")
    tick = f"{name.pk}|{bench.samples[1].pk}"
    answer = lab.post(f"/laboratory/runs/{run.pk}/samples/", {"revision": run.revision, "match": [tick]})
    assert answer.status_code == 422
    assert "is “26-00002” of this run already" in text(answer)


def test_a_name_is_set_aside_with_a_reason_only_and_comes_back(lab: Client, bench: Bench) -> None:
    run = bench.with_targets(bench.taken_in())
    name = RunSample.objects.get(run=run, sample_name="26-00008")
    said = {"revision": run.revision, "run_sample": name.pk, "step": "set-aside"}
    refused = lab.post(f"/laboratory/runs/{run.pk}/names/", {**said, "because": " "})
    assert (refused.status_code, "Say why this name is set aside." in text(refused)) == (422, True)
    lab.post(f"/laboratory/runs/{run.pk}/names/", {**said, "because": "external round"})
    assert "set aside: external round" in text(lab.get(f"/laboratory/runs/{run.pk}/samples/"))
    run.refresh_from_db()
    lab.post(f"/laboratory/runs/{run.pk}/names/", {**said, "step": "back", "revision": run.revision})
    assert RunSample.objects.get(pk=name.pk).set_aside_because == ""


def test_a_name_that_is_a_control_takes_part_as_one(lab: Client, bench: Bench) -> None:
    run = bench.with_targets(bench.taken_in(plate_file(["our own control", *accessions()[1:]])))
    name = RunSample.objects.get(run=run, sample_name="our own control")
    lab.post(
        f"/laboratory/runs/{run.pk}/names/",
        {"revision": run.revision, "run_sample": name.pk, "step": "control", "role": "POSITIVE_CONTROL"},
    )
    report = bench.review(run).report
    assert "our own control" in {control.sample for control in report.controls}
    assert "our own control" not in {pair.sample for pair in report.pairs}


def test_two_targets_cannot_be_one_assay(lab: Client, bench: Bench) -> None:
    run = bench.taken_in()
    same = f"assay-{bench.world.assay.pk}"
    answer = lab.post(
        f"/laboratory/runs/{run.pk}/targets/", {"revision": run.revision, "target_0": same, "target_1": same}
    )
    assert answer.status_code == 422
    assert "Two targets are the same assay." in text(answer)
