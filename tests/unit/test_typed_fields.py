"""Numbers and days as they are typed into the forms of the laboratory, in English and in French."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from monitoring.forms.typed_fields import (
    IsoDayField,
    TypedNumberField,
    copies_field,
    level_field,
    percentage_field,
    well_field,
)
from monitoring.forms.typed_moment import MomentField

LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])

# what is typed into a well: what it is; None: not measured
WELLS = [
    ("30", "30"), ("30000", "30000"), ("0", "0"), ("-", "0"), ("–", "0"), ("ND", "0"), ("nd", "0"), ("u", "0"),
    ("", None), ("  ", None), (" 12 ", "12"),
]  # fmt: skip
# what is typed into a field for copies: the code of the refusal, and what it may have meant
REFUSED_COPIES = [
    ("1,000", "GROUPED_OR_DECIMAL", ["1000", "1"]),
    ("30.000", "GROUPED_OR_DECIMAL", ["30000", "30"]),
    ("1.234.567", "GROUPED_OR_DECIMAL", ["1234567"]),
    ("30,0", "NOT_WHOLE", ["30"]),
    ("30.5", "NOT_WHOLE", []),
    ("30 000", "SPACE", []),
    ("30\u202f000", "SPACE", []),
    ("-30", "SIGN", []),
    ("<10", "COMPARATOR", []),
    ("1e4", "EXPONENT", []),
    ("NaN", "NOT_A_NUMBER", []),
    ("inf", "NOT_A_NUMBER", []),
    ("thirty", "NOT_A_NUMBER", []),
    ("30.", "INCOMPLETE", []),
    ("1,2.3", "SEVERAL_SEPARATORS", []),
    ("99999999999", "OUT_OF_RANGE", []),
]
# what is typed into a field for a level in per cent: what it is
LEVELS = [
    ("0.093", "0.093"),
    ("0,093", "0.093"),
    ("1,234", "1.234"),
    ("1.234", "1.234"),
    ("12", "12"),
    ("5408,9", "5408.9"),
]
REFUSED_LEVELS = [
    ("0", "ZERO"), ("0,0", "ZERO"), ("-0.1", "SIGN"), ("<0.01", "COMPARATOR"), ("NaN", "NOT_A_NUMBER"),
    ("1 234", "SPACE"), ("1,234.5", "SEVERAL_SEPARATORS"), ("2000000", "OUT_OF_RANGE"),
]  # fmt: skip


def refusal(field: TypedNumberField, typed: str) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        field.clean(typed)
    return caught.value


@LANGUAGES
@pytest.mark.parametrize(("typed", "copies"), WELLS)
def test_a_well_is_read_the_same_in_both_languages(language: str, typed: str, copies: str | None) -> None:
    with translation.override(language):
        assert well_field("x").clean(typed) == (None if copies is None else Decimal(copies))


@LANGUAGES
@pytest.mark.parametrize(("typed", "code", "readings"), REFUSED_COPIES)
@pytest.mark.parametrize("field", [well_field("x"), copies_field()], ids=["well", "copies"])
def test_copies_are_refused_with_what_they_may_have_meant(
    language: str, typed: str, code: str, readings: list[str], field: TypedNumberField
) -> None:
    with translation.override(language):
        refused = refusal(field, typed)
    assert refused.code == code
    assert [reading.sent for reading in field.asked] == readings


@LANGUAGES
def test_an_ambiguous_number_asks_a_question_and_shows_both_readings(language: str) -> None:
    with translation.override(language):
        refused = refusal(copies_field(), "30.000")
    assert "30000" in refused.message
    assert refused.message.endswith((".", "?"))
    assert "?" in refused.message


@pytest.mark.parametrize(("answer", "taken"), [("30000", "30000"), ("30", "30")])
def test_the_answer_to_the_question_is_taken(answer: str, taken: str) -> None:
    field = copies_field()
    field.answer = answer
    assert field.clean("30.000") == Decimal(taken)


def test_an_answer_that_was_never_offered_is_not_taken() -> None:
    field = copies_field()
    field.answer = "31"
    assert refusal(field, "30.000").code == "GROUPED_OR_DECIMAL"


@LANGUAGES
@pytest.mark.parametrize(("typed", "value"), LEVELS)
def test_a_level_takes_either_separator_in_either_language(language: str, typed: str, value: str) -> None:
    with translation.override(language):
        assert percentage_field().clean(typed) == Decimal(value)
        assert level_field().clean(typed) == Decimal(value)


@LANGUAGES
@pytest.mark.parametrize(("typed", "code"), REFUSED_LEVELS)
def test_a_level_is_refused_in_words(language: str, typed: str, code: str) -> None:
    with translation.override(language):
        assert refusal(percentage_field(), typed).code == code


@LANGUAGES
@pytest.mark.parametrize("typed", ["12/03/2026", "3.12.2026", "2026-3-12", "18 Nov 2026", "20261118"])
def test_a_day_written_otherwise_is_refused_because_it_could_be_two_days(language: str, typed: str) -> None:
    with translation.override(language), pytest.raises(ValidationError) as caught:
        IsoDayField().clean(typed)
    assert typed in caught.value.message


@pytest.mark.parametrize("typed", ["2026-11-31", "2025-02-29", "0000-01-01"])
def test_a_day_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        IsoDayField().clean(typed)


def test_a_day_is_read_as_year_month_day() -> None:
    assert IsoDayField().clean(" 2026-11-18 ") == date(2026, 11, 18)


@pytest.mark.parametrize(("language", "shape"), [("en", "YYYY-MM-DD"), ("fr", "AAAA-MM-JJ")])
def test_an_empty_field_shows_how_a_day_is_typed_and_no_day(language: str, shape: str) -> None:
    """An example would look like a day that somebody has chosen."""
    with translation.override(language):
        day, moment = IsoDayField(), MomentField()
        assert f'placeholder="{shape}"' in day.widget.render("next_sample_on", None)
        assert f'placeholder="{shape} HH:MM"' in moment.widget.render("known_at", None)
