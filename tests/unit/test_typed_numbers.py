"""Numbers typed by hand, in two languages."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from monitoring.domain.typed_numbers import (
    TypedNumberProblem,
    TypedNumberRefused,
    other_readings,
    parse_copies,
    parse_cq,
    parse_decimal,
    parse_percentage,
)

D = Decimal
P = TypedNumberProblem


def refused(parse: Callable[[str], object], text: str) -> TypedNumberRefused:
    with pytest.raises(TypedNumberRefused) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"), [("0.02", "0.02"), ("0,02", "0.02"), ("5409,03", "5409.03"), ("640", "640"), ("1.0", "1.0")]
)
def test_a_point_and_a_comma_are_the_same_separator(text: str, value: str) -> None:
    assert parse_percentage(text) == D(value)


@pytest.mark.parametrize(("text", "copies"), [("0", 0), ("42", 42), ("30000", 30_000), ("0012", 12)])
def test_copies_are_whole_numbers(text: str, copies: int) -> None:
    assert parse_copies(text) == copies


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1,000", (1000, 1)),
        ("30.000", (30_000, 30)),
        ("38,406", (38_406, D("38.406"))),
        ("1,234,567", (1_234_567,)),
        ("1.234.567", (1_234_567,)),
    ],
)
def test_grouped_copies_are_refused_with_the_question(text: str, readings: tuple[Decimal, ...]) -> None:
    error = refused(parse_copies, text)
    assert error.problem is P.GROUPED_OR_DECIMAL
    assert error.readings == readings


@pytest.mark.parametrize(("text", "readings"), [("12.5", ()), ("30.0", (30,)), ("0.500", ()), ("1000.000", (1000,))])
def test_other_decimals_are_no_copies(text: str, readings: tuple[int, ...]) -> None:
    error = refused(parse_copies, text)
    assert error.problem is P.NOT_WHOLE
    assert error.readings == readings


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", P.EMPTY),
        (" ", P.SPACE),
        ("1 000", P.SPACE),
        ("1\u00a0000", P.SPACE),
        ("1\u202f000", P.SPACE),
        ("12 ", P.SPACE),
        ("12\n", P.SPACE),
        ("-1", P.SIGN),
        ("+1", P.SIGN),
        ("\u22121", P.SIGN),
        ("<0.01", P.COMPARATOR),
        ("1e3", P.EXPONENT),
        ("1E-3", P.EXPONENT),
        ("NaN", P.NOT_A_NUMBER),
        ("inf", P.NOT_A_NUMBER),
        ("Infinity", P.NOT_A_NUMBER),
        ("0.5%", P.NOT_A_NUMBER),
        ("0x10", P.NOT_A_NUMBER),
        ("1_000", P.NOT_A_NUMBER),
        ("1'000", P.NOT_A_NUMBER),
        ("\uff11\uff12", P.NOT_A_NUMBER),  # full-width digits
        ("\u0661\u0662", P.NOT_A_NUMBER),  # Arabic-Indic digits
        ("1\u066b5", P.NOT_A_NUMBER),  # Arabic decimal separator
        ("\u00bd", P.NOT_A_NUMBER),
        ("\u00b2", P.NOT_A_NUMBER),
        (".5", P.INCOMPLETE),
        ("5.", P.INCOMPLETE),
        (",", P.INCOMPLETE),
        ("1.2.3", P.SEVERAL_SEPARATORS),
        ("1,234.5", P.SEVERAL_SEPARATORS),
        ("1.234,5", P.SEVERAL_SEPARATORS),
        ("1" * 25, P.TOO_LONG),
    ],
)
@pytest.mark.parametrize("parse", [parse_percentage, parse_copies, parse_cq])
def test_what_is_no_plain_number_is_refused(
    parse: Callable[[str], object], text: str, problem: TypedNumberProblem
) -> None:
    assert refused(parse, text).problem is problem


def test_zero_per_cent_is_refused_because_not_detected_is_a_state() -> None:
    assert refused(parse_percentage, "0").problem is P.ZERO
    assert refused(parse_percentage, "0,000").problem is P.ZERO


@pytest.mark.parametrize("text", ["1000000.1", "99999999"])
def test_an_impossible_percentage_is_refused(text: str) -> None:
    assert refused(parse_percentage, text).problem is P.OUT_OF_RANGE


def test_a_percentage_that_may_be_grouped_is_read_as_decimal_and_the_other_reading_told() -> None:
    assert parse_percentage("1,234") == D("1.234")
    assert other_readings("1,234") == (D(1234),)
    assert other_readings("0,093") == ()
    assert other_readings("5409.03") == ()


def test_a_cycle_without_amplification_is_typed_u() -> None:
    assert [parse_cq(text) for text in ("u", "U", "undetermined", "Indéterminé")] == [None] * 4


@pytest.mark.parametrize(
    ("text", "cq"), [("33.41", "33.41"), ("33,41", "33.41"), ("40", "40"), ("5", "5"), ("50", "50")]
)
def test_a_cycle_is_read(text: str, cq: str) -> None:
    assert parse_cq(text) == D(cq)


@pytest.mark.parametrize("text", ["3341", "3.341", "50.01", "0", "4.99"])
def test_a_cycle_that_no_instrument_gives_is_refused(text: str) -> None:
    assert refused(parse_cq, text).problem is P.OUT_OF_RANGE


def test_what_was_typed_stays_with_the_refusal() -> None:
    assert refused(parse_decimal, "1.2.3").text == "1.2.3"
