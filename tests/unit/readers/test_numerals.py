"""One decimal mark for each file; a number with two readings is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.readers.numerals import NumeralRefused, Numerals, decimal_mark
from monitoring.readers.refusal import FileProblem

NUMBERS = st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=3)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("5.314,592", ","), ("1.234,5", ","), ("12.345.678", ","), ("1,250.000", "."), ("1,000,000", "."),
        ("37,5193137313286", ","), ("0,123", ","), ("0.123", "."), ("1.01E+05", "."), ("1,01E+05", ","), (".5", "."),
        ("5\u202f314,592", ","), ("5'314.592", "."), ("1234,567", ","),
        ("1,234", ""), ("1.234", ""), ("123,456", ""), ("1234", ""), ("5\u00a0314", ""), ("Undetermined", ""),
        ("1,2345.6", ""), ("1.234.56", ""),
    ],
)  # fmt: skip
def test_some_numbers_decide_the_mark_of_their_file(text: str, mark: str) -> None:
    assert decimal_mark(text, grouping=True) == mark


@pytest.mark.parametrize(("text", "mark"), [("18.717", "."), ("18,717", ","), ("-3.238", "."), ("0,999", ",")])
def test_a_cq_with_a_mark_always_decides(text: str, mark: str) -> None:
    assert decimal_mark(text, grouping=False) == mark


@pytest.mark.parametrize(
    ("decimal", "text", "value"),
    [
        (",", "5.314,592", "5314.592"), (",", "1.234", "1234"), (",", "12.345.678", "12345678"), (",", "0,5", "0.5"),
        (".", "1,250.000", "1250.000"), (".", "1,234", "1234"), (".", "1.234", "1.234"), (".", "1.01E+05", "1.01E+5"),
        (",", "5\u202f314,592", "5314.592"), (".", "5 314", "5314"), ("", "1234", "1234"), (".", "\u22123.5", "-3.5"),
    ],
)  # fmt: skip
def test_a_number_is_read_by_the_mark_of_its_file(decimal: str, text: str, value: str) -> None:
    assert str(Numerals(decimal).read(text, grouping=True)[0]) == value


@pytest.mark.parametrize(
    ("decimal", "text"),
    [("", "1,234"), ("", "1.234"), (".", "37,51"), (",", "37.51"), (".", "1.250,5"), (",", "1,250.5"),
     (".", "12.345.678")],
)  # fmt: skip
def test_two_readings_or_two_marks_are_refused(decimal: str, text: str) -> None:
    with pytest.raises(NumeralRefused) as caught:
        Numerals(decimal).read(text, grouping=True)
    assert caught.value.problem is FileProblem.NUMBER_AMBIGUOUS


@pytest.mark.parametrize("text", ["abc", "1..2", "1,,000.5", "--1", "1e9999", "٣٤", "3 4", "1.5.", "9" * 41, "0x1F"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NumeralRefused):
        Numerals(".").read(text, grouping=True)


@pytest.mark.parametrize("text", ["1,234.5", "18,717"])
def test_a_cq_never_has_thousands(text: str) -> None:
    with pytest.raises(NumeralRefused):
        Numerals(".").read(text, grouping=False)


@given(NUMBERS, st.sampled_from(".,"), st.sampled_from(["", "group", "\u00a0", "\u202f"]))
def test_a_written_number_is_read_exactly(number: Decimal, mark: str, separator: str) -> None:
    group = {"group": "," if mark == "." else "."}.get(separator, separator)
    text = f"{number:,f}".replace(",", "\0").replace(".", mark).replace("\0", group)
    value, _grouped = Numerals(mark).read(text, grouping=True)
    assert (value, value.as_tuple().exponent) == (number, number.as_tuple().exponent)
