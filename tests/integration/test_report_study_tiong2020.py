"""`report_study tiong2020`: each sentence of the paper beside what the twelve stored cases give."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from monitoring.studies import tiong2020_loading
from monitoring.studies.statements.report import STUDIES, findings
from monitoring.studies.statements.statement import Finding, Statement, StatementVerdict, read_statements
from tests.world import NOW

REPRODUCIBLE = [each for each in read_statements("tiong2020") if each.is_reproducible]
READ_IN_ONE_WAY = {"tiong2020-026", "tiong2020-029", "tiong2020-035", "tiong2020-049"}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def report(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Finding]]:
    with django_db_blocker.unblock(), transaction.atomic():
        assert tiong2020_loading.load(today=date(2026, 11, 20), now=NOW)
        connection.check_constraints()  # once: what is not yet checked is checked anew after every test
        yield {each.statement.id: each for each in findings(STUDIES["tiong2020"], now=NOW)}
        transaction.set_rollback(True)


@pytest.mark.parametrize("statement", REPRODUCIBLE, ids=lambda statement: statement.id)
def test_what_the_paper_lets_one_recompute_comes_out_as_printed(
    report: dict[str, Finding], statement: Statement
) -> None:
    wanted = StatementVerdict.EQUAL_BY_ONE_READING if statement.id in READ_IN_ONE_WAY else StatementVerdict.EQUAL
    assert report[statement.id].verdict is wanted, report[statement.id].computed


def test_of_48_checkable_statements_29_are_equal_and_3_differ(report: dict[str, Finding]) -> None:
    assert Counter(each.verdict.value for each in report.values()) == {
        "EQUAL": 29, "EQUAL_BY_ONE_READING": 4, "DIFFERS": 3, "NO_INPUT_PUBLISHED": 12, "RULE": 2, "NOT_PRINTED": 1,
    }  # fmt: skip


def test_the_median_of_cohort_2_is_ours_never_the_printed_one(report: dict[str, Finding]) -> None:
    found = report["tiong2020-019"]
    assert (found.computed, found.statement.printed) == (Decimal("0.0206"), Decimal("0.0208"))
    assert found.verdict is StatementVerdict.DIFFERS


def test_the_reading_is_named(report: dict[str, Finding]) -> None:
    assert report["tiong2020-026"].why.startswith("Only as: reverse Kaplan-Meier.")
    assert report["tiong2020-026"].computed == Decimal("10.8")
    assert report["tiong2020-016"].computed == [29, 81]
    assert report["tiong2020-027"].computed == [Decimal("3.6"), Decimal("12.4")]


def test_case_10_fell_by_less_than_one_log(report: dict[str, Finding]) -> None:
    assert report["tiong2020-023"].computed == Decimal("0.6392")
    assert report["tiong2020-023"].verdict is StatementVerdict.NOT_PRINTED


def test_what_has_no_input_is_never_filled_with_the_printed_value(report: dict[str, Finding]) -> None:
    without = [each for each in report.values() if each.verdict is StatementVerdict.NO_INPUT_PUBLISHED]
    assert all(each.computed is None for each in without)
