"""Runs the tables of verdicts: worked_series.md, and clause by clause verdict_clauses.md."""

from pathlib import Path

import pytest

from monitoring.domain.classify import classify
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import FlagCode, RuleSetId
from monitoring.domain.verdicts import Verdict
from tests.spec.verdict_tables import Case, Row, read_cases, told_classes, told_episode, told_flag

HERE = Path(__file__).parent
WORKED_SERIES = HERE / "worked_series.md"
CLAUSES = HERE / "verdict_clauses.md"

# The worked series leave these two out; verdict_clauses.md has them.
LEFT_OUT_OF_WORKED_SERIES = frozenset({FlagCode.REPEAT_SAMPLE, FlagCode.RESPONSE_LOST})
WORKED_SERIES_COUNT = 73


def rows_of(path: Path) -> list[object]:
    return [
        pytest.param(case, row, id=f"{case.title}-{row.ruleset.value}")
        for case in read_cases(path)
        for row in case.rows
    ]


def check(case: Case, row: Row, verdict: Verdict, left_out: frozenset[FlagCode] = frozenset()) -> None:
    if row.state is not None:
        assert verdict.state == row.state
    if row.classes is not None:
        assert told_classes(verdict, case.series) == row.classes
    if row.episodes is not None:
        assert [told_episode(episode) for episode in verdict.episodes] == row.episodes
    if row.flags is not None:
        assert sorted(told_flag(flag) for flag in verdict.flags if flag.code not in left_out) == row.flags


@pytest.mark.parametrize(("case", "row"), rows_of(WORKED_SERIES))
def test_the_worked_series(case: Case, row: Row) -> None:
    verdict = classify(case.series, RULESETS[row.ruleset], case.as_of)
    check(case, row, verdict, LEFT_OUT_OF_WORKED_SERIES)


@pytest.mark.parametrize(("case", "row"), rows_of(CLAUSES))
def test_the_clauses(case: Case, row: Row) -> None:
    check(case, row, classify(case.series, RULESETS[row.ruleset], case.as_of))


def test_every_worked_series_is_there_with_every_rule_set_and_every_column() -> None:
    cases = read_cases(WORKED_SERIES)
    assert len(cases) == WORKED_SERIES_COUNT
    for case in cases:
        assert [row.ruleset for row in sorted(case.rows, key=lambda row: list(RuleSetId).index(row.ruleset))] == list(
            RuleSetId
        )
        assert all(None not in (row.state, row.classes, row.episodes, row.flags) for row in case.rows)


def test_every_flag_that_classify_raises_is_in_a_table() -> None:
    raised_beside_the_rule_sets = {FlagCode.NO_RESPONSE, FlagCode.SAMPLE_OVERDUE, FlagCode.RULESETS_DISAGREE}
    rows = [row for path in (WORKED_SERIES, CLAUSES) for case in read_cases(path) for row in case.rows]
    told = {flag.split()[0] for row in rows for flag in row.flags or []}
    assert told == {code.value for code in FlagCode} - {code.value for code in raised_beside_the_rule_sets}
