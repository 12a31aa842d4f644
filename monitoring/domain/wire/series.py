"""A series as one JSON object, the input form of `manage.py classify`.

Missing keys mean null, empty or ""; unknown keys are ignored; numbers may come as JSON numbers or as text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

from monitoring.domain.results import Result
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, Marker, Timepoint, Tissue
from monitoring.domain.wire import fields
from monitoring.domain.wire.fields import MalformedSeries

_MARKERS = {marker.value: marker for marker in Marker}
_TISSUES = {tissue.value: tissue for tissue in Tissue}
_CALLS = {call.value: call for call in Call}
_TIMEPOINTS = {timepoint.value: timepoint for timepoint in Timepoint}
_COURSE_STARTS = {kind.value: kind for kind in CourseStart}

JsonObject = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AskedSeries:
    """A series with the day as of which it is asked about; `asked_as` is its id as it was written."""

    asked_as: str | int | None
    series: Series
    as_of: date | None


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedSeries(f"The line is not JSON: {name} is not a number.")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)


def object_from_line(line: str) -> JsonObject:
    """Return the JSON object of a line; raises MalformedSeries."""
    try:
        read = _DECODER.decode(line.strip())
    except (ValueError, RecursionError, ArithmeticError):
        raise MalformedSeries("The line is not JSON.") from None
    if not isinstance(read, dict):
        raise MalformedSeries("The line must hold one JSON object, a series.")
    return read


def series_from_line(line: str) -> AskedSeries:
    """Return the series of a line of JSON; raises MalformedSeries with a sentence that names the field."""
    return series_from_dict(object_from_line(line))


def series_from_dict(read: JsonObject) -> AskedSeries:
    """Return the series of a JSON object; raises MalformedSeries with a sentence that names the field."""
    asked_as = read_id(read)
    series = Series(
        id="" if asked_as is None else str(asked_as),
        marker=fields.choice(read.get("marker"), _MARKERS, "marker"),
        results=_results(fields.entries(read.get("results"), "results")),
        baseline_pct_abl1=_baseline(read.get("baseline")),
        end_of_treatment=fields.day_or_none(read.get("end_of_treatment"), "end_of_treatment"),
        treatment_starts=tuple(
            fields.day(start, f"treatment_starts[{position}]")
            for position, start in enumerate(fields.entries(read.get("treatment_starts"), "treatment_starts"))
        ),
        course_starts=tuple(
            _course_start(start, f"course_starts[{position}]")
            for position, start in enumerate(fields.entries(read.get("course_starts"), "course_starts"))
        ),
        death_on=fields.day_or_none(read.get("death_on"), "death_on"),
    )
    return AskedSeries(asked_as, series, fields.day_or_none(read.get("as_of"), "as_of"))


def read_id(read: JsonObject) -> str | int | None:
    """Return the id of a series as it was written; raises MalformedSeries unless text, whole number or null."""
    asked_as = read.get("id")
    if asked_as is None or type(asked_as) is str or type(asked_as) is int:
        return asked_as
    raise MalformedSeries(f"id must be a text, not {fields.shown(asked_as)}.")


def _baseline(value: object) -> dict[Tissue, Decimal]:
    if value is None:
        return {}
    levels = fields.record(value, "baseline")
    read = {tissue: fields.amount_or_none(levels.get(tissue.value), f"baseline.{tissue.value}") for tissue in Tissue}
    return {tissue: level for tissue, level in read.items() if level is not None}


def _course_start(value: object, field: str) -> CourseBegin:
    start = fields.record(value, field)
    return CourseBegin(
        on=fields.day(start.get("on"), "on", f"{field}."),
        kind=fields.choice(start.get("kind"), _COURSE_STARTS, "kind", f"{field}."),
    )


def _results(values: list[object]) -> tuple[Result, ...]:
    results = tuple([_result(value, f"results[{position}]") for position, value in enumerate(values)])
    if len({result.id for result in results}) < len(results):
        raise MalformedSeries(_repeated(results))
    return results


def _repeated(results: tuple[Result, ...]) -> str:
    ids = [result.id for result in results]
    position = next(place for place, given in enumerate(ids) if given in ids[:place])
    return f"results[{position}].id {fields.shown(ids[position])} is given to more than one result."


def _result(value: object, field: str) -> Result:
    get, of = fields.record(value, field).get, f"{field}."
    call = fields.choice(get("call"), _CALLS, "call", of)
    pct_abl1 = fields.amount_or_none(get("pct_abl1"), "pct_abl1", of)
    if pct_abl1 is not None and call is not Call.DETECTED:
        raise MalformedSeries(f"{of}pct_abl1 is given although the call is {call.value}, not DETECTED.")
    timepoint = None if get("timepoint") == "" else get("timepoint")
    return Result(
        id=fields.text(get("id"), "id", of),
        collected_on=fields.day(get("collected_on"), "collected_on", of),
        tissue=fields.choice(get("tissue"), _TISSUES, "tissue", of),
        call=call,
        pct_abl1=pct_abl1,
        abl1_copies=fields.copies_or_none(get("abl1_copies"), "abl1_copies", of),
        lod_pct_abl1=fields.amount_or_none(get("lod_pct_abl1"), "lod_pct_abl1", of),
        loq_pct_abl1=fields.amount_or_none(get("loq_pct_abl1"), "loq_pct_abl1", of),
        assay_key=fields.text_or_empty(get("assay_key"), "assay_key", of),
        timepoint=None if timepoint is None else fields.choice(timepoint, _TIMEPOINTS, "timepoint", of),
    )


def series_to_dict(asked: AskedSeries) -> dict[str, object]:
    """Return a series as the JSON object that `series_from_dict` reads."""
    series = asked.series
    return {
        "id": asked.asked_as,
        "marker": series.marker.value,
        "baseline": {tissue.value: _number(series.baseline_pct_abl1.get(tissue)) for tissue in Tissue},
        "end_of_treatment": _day(series.end_of_treatment),
        "treatment_starts": [_day(start) for start in series.treatment_starts],
        "course_starts": [{"on": _day(start.on), "kind": start.kind.value} for start in series.course_starts],
        "death_on": _day(series.death_on),
        "as_of": _day(asked.as_of),
        "results": [_result_to_dict(result) for result in series.results],
    }


def _result_to_dict(result: Result) -> dict[str, object]:
    return {
        "id": result.id,
        "collected_on": _day(result.collected_on),
        "tissue": result.tissue.value,
        "call": result.call.value,
        "pct_abl1": _number(result.pct_abl1),
        "abl1_copies": _number(result.abl1_copies),
        "lod_pct_abl1": _number(result.lod_pct_abl1),
        "loq_pct_abl1": _number(result.loq_pct_abl1),
        "assay_key": result.assay_key,
        "timepoint": None if result.timepoint is None else result.timepoint.value,
    }


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _number(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
