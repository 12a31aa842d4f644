"""Every code of the rules has words, an icon that exists and a tone, in both languages."""

import re
from decimal import ROUND_HALF_EVEN
from enum import StrEnum
from inspect import getmembers, isclass
from pathlib import Path

import pytest
from django.utils import translation

from monitoring.domain import evidence, terms
from monitoring.domain.terms import EpisodeKind, EpisodeStatus, FlagCode
from monitoring.wording import states
from monitoring.wording.flags import FLAGS
from monitoring.wording.words import Tone, Word

ROOT = Path(__file__).resolve().parents[2]
SYMBOLS = set(re.findall(r'<symbol id="i-([a-z-]+)"', (ROOT / "templates/components/sprite.html").read_text()))
STYLES = (ROOT / "static/css/base.css").read_text()
ENUMS = [each for _name, each in getmembers(terms, isclass) if issubclass(each, StrEnum) and each is not StrEnum]
WORDS = [(table, code, word) for table, words in states.TABLES.items() for code, word in words.items()]
# names, and words that are spelt alike
SAME_IN_FRENCH = re.compile(r"NPM1|\w+::\w+|ELN \d+|Tiong 2020|Stable|Positive|Conversion")


@pytest.mark.parametrize("enum", ENUMS)
def test_every_code_has_words(enum: type[StrEnum]) -> None:
    assert set(enum) == set(states.WORDS[enum])


def test_every_fact_of_the_evidence_has_words() -> None:
    facts = {
        value
        for name, value in vars(evidence).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str)
    }
    assert facts - {ROUND_HALF_EVEN} == set(states.FACTS)


@pytest.mark.parametrize(("table", "code", "word"), WORDS)
def test_words_differ_between_the_languages(table: str, code: str, word: Word) -> None:
    with translation.override("en"):
        english = str(word.words)
    with translation.override("fr"):
        french = str(word.words)
    assert english
    assert (english != french) or SAME_IN_FRENCH.fullmatch(english), f"{table} {code}"


@pytest.mark.parametrize(("table", "code", "word"), WORDS)
def test_the_icon_is_drawn_in_the_sprite(table: str, code: str, word: Word) -> None:
    assert word.icon == "" or word.icon in SYMBOLS


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_has_a_colour(tone: Tone) -> None:
    assert f".c-{tone.value} " in STYLES


def test_every_flag_is_explained() -> None:
    assert all(FLAGS[code].meaning for code in FlagCode)


def test_states_of_a_series_have_an_icon_each() -> None:
    assert all(word.icon for word in states.STATES.values())


@pytest.mark.parametrize("kind", EpisodeKind)
@pytest.mark.parametrize("status", EpisodeStatus)
def test_every_episode_is_told_in_both_languages(status: EpisodeStatus, kind: EpisodeKind) -> None:
    with translation.override("en"):
        english, _word = states.episode_words(status, kind)
    with translation.override("fr"):
        french, _word = states.episode_words(status, kind)
    assert english != french


def test_the_most_important_words() -> None:
    with translation.override("en"):
        assert states.episode_words("CONFIRMED", "MOLECULAR_RELAPSE")[0] == "Confirmed molecular relapse"
        assert states.episode_words("NOT_CONFIRMED", "MOLECULAR_RELAPSE")[0] == "Molecular relapse: not confirmed"
    with translation.override("fr"):
        assert states.episode_words("CONFIRMED", "MOLECULAR_RELAPSE")[0] == "Rechute moléculaire confirmée"
        assert str(states.word("call", "NOT_DETECTED").words) == "Non détecté"
        assert str(states.word("tissue", "BM").words) == "moelle"


def test_a_code_without_words_is_never_shown_as_it_is_stored() -> None:
    with pytest.raises(states.NoWordsFor):
        states.word("state", "SOMETHING_NEW")
