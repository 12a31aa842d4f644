"""Which names of a file are proposed for which assay and tube."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.run_names import possible_accession_numbers, target_key


@pytest.mark.parametrize(
    "spelt", ["NPM1mutA", "NPM1 mut A", "npm1-mutA", "NPM1 type A", "NPM1_A", "NPM1 mutation type A"]
)
def test_spellings_of_one_target_are_one(spelt: str) -> None:
    assert target_key(spelt) == target_key("NPM1 A")


@pytest.mark.parametrize("other", ["NPM1mutB", "NPM1", "CBFB::MYH11 A", "ABL1"])
def test_other_targets_stay_others(other: str) -> None:
    assert target_key(other) != target_key("NPM1 A")


@pytest.mark.parametrize("name", ["26-00001", "26-00001 BM", "BM 26-00001", "26-00001_2", "26-00001;2", "(26-00001)"])
def test_a_number_is_the_name_or_a_whole_word_of_it(name: str) -> None:
    assert "26-00001" in possible_accession_numbers(name)


@pytest.mark.parametrize("name", ["126-00001", "26-000011", "Smith 2", "x26-00001"])
def test_part_of_a_word_and_short_words_are_no_number(name: str) -> None:
    found = possible_accession_numbers(name)
    assert "26-00001" not in found
    assert "2" not in found


def test_a_word_without_a_digit_is_no_number() -> None:
    assert possible_accession_numbers("Müller marrow") == ("Müller marrow", "MÜLLER MARROW")


@given(st.text())
def test_the_name_itself_always_stands_first(name: str) -> None:
    found = possible_accession_numbers(name)
    assert found[:1] == ((name.strip(),) if name.strip() else ())
