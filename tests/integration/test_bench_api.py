"""The benchmark of REST v1 measures what it says: answers that succeed, verdicts that are there, nothing left."""

import pytest

from monitoring.models import MrdResult, Patient
from monitoring.studies.benchmarks import api, api_world, served_requests
from monitoring.studies.benchmarks.pages import NothingLoaded
from tests.world import World


def test_it_measures_and_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (api, api_world):
        monkeypatch.setattr(room, "RESULTS", 100)  # enough to see that it measures
    monkeypatch.setattr(api, "SINGLES", 2)
    monkeypatch.setattr(api, "FIGURES", 2)
    world.patient()
    report = api.run(rounds=1, shards=1)
    assert set(report["results_a_second"]) == {
        "raw_insert", "bulk_sent_50_series", "bulk_sent_1000_series", "bulk_drafts",
    }  # fmt: skip
    assert all(ratio > 0 for ratio in report["times_the_raw_insert"].values())
    world.as_person(world.clinician)
    assert (Patient.objects.count(), MrdResult.objects.count()) == (1, 0)


def test_every_kind_of_request_to_a_running_product_is_sent_as_often_as_it_says(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_world, "RESULTS", 100)
    monkeypatch.setattr(api_world, "PATIENTS", 200)
    sending = api_world.write(world.centre, world.now)
    asked = [
        served_requests.figures(sending.series, "Cookie: x", 3),
        served_requests.searches(sending.series, sending.machine_token, 3),
        served_requests.singles(sending, "s", 3),
        served_requests.bulks(sending, 50, "f", 3),
        served_requests.bulks(sending, 100, "m", 3),
        served_requests.transactions(sending, "t", 3),
    ]
    assert [len(requests) for requests in asked] == [3] * len(asked)
    assert all(len(set(requests)) == len(requests) for requests in asked)


def test_without_data_it_says_what_to_load(db: None) -> None:
    with pytest.raises(NothingLoaded):
        api.run(rounds=1, shards=1)
