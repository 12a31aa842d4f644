"""The methods of a cohort in words: each sentence once, every estimator with its source."""

import tomllib
from datetime import date
from pathlib import Path

from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.terms import Marker
from monitoring.wording import cohort_methods_words as words
from monitoring.wording.cohort_methods_words import DataTold

TOLD = DataTold(3, 4182, 61, 38, date(2026, 11, 20), is_synthetic=False)
NPM1 = CohortDefinition(markers=frozenset({Marker.NPM1}))


def methods(*asked: parts.PartQuestion, told: DataTold = TOLD) -> str:
    return " ".join(words.paragraphs(NPM1, told, asked))


def test_it_tells_population_software_and_data() -> None:
    said = methods(parts.ask("SURVIVAL", {}))
    assert "Of 61 patients considered 38 were included." in said
    assert "cohort version 3, data revision 4182" in said
    assert "log-log" in said
    assert "reverse Kaplan-Meier" in said
    assert "Synthetic" not in said


def test_what_two_figures_share_is_said_once() -> None:
    said = methods(parts.ask("SURVIVAL", {}), parts.ask("INCIDENCE", {}))
    for sentence in (
        "Relapse-free survival, second molecular relapse counted",
        "Origin: day",
        "Patients without an event",
    ):
        assert said.count(sentence) == 1
    assert "Aalen and Johansen" in said


def test_groups_are_compared_only_where_there_are_some() -> None:
    assert "log-rank" not in methods(parts.ask("SURVIVAL", {}))
    assert "log-rank" in methods(parts.ask("SURVIVAL", {"grouping": "SIGNALLING"}))


def test_a_naive_split_is_never_told_as_valid() -> None:
    assert "the comparison is not valid" in methods(parts.ask("TRANSPLANT", {"comparison": "NAIVE"}))
    assert "landmark of 90 days" in methods(parts.ask("TRANSPLANT", {"landmark_days": 90}))
    assert "time-dependent" in methods(parts.ask("TRANSPLANT", {"comparison": "SIMON_MAKUCH"}))


def test_synthetic_patients_are_called_so_first() -> None:
    told = DataTold(1, 9, 3, 3, date(2026, 11, 20), is_synthetic=True)
    assert methods(told=told).startswith("Synthetic patients.")


def test_the_version_told_is_that_of_the_product() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == words.PRODUCT_VERSION
