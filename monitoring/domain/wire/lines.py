"""Lines of series in, lines of verdicts out: the whole of `manage.py classify` but its files."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from monitoring.domain.classify import classify_all
from monitoring.domain.rulesets import RULESETS, RuleSet
from monitoring.domain.wire.fields import MalformedSeries
from monitoring.domain.wire.series import AskedSeries, object_from_line, read_id, series_from_dict
from monitoring.domain.wire.table import TABLE_HEADING, table_error, table_lines
from monitoring.domain.wire.verdicts import answers_to_texts

_ENCODER = json.JSONEncoder(separators=(",", ":"))
BYTE_ORDER_MARK = "\ufeff"


class Layout(StrEnum):
    """How the answers are written."""

    JSONL = "jsonl"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is printed for one line of input; `malformed` where it is an error."""

    text: str
    malformed: bool


def classify_lines(
    lines: Iterable[str | bytes],
    rulesets: Sequence[RuleSet] = tuple(RULESETS.values()),
    as_of: date | None = None,
    layout: Layout = Layout.JSONL,
    *,
    headed: bool = True,
) -> Iterator[Answer]:
    """Yield one answer per line that is not blank; `as_of` takes the place of the lines' own where given.

    A table begins with its heading, unless the lines are a later part of a longer file (`headed` false).
    """
    if layout is Layout.TABLE and headed:
        yield Answer(TABLE_HEADING, malformed=False)
    for line in lines:
        if line.strip():
            yield _answer(line, rulesets, as_of, layout)


def _answer(line: str | bytes, rulesets: Sequence[RuleSet], as_of: date | None, layout: Layout) -> Answer:
    asked_as: str | int | None = None
    try:
        read = object_from_line(_decoded(line))
        asked_as = read_id(read)
        return Answer(_verdicts(series_from_dict(read), rulesets, as_of, layout), malformed=False)
    except MalformedSeries as error:
        if layout is Layout.TABLE:
            return Answer(table_error(asked_as, str(error)), malformed=True)
        return Answer(_ENCODER.encode({"id": asked_as, "error": str(error)}), malformed=True)


def _decoded(line: str | bytes) -> str:
    if isinstance(line, str):
        return line.removeprefix(BYTE_ORDER_MARK)
    try:
        return line.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        raise MalformedSeries("The line is not JSON: it is not written in UTF-8.") from None


def _verdicts(asked: AskedSeries, rulesets: Sequence[RuleSet], as_of: date | None, layout: Layout) -> str:
    verdicts = classify_all(asked.series, rulesets, asked.as_of if as_of is None else as_of)
    if layout is Layout.TABLE:
        return table_lines(asked.asked_as, verdicts.values())
    answers = zip(verdicts, answers_to_texts(verdicts.values()), strict=True)
    told = ",".join([f'"{ruleset}":{text}' for ruleset, text in answers])
    return f'{{"id":{_ENCODER.encode(asked.asked_as)},"verdicts":{{{told}}}}}'
