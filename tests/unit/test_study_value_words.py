"""Printed and computed values of the studies, and every sentence beside them, as they are set in both languages."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from monitoring.studies.statements.statement import Statement, read_statements
from monitoring.wording import study_words
from monitoring.wording.study_value_words import WORDS

NB, NN = "\u00a0", "\u202f"
EVERY = [each for name in ("tiong2020", "filo2025") for each in read_statements(name)]
INTERNAL = re.compile(r"\b[AB]\d(\.\d)?\b|TIONG2020|ELN20\d\d|RFS_MRD|CR_MRD|MRD_Rel|>=|<=|\.py|[a-z]_[a-z]")
BARE_PER_CENT = re.compile(r"\d[ ]?%")


@pytest.mark.parametrize(
    ("value", "in_english", "in_french"),
    [
        ("27 (42%)", f"27{NB}(42{NB}%)", f"27{NB}(42{NN}%)"),
        ("95%/83%", f"95{NB}% / 83{NB}%", f"95{NN}% / 83{NN}%"),
        ("2 (3%), 15 (21.5%)", f"2{NB}(3{NB}%), 15{NB}(21.5{NB}%)", f"15{NB}(21,5{NN}%)"),
        ("31+35+4", "31 + 35 + 4", "31 + 35 + 4"),
        ("22.5 (IQR 14.25-28)", "22.5 (IQR 14.25–28)", "14,25–28"),
        ("1 (n=2), 4 (n=2)", f"1{NB}(n{NB}={NB}2), 4{NB}(n{NB}={NB}2)", f"4{NB}(n{NB}={NB}2)"),
        ("27 (56%) neg", f"27{NB}(56{NB}%) negative", f"27{NB}(56{NN}%)"),
        ("8.5 d", "8.5 days", "8,5"),
        ("cases 6 (Aza), 12 (Ven-MCL1i)", "cases 6 (Aza), 12 (Ven-MCL1i)", "6 (Aza), 12 (Ven-MCL1i)"),
        ([Decimal("0.0039"), Decimal(4)], "0.0039, 4", "0,0039"),
    ],
)
def test_a_value_has_the_marks_of_the_language(value: object, in_english: str, in_french: str) -> None:
    assert study_words.value(value, "x") == in_english
    with translation.override("fr"):
        assert in_french in study_words.value(value, "x")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_sentence_shows_an_inner_name_or_a_bare_per_cent(language: str) -> None:
    with translation.override(language):
        told = [(each.id, text) for each in EVERY for text in _told(each)]
    assert [one for one in told if INTERNAL.search(one[1]) or BARE_PER_CENT.search(one[1])] == []


def _told(each: Statement) -> tuple[str, ...]:
    """Everything that the page says of a statement, but for what is computed."""
    return (
        study_words.statement(each.id, each.asks), study_words.told(each.where),
        study_words.value(each.printed, each.id), study_words.why(each.why, each.why, ""),
    )  # fmt: skip


def test_french_has_no_english_point_between_digits() -> None:
    with translation.override("fr"):
        assert not [each.id for each in EVERY if re.search(r"\d\.\d", study_words.value(each.printed, each.id))]


def test_follow_up_and_survival_name_their_method() -> None:
    why = {each.id: each.why for each in EVERY}
    for number in range(80, 90):
        assert "Kaplan-Meier from the molecular relapse" in why[f"filo2025-{number:03}"]
    for number in (90, 91, 92):
        assert "Plain median and quartiles" in why[f"filo2025-{number:03}"]
        assert "Cohorts use reverse Kaplan-Meier." in why[f"filo2025-{number:03}"]


def test_every_english_word_of_a_value_can_be_translated() -> None:
    names = {"aza", "flag", "ida", "ven", "mcl", "i", "ldac", "n", "log", "hsct", *" ".join(WORDS).lower().split()}
    known = names | set(re.findall(r"[a-z]+", " ".join(WORDS).lower()))
    texts = [str(each.printed) for each in EVERY if isinstance(each.printed, str)]
    assert set(re.findall(r"[a-z]+", " ".join(texts).lower())) <= known
