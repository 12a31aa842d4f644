"""Printed against computed: at the digits of the paper, by the first reading that agrees, never by taking it over."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.studies.filo2025 import read_patients
from monitoring.studies.filo2025_timeline import construct
from monitoring.studies.statements.statement import (
    Answer,
    Kind,
    Statement,
    StatementVerdict,
    agrees,
    judge,
    read_statements,
)

TODAY = date(2026, 11, 20)


def statement(printed: object, kind: Kind = Kind.FIGURE) -> Statement:
    return Statement("s-001", "text", "a median", printed, kind, False, "because")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("printed", "computed", "is_equal"),
    [
        (Decimal("0.009"), Decimal("0.0093"), True),
        (Decimal("0.0208"), Decimal("0.0206"), False),
        (Decimal("20.0"), Decimal("20.05"), False),
        (Decimal(6), Decimal("5.9"), True),
        ("27 (42%)", "27 (42%)", True),
        ("27 (42%)", Decimal(27), False),
        ([Decimal(4), "3+"], [Decimal(4), "3+"], True),
        ([Decimal(4)], [Decimal(4), Decimal(4)], False),
        (Decimal(4), [Decimal(4)], False),
        (None, "x", False),
    ],
)
def test_values_agree_at_the_printed_digits(printed: object, computed: object, is_equal: bool) -> None:
    assert agrees(printed, computed) is is_equal  # type: ignore[arg-type]


def test_a_reading_that_agrees_is_named_and_its_value_shown() -> None:
    found = judge(statement(Decimal("10.8")), Answer(Decimal("8.35"), {"reverse": Decimal("10.8")}))
    assert (found.verdict, found.computed) == (StatementVerdict.EQUAL_BY_ONE_READING, Decimal("10.8"))
    assert found.why == "Only as: reverse. because"


def test_what_differs_shows_what_was_computed() -> None:
    found = judge(statement(Decimal("0.0208")), Answer(Decimal("0.0206")))
    assert (found.verdict, found.computed) == (StatementVerdict.DIFFERS, Decimal("0.0206"))


def test_without_an_answer_nothing_is_claimed() -> None:
    found = judge(statement("77%", Kind.NO_INPUT), None)
    assert (found.verdict, found.computed) == (StatementVerdict.NO_INPUT_PUBLISHED, None)
    assert judge(statement("rule", Kind.RULE), None).verdict is StatementVerdict.RULE


def test_every_statement_that_differs_or_lacks_input_says_why() -> None:
    for paper, number in (("tiong2020", 51), ("filo2025", 104)):
        found = read_statements(paper)
        assert len({each.id for each in found}) == number
        assert all(each.why for each in found if not each.is_reproducible)


def test_rows_of_the_synthetic_cohort_hold_levels_and_days_never_a_response() -> None:
    words = ("NEGATIVITY", "REDUCTION", "STABLE", "PROGRESSION", "CR_MRD")
    assert not any(word in str(row).upper() for row in read_patients() for word in words)


def test_the_synthetic_cohort_is_constructed_alike_every_time() -> None:
    once, again = ([construct(row, TODAY) for row in read_patients()] for _ in range(2))
    assert once == again
    assert max(each.on(each.samples[-1].day) for each in once) < TODAY


def test_no_sample_of_the_synthetic_cohort_comes_after_the_last_news() -> None:
    for row in read_patients():
        record = construct(row, TODAY)
        assert max(sample.day for sample in record.samples) <= row.diagnosis_to_relapse + row.last_news
        assert all(event.day <= row.diagnosis_to_relapse + row.last_news for event in record.events)
