"""The benchmark of cohorts asks every part as the page asks it first, and tells ratios to what it measured itself."""

import pytest

from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.parts import Part
from monitoring.forms.cohort_questions import asked_of
from monitoring.studies.benchmarks import cohorts
from monitoring.studies.benchmarks.cohort_world import Asked
from monitoring.studies.benchmarks.pages import NothingLoaded


def test_every_part_is_asked_in_the_words_that_its_address_understands() -> None:
    questions = [parts.first_asked(part, ()) for part in Part]
    addresses = cohorts._addresses(7, questions)
    for question in questions:
        path, _, query = addresses[f"part_{question.part}"].partition("?")
        assert path == f"/cohorts/7/parts/{question.part}/"
        assert asked_of(question.part, dict(each.split("=") for each in query.split("&") if each)) == question


def test_what_was_measured_is_told_as_multiples_of_the_yardsticks() -> None:
    web = cohorts._of_web({"bare_handler": [0.001, 0.002, 0.003], "page": [0.2, 0.1, 0.6]})
    assert (web["served_ms"]["page"], web["served_p99_ms"]["page"]) == (200.0, 600.0)
    assert web["times_the_bare_handler"] == {"bare_handler": 1.0, "page": 100.0}
    worker = cohorts._of_worker({"FLOW": [Asked(2.0, 1.0), Asked(4.0, None), Asked(3.0, 1.5)]}, raw=0.5)
    assert worker["times_the_raw_read"] == {"FLOW": 6.0}
    assert worker["worker_own_seconds"] == {"FLOW": 1.25}


def test_without_data_it_says_what_to_load(db: None) -> None:
    with pytest.raises(NothingLoaded):
        cohorts.measure(1, rounds=1)
