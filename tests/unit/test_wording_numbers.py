"""Numbers are shown short, in the reader's language, and never on the wrong side of a border."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.rulesets import RULESETS
from monitoring.domain.rulesets.guideline import LOG10_BELOW_BASELINE
from monitoring.wording import numbers

LEVELS = st.decimals(min_value="0.00001", max_value="1000000", allow_nan=False, allow_infinity=False, places=9)


def plain(shown: str) -> Decimal:
    return Decimal(shown.replace(",", ""))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0.018", "0.018"), ("0.0180", "0.018"), ("0.018234", "0.0182"), ("640", "640"), ("640.25", "640"),
        ("1444628.4", "1444628"), ("3E+2", "300"), ("0.0000123", "0.0000123"),
        ("1.996", "1.996"), ("1.9996", "1.9996"), ("2.0004", "2.0004"), ("2.00", "2"), ("2.004", "2.004"),
        ("0.09996", "0.09996"), ("0.10004", "0.10004"), ("0.009999999", "0.009999999"), ("0.0009996", "0.0009996"),
    ],
)  # fmt: skip
def test_levels_have_three_digits_unless_they_would_touch_a_border(value: str, shown: str) -> None:
    assert numbers.level_number(Decimal(value)) == shown


@given(LEVELS)
def test_a_shown_level_is_on_its_own_side_of_every_border(value: Decimal) -> None:
    shown = plain(numbers.level_number(value))
    for border in numbers.LEVEL_BORDERS:
        assert (shown < border, shown == border) == (value < border, value == border)


@given(LEVELS)
def test_a_shown_level_is_within_half_a_per_cent(value: Decimal) -> None:
    assert abs(plain(numbers.level_number(value)) - value) <= value / 200


@pytest.mark.parametrize("value", [Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("Infinity"), None, 0.02])
def test_what_is_no_level_is_never_shown_as_a_number(value: object) -> None:
    with pytest.raises(numbers.NotANumberToShow):
        numbers.pct(value)  # type: ignore[arg-type]


def test_every_threshold_of_every_rule_set_is_a_border() -> None:
    for ruleset in RULESETS.values():
        for threshold in ruleset.thresholds:
            logs = threshold.unit == LOG10_BELOW_BASELINE
            assert threshold.value in (numbers.LOG10_BORDERS if logs else numbers.LEVEL_BORDERS)


def test_per_cent_in_both_languages() -> None:
    with translation.override("en"):
        assert numbers.pct(Decimal("0.018")) == "0.018\u00a0%"
        assert numbers.pct_of_abl1(Decimal("0.018")) == "0.018\u00a0% of ABL1"
    with translation.override("fr"):
        assert numbers.pct(Decimal("0.018")) == "0,018\u202f%"
        assert numbers.pct_of_abl1(Decimal("0.018")) == "0,018\u202f% d’ABL1"


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        ("29495", "29,495", "29\u202f495"), ("640", "640", "640"), ("0", "0", "0"), ("83.2", "83", "83"),
        ("1444628", "1,444,628", "1\u202f444\u202f628"), ("999.7", "999.7", "999,7"),
        ("9999.96", "9,999.96", "9\u202f999,96"),
        ("29999.6", "29,999.6", "29\u202f999,6"),
    ],
)  # fmt: skip
def test_copies_are_whole_unless_adequacy_hangs_on_it(value: str, english: str, french: str) -> None:
    with translation.override("en"):
        assert numbers.copies(Decimal(value)) == english
    with translation.override("fr"):
        assert numbers.copies(Decimal(value)) == french


@pytest.mark.parametrize(
    ("value", "shown"),
    [("3.2222", "3.2-fold"), ("21.3", "21-fold"), ("9.996", "9.996-fold"),
     ("10", "10-fold"), ("0.0998", "0.0998-fold"), ("1", "1-fold")],
)  # fmt: skip
def test_a_ratio_just_below_ten_is_never_tenfold(value: str, shown: str) -> None:
    assert numbers.fold(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0.508", "+0.51\u00a0log"), ("-0.82", "−0.82\u00a0log"), ("0.9996", "+0.9996\u00a0log"), ("1", "+1.00\u00a0log")],
)
def test_a_change_has_its_direction_and_keeps_off_one_log(value: str, shown: str) -> None:
    assert numbers.log10_change(Decimal(value)) == shown


def test_the_log_of_a_ratio_agrees_with_the_ratio_beside_it() -> None:
    assert numbers.log10_of_fold(Decimal(10)) == "+1.00\u00a0log"
    assert numbers.log10_of_fold(Decimal("9.9999")).startswith("+0.99999")


def test_a_reduction_has_no_plus() -> None:
    assert numbers.log10_reduction(Decimal("4.041")) == "4.04\u00a0log"
    assert numbers.log10_reduction(Decimal("3.9991")) == "3.999\u00a0log"


@given(st.decimals(min_value="0", max_value="1e9", allow_nan=False, allow_infinity=False, places=12))
def test_reading_back_loses_no_digit(value: Decimal) -> None:
    assert Decimal(numbers.exact(value)) == value
