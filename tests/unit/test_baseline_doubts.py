"""Which levels at diagnosis are asked about before they are written down, and which are not."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.baseline_doubts import BaselineDoubt, KnownBeside, LevelAtDiagnosis, doubts_about
from monitoring.domain.units import NotALevel, Scale, to_pct_abl1

DIAGNOSIS = date(2024, 6, 3)


def asked(
    pct: str, *, on: date = DIAGNOSIS, copies: str | None = None, earlier: str | None = None, highest: str | None = None
) -> set[str]:
    known = KnownBeside(
        Decimal(earlier) if earlier else None, Decimal(highest) if highest else None, diagnosed_on=(DIAGNOSIS,)
    )
    level = LevelAtDiagnosis(Decimal(pct), on, Decimal(copies) if copies else None)
    return {doubt.value for doubt in doubts_about(level, known)}


@pytest.mark.parametrize("pct", ["10.1", "80", "640", "5409.03", "99999"])
def test_what_patients_have_at_diagnosis_is_not_asked_about(pct: str) -> None:
    assert asked(pct, highest="9", copies="26708") == set()


@pytest.mark.parametrize(
    ("pct", "beside", "doubt"),
    [
        ("10", {}, "UNUSUAL"),
        ("100000", {}, "UNUSUAL"),
        ("64", {"earlier": "6400"}, "FAR_FROM_EARLIER"),
        ("6400", {"earlier": "64"}, "FAR_FROM_EARLIER"),
        ("80", {"highest": "800"}, "LATER_RESULT_HIGHER"),
    ],
)
def test_a_level_two_logs_away_is_asked_about(pct: str, beside: dict[str, str], doubt: str) -> None:
    assert doubt in asked(pct, earlier=beside.get("earlier"), highest=beside.get("highest"))


def test_a_level_just_within_two_logs_is_taken() -> None:
    assert asked("64.1", earlier="6400") == set()
    assert asked("80", highest="799") == set()


def test_a_sample_taken_long_after_the_diagnosis_is_asked_about() -> None:
    assert asked("640", on=date(2024, 7, 3)) == set()
    assert asked("640", on=date(2024, 7, 4)) == {"FAR_FROM_DIAGNOSIS"}


def test_too_few_copies_of_the_control_gene_are_asked_about() -> None:
    assert asked("640", copies="999") == {"TOO_LITTLE_ABL1"}
    assert asked("640", copies="1000") == set()


@given(st.decimals(min_value=20, max_value=10_000, places=2), st.sampled_from([Scale.RATIO, Scale.PER_10_5_ABL1]))
def test_a_mistaken_scale_is_always_asked_about_where_a_level_is_on_record(level: Decimal, scale: Scale) -> None:
    """What was read in % and is a ratio, or copies per 100,000, lies two or three logs away."""
    mistaken = LevelAtDiagnosis(to_pct_abl1(level, scale), DIAGNOSIS)
    doubts = doubts_about(mistaken, KnownBeside(earlier_pct_abl1=level, diagnosed_on=(DIAGNOSIS,)))
    assert BaselineDoubt.FAR_FROM_EARLIER in doubts


@pytest.mark.parametrize("pct", ["0", "-1", "NaN", "Infinity"])
def test_what_is_no_level_is_no_question_but_an_error(pct: str) -> None:
    with pytest.raises(NotALevel):
        asked(pct)
