"""The pages of a run, as people of the laboratory see them and as others do not."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.models import MrdResult, QpcrRun, RunReaction
from monitoring.models.choices import RoleChoice
from monitoring.studies.plates.ready_plates import RELAPSE_LEVELS, every_target_plate
from tests.integration.bench_pages import AtTheBench, text, upload
from tests.integration.bench_runs import Bench, accessions, file_of, plate_file, spoilt_file
from tests.world import World, _person, detected


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


# ---- taking in ----
def test_a_file_becomes_a_run_and_its_names_are_asked_for(lab: Client, bench: Bench) -> None:
    file = plate_file()
    answer = upload(lab, bench, (file.name, file.content))
    run = QpcrRun.objects.get()
    assert answer["Location"] == f"/laboratory/runs/{run.pk}/samples/"
    page = text(lab.get(answer["Location"]))
    assert "First say what 1 target is." in page
    assert "26-00001" in page


def test_the_same_file_is_refused_with_a_link_to_the_first(lab: Client, bench: Bench) -> None:
    file = plate_file()
    upload(lab, bench, (file.name, file.content))
    answer = upload(lab, bench, ("again.txt", file.content))
    assert answer.status_code == 409
    assert f"/laboratory/runs/{QpcrRun.objects.get().pk}/" in answer.content.decode()
    assert "This file was taken in before." in text(answer)


def test_what_cannot_be_read_says_file_line_and_what_to_do(lab: Client, bench: Bench) -> None:
    answer = upload(lab, bench, ("plate.csv", b"Well;Sample;Target;Cq\nA1;x;ABL1;1.2.3\n"))
    assert answer.status_code == 422
    assert "The file was not read. Nothing was taken in." in text(answer)
    assert "plate.csv" in text(answer)
    assert QpcrRun.objects.count() == 0


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", b"%PDF-1.7", b"a\tb\n"])
def test_no_content_breaks_the_page(lab: Client, bench: Bench, content: bytes) -> None:
    answer = upload(lab, bench, ("plate.txt", content))
    assert answer.status_code == 422
    assert QpcrRun.objects.count() == RunReaction.objects.count() == 0


def test_without_a_file_it_says_so(lab: Client, bench: Bench) -> None:
    answer = lab.post("/laboratory/runs/", {"laboratory": bench.world.laboratory.pk})
    assert answer.status_code == 422
    assert "Choose the file" in text(answer)


def test_the_file_comes_back_as_it_was_and_is_never_opened_by_the_browser(lab: Client, bench: Bench) -> None:
    file = plate_file()
    upload(lab, bench, (file.name, file.content))
    answer = lab.get(f"/laboratory/runs/{QpcrRun.objects.get().pk}/file/")
    assert answer.content == file.content
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/octet-stream")


# ---- review ----
def test_the_review_shows_levels_classes_curves_controls_and_plate(lab: Client, bench: Bench) -> None:
    run = bench.ready()
    page = text(lab.get(f"/laboratory/runs/{run.pk}/"))
    for said in (
        "Curves are accepted, controls pass. 8 results", "P-0001", "copies per 10⁵ ABL1", "reduction from diagnosis",
        "accepted", "no template", "Submit 8 results", "below 1,000, not evaluable",
    ):  # fmt: skip
        assert said in page, said


def test_a_failed_run_says_so_first_and_asks_before_it_is_handed_on(lab: Client, bench: Bench) -> None:
    run = bench.ready(spoilt_file("NTC", "NPM1mutA", 500))
    page = text(lab.get(f"/laboratory/runs/{run.pk}/"))
    assert "A control failed" in page
    assert "Repeat it before anything is submitted." in page
    answer = lab.post(f"/laboratory/runs/{run.pk}/submit/", {"revision": run.revision})
    assert answer.status_code == 422
    assert MrdResult.objects.count() == 0
    lab.post(f"/laboratory/runs/{run.pk}/submit/", {"revision": run.revision, "although_failed": "on"})
    assert set(MrdResult.objects.values_list("call", flat=True)) == {"NOT_EVALUABLE"}


def test_a_well_is_left_out_with_a_reason_and_taken_in_again(lab: Client, bench: Bench) -> None:
    run = bench.ready()
    reaction = RunReaction.objects.filter(run=run, sample_name="26-00001", target_name="NPM1mutA").first()
    assert reaction is not None
    said = {"revision": run.revision, "reaction": reaction.pk, "well": reaction.well}
    refused = lab.post(f"/laboratory/runs/{run.pk}/wells/", {**said, "because": ""})
    assert (refused.status_code, "Say why the well is left out." in text(refused)) == (422, True)
    lab.post(f"/laboratory/runs/{run.pk}/wells/", {**said, "because": "bubble"})
    page = text(lab.get(f"/laboratory/runs/{run.pk}/?well={reaction.well}"))
    assert "1 well was left out" in page
    assert "Left out by Technician" in page
    run.refresh_from_db()
    lab.post(f"/laboratory/runs/{run.pk}/wells/", {**said, "revision": run.revision, "take_in": "1"})
    assert RunReaction.objects.get(pk=reaction.pk).excluded_because == ""


def test_htmx_gets_the_numbers_alone(lab: Client, bench: Bench) -> None:
    run = bench.ready()
    reaction = RunReaction.objects.filter(run=run, sample_name="26-00001", target_name="NPM1mutA").first()
    assert reaction is not None
    answer = lab.post(
        f"/laboratory/runs/{run.pk}/wells/",
        {"revision": run.revision, "reaction": reaction.pk, "well": reaction.well, "because": "bubble"},
        headers={"HX-Request": "true"},
    )
    assert answer.content.decode().lstrip().startswith('<div id="review"')
    assert f'name="revision" value="{run.revision + 1}"' in answer.content.decode()


def test_a_stale_page_is_told_what_changed(lab: Client, bench: Bench) -> None:
    run = bench.ready()
    first, second = RunReaction.objects.filter(run=run, sample_name="26-00001", target_name="NPM1mutA")[:2]
    said = {"revision": run.revision, "well": first.well, "because": "bubble"}
    lab.post(f"/laboratory/runs/{run.pk}/wells/", {**said, "reaction": first.pk})
    answer = lab.post(f"/laboratory/runs/{run.pk}/wells/", {**said, "reaction": second.pk})
    assert answer.status_code == 409
    assert f"Technician left out well {first.well} of NPM1mutA" in text(answer)
    assert RunReaction.objects.get(pk=second.pk).excluded_because == ""


def test_the_results_go_to_a_second_person(lab: Client, bench: Bench) -> None:
    run = bench.ready()
    answer = lab.post(f"/laboratory/runs/{run.pk}/submit/", {"revision": run.revision}, follow=True)
    assert "8 results are submitted. Another person authorises them." in text(answer)
    again = lab.post(f"/laboratory/runs/{run.pk}/submit/", {"revision": run.revision}, follow=True)
    assert "nothing was written twice" in text(again)
    assert MrdResult.objects.count() == 8


def test_a_run_is_discarded_with_a_reason_and_stays_on_record(lab: Client, bench: Bench) -> None:
    run = bench.taken_in()
    lab.post(f"/laboratory/runs/{run.pk}/discard/", {"revision": run.revision, "reason": ""})
    assert QpcrRun.objects.get().state == "IN_REVIEW"
    lab.post(f"/laboratory/runs/{run.pk}/discard/", {"revision": run.revision, "reason": "wrong plate"})
    page = text(lab.get(f"/laboratory/runs/{run.pk}/"))
    assert "Discarded by Technician" in page
    assert "wrong plate" in page


def test_a_large_plate_of_many_targets_shows_one_target_at_a_time(client: Client, world: World) -> None:
    bench = Bench.make(world, tubes=7)
    client.force_login(world.technician)
    run = bench.taken_in(file_of(every_target_plate(accessions(7))))
    bench.with_targets(run)
    assert client.get(f"/laboratory/runs/{run.pk}/").status_code == 200


# ---- who may ----
@pytest.mark.parametrize("person", ["clinician", "data_manager", "stranger"])
@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/samples/", "{pk}/file/"])
def test_only_people_of_a_laboratory_see_runs(client: Client, bench: Bench, person: str, path: str) -> None:
    run = bench.ready()
    client.force_login(getattr(bench.world, person))
    assert client.get(f"/laboratory/runs/{path.format(pk=run.pk)}").status_code == 403


@pytest.mark.parametrize("path", ["", "samples/", "file/"])
def test_a_run_of_another_laboratory_is_not_there(client: Client, bench: Bench, path: str) -> None:
    run = bench.ready()
    client.force_login(_person("elsewhere", RoleChoice.LABORATORY_TECHNICIAN, bench.world.elsewhere))
    assert client.get(f"/laboratory/runs/{run.pk}/{path}").status_code == 404
    assert client.post(f"/laboratory/runs/{run.pk}/submit/", {"revision": run.revision}).status_code == 404
    assert "MRD run" not in text(client.get("/laboratory/runs/"))


def test_a_signed_out_person_is_asked_to_sign_in(client: Client, bench: Bench) -> None:
    assert client.get("/laboratory/runs/")["Location"].startswith("/sign-in?next=")


# ---- speed ----
def queries(lab: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert lab.get(path).status_code == 200
    return len(captured)


def test_as_many_queries_for_eight_samples_as_for_one(client: Client, world: World) -> None:
    bench = Bench.make(world)
    client.force_login(world.technician)
    small = bench.ready(plate_file(accessions(1), RELAPSE_LEVELS[:1], name="small"))
    large = bench.ready(plate_file(seed=9))
    for page in ("", "samples/"):
        one, many = (queries(client, f"/laboratory/runs/{run.pk}/{page}") for run in (small, large))
        assert one == many, page


def test_as_many_queries_for_six_runs_as_for_one(lab: Client, bench: Bench) -> None:
    bench.ready()
    one = queries(lab, "/laboratory/runs/")
    for seed in range(20, 25):
        bench.taken_in(plate_file(seed=seed))
    assert queries(lab, "/laboratory/runs/") == one


def test_the_laboratory_counts_its_open_runs(lab: Client, bench: Bench) -> None:
    bench.taken_in()
    assert "Runs 1" in text(lab.get("/laboratory/"))


def test_a_signed_result_is_amended_only_with_a_reason(lab: Client, bench: Bench) -> None:
    signed = bench.world.authorised(bench.series[0], date(2026, 11, 10), detected("0.5"))
    run = bench.ready(plate_file([signed.sample.accession_number], RELAPSE_LEVELS[:1]))
    bench.samples.append(signed.sample)
    run = bench.matched(run)
    page = lab.get(f"/laboratory/runs/{run.pk}/")
    assert "has an authorised result" in text(page)
    (field,) = re.findall(r'name="(amend-[^"]+)"', page.content.decode())
    lab.post(f"/laboratory/runs/{run.pk}/submit/", {"revision": run.revision, field: ""})
    assert MrdResult.objects.filter(sample=signed.sample).count() == 1
    lab.post(f"/laboratory/runs/{run.pk}/submit/", {"revision": run.revision, field: "measured again"})
    assert sorted(MrdResult.objects.filter(sample=signed.sample).values_list("version", "state")) == [
        (1, "AUTHORISED"), (2, "SUBMITTED"),
    ]  # fmt: skip
