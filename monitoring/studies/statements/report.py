"""The report of a study: every sentence with what the product computes for it, and the verdict."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from monitoring.domain.terms import RuleSetId
from monitoring.studies.statements import filo2025, tiong2020
from monitoring.studies.statements.filo2025_groups import Groups
from monitoring.studies.statements.records import StudyPatient, read, rows_of
from monitoring.studies.statements.statement import Answer, Finding, Statement, Value, judge, read_statements


@dataclass(frozen=True, slots=True)
class Study:
    """A study whose statements are checked: where its records are, and by which rule set they are read."""

    name: str
    title: str
    source: str
    centre_code: str
    ruleset: RuleSetId
    remark: str
    answer: Callable[[Sequence[StudyPatient]], Callable[[Statement], Answer | None]]


def _tiong(patients: Sequence[StudyPatient]) -> Callable[[Statement], Answer | None]:
    cases = tiong2020.Cases(patients)
    return lambda statement: _asked(tiong2020.QUESTIONS.get(_number(statement)), cases)


def _filo(patients: Sequence[StudyPatient]) -> Callable[[Statement], Answer | None]:
    groups = Groups(rows_of(patients))

    def answer(statement: Statement) -> Answer | None:
        if statement.asks:
            return _as_answer(filo2025.table_1(groups.all, statement.asks))
        return _asked(filo2025.QUESTIONS.get(_number(statement)), groups)

    return answer


STUDIES: Mapping[str, Study] = {
    study.name: study
    for study in (
        Study(
            "tiong2020",
            "Tiong 2020",
            "12 cases, Table I as printed",
            tiong2020.CENTRE_CODE,
            tiong2020.RULESET,
            "",
            _tiong,
        ),
        Study(
            "filo2025",
            "FILO 2025, synthetic cohort",
            "synthetic cohort constructed to match",
            filo2025.CENTRE_CODE,
            filo2025.RULESET,
            "Synthetic cohort constructed to match.",
            _filo,
        ),
    )
}


def findings(study: Study, *, now: datetime) -> list[Finding]:
    """Return every statement of a study with its verdict; raises NotLoaded."""
    return judged(study, read(study.centre_code, study.ruleset, now=now))


def judged(study: Study, patients: Sequence[StudyPatient]) -> list[Finding]:
    """Return every statement of a study with the verdict by these patients."""
    answer = study.answer(patients)
    found = [judge(statement, answer(statement)) for statement in read_statements(study.name)]
    return [_remarked(study, each) for each in found]


def _remarked(study: Study, found: Finding) -> Finding:
    """What stands on constructed records says so at every figure that was computed from them."""
    if not study.remark or found.computed is None or not found.statement.is_of_records:
        return found
    return replace(found, why=f"{study.remark} {found.why}".strip())


def as_rows(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as plain values for JSON."""
    return [
        {
            "id": each.statement.id,
            "where": each.statement.where,
            "statement": each.statement.statement,
            "printed": plain(each.statement.printed),
            "computed": plain(each.computed),
            "verdict": each.verdict.value,
            "why": each.why,
        }
        for each in found
    ]


def as_json(found: Sequence[Finding]) -> str:
    """Return findings as JSON, for a terminal and for a file."""
    return json.dumps(as_rows(found), ensure_ascii=False, indent=1)


def plain(value: Value) -> Any:
    """Return a value as JSON has it: whole numbers whole, others as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if value is None or isinstance(value, str):
        return value
    return [plain(each) for each in value]


def _number(statement: Statement) -> str:
    return statement.id.rpartition("-")[2]


def _asked(question: Callable[[Any], Value | Answer] | None, of: object) -> Answer | None:
    return None if question is None else _as_answer(question(of))


def _as_answer(found: Value | Answer) -> Answer:
    return found if isinstance(found, Answer) else Answer(found)
