"""A checkable sentence of a paper, and what the product computes for it from stored records.

Printed values stand in our own csv files as JSON; numbers are compared at the digits that the paper prints.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from importlib import resources
from typing import TypeAlias

# What a paper prints, or the product computes: a text, a number, or a list of these.
Value: TypeAlias = str | Decimal | Sequence["Value"] | None


ARITHMETIC = "Arithmetic"  # how the reason of a statement begins that only recomputes quoted counts


class Kind(StrEnum):
    """What a sentence is: a figure to compute, one without published input, a rule, or one not printed at all."""

    FIGURE = "FIGURE"
    NO_INPUT = "NO_INPUT"
    RULE = "RULE"
    NOT_PRINTED = "NOT_PRINTED"


class StatementVerdict(StrEnum):
    """How what is computed stands to what is printed. NOT_PRINTED: computed beside a table, nothing to compare with."""

    DIFFERS = "DIFFERS"
    EQUAL_BY_ONE_READING = "EQUAL_BY_ONE_READING"
    NO_INPUT_PUBLISHED = "NO_INPUT_PUBLISHED"
    EQUAL = "EQUAL"
    RULE = "RULE"
    NOT_PRINTED = "NOT_PRINTED"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence: where it stands, what is printed, and how it is read; `is_reproducible`: it must come out equal."""

    id: str
    where: str
    statement: str
    printed: Value
    kind: Kind
    is_reproducible: bool
    why: str
    asks: str = ""

    @property
    def is_of_records(self) -> bool:
        """Whether it is computed from patients, not from counts that the paper quotes of others."""
        return not self.why.startswith(ARITHMETIC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the records give; `readings`, by name, where the sentence can be read in another way."""

    computed: Value
    readings: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement with what was computed for it."""

    statement: Statement
    computed: Value
    verdict: StatementVerdict
    why: str


def read_statements(name: str) -> tuple[Statement, ...]:
    """Return the statements of a paper in the order of our file."""
    text = resources.files("monitoring.studies.statements").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(
        Statement(
            id=row["id"],
            where=row["where"],
            statement=row["statement"],
            printed=_value(row["printed"]),
            kind=Kind(row["kind"]),
            is_reproducible=row["reproducible"] == "yes",
            why=row["why"],
            asks=row["asks"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def judge(statement: Statement, answer: Answer | None) -> Finding:
    """Return the verdict on a statement; what is printed is never taken for what was computed."""
    computed = None if answer is None else answer.computed
    if statement.kind is not Kind.FIGURE or answer is None:
        return Finding(statement, computed, _UNCOMPARED[statement.kind], statement.why)
    if agrees(statement.printed, answer.computed):
        return Finding(statement, computed, StatementVerdict.EQUAL, statement.why)
    for reading, value in answer.readings.items():
        if agrees(statement.printed, value):
            why = " ".join(part for part in (f"Only as: {reading}.", statement.why) if part)
            return Finding(statement, value, StatementVerdict.EQUAL_BY_ONE_READING, why)
    return Finding(statement, computed, StatementVerdict.DIFFERS, statement.why)


def agrees(printed: Value, computed: Value) -> bool:
    """Return whether both say the same at the digits printed: texts alike, numbers rounded halves up, lists in turn."""
    if isinstance(printed, Decimal) and isinstance(computed, Decimal):
        return computed.quantize(printed, ROUND_HALF_UP) == printed
    if isinstance(printed, str) or isinstance(computed, str) or printed is None or computed is None:
        return printed == computed
    if isinstance(printed, Decimal) or isinstance(computed, Decimal):
        return False
    return len(printed) == len(computed) and all(agrees(*pair) for pair in zip(printed, computed, strict=True))


def _value(cell: str) -> Value:
    value: Value = json.loads(cell, parse_float=Decimal, parse_int=Decimal) if cell else None
    return value


_UNCOMPARED = {
    Kind.FIGURE: StatementVerdict.NO_INPUT_PUBLISHED,
    Kind.NO_INPUT: StatementVerdict.NO_INPUT_PUBLISHED,
    Kind.RULE: StatementVerdict.RULE,
    Kind.NOT_PRINTED: StatementVerdict.NOT_PRINTED,
}
