"""The benchmark of REST v1 measures what it says: answers that succeed, verdicts that are there, nothing left."""

import pytest

from monitoring.models import MrdResult, Patient
from monitoring.studies.benchmarks import api, api_world
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


def test_without_data_it_says_what_to_load(db: None) -> None:
    with pytest.raises(NothingLoaded):
        api.run(rounds=1, shards=1)
