"""A quantified run as one JSON object, the answer of `manage.py quantify`, and as a table for a terminal.

Numbers are JSON numbers with every digit that was computed, never rounded through a binary float.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from monitoring.domain.problems import Problem
from monitoring.domain.run_curves import RunCurve
from monitoring.domain.run_pairs import RunPair
from monitoring.domain.run_report import RunReport
from monitoring.domain.run_samples import MeasuredTarget
from monitoring.domain.standard_curve import NoCurve

WELL_LEFT_OUT = "WELL_LEFT_OUT"  # a flag of a sample: one of its wells takes no part and is not listed
SHOWN_DIGITS = 6  # significant digits of the table
NOTHING = "-"

Plain = None | str | int | Decimal | Sequence["Plain"] | Mapping[str, "Plain"]


class WireProblem(NamedTuple):
    """One problem as it is printed; the sentence is made elsewhere."""

    severity: str
    where: str
    message: str


def report_to_dict(report: RunReport, problems: Iterable[WireProblem]) -> dict[str, Plain]:
    """Return format, curves, samples, pairs and problems of a run as plain data; copies a well, per cent of ABL1."""
    return {
        "format": report.format.value,
        "curves": [_curve(curve) for curve in report.curves],
        "samples": [_sample(each, report.problems_of(each)) for each in report.samples],
        "pairs": [_pair(pair) for pair in report.pairs],
        "problems": [problem._asdict() for problem in problems],
    }


def exact_json(value: Plain) -> str:
    """Return plain data as JSON, a Decimal as a number with all its digits."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{exact_json(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(exact_json(each) for each in value) + "]"
    return json.dumps(value)


def _curve(curve: RunCurve) -> dict[str, Plain]:
    line = None if isinstance(curve.curve, NoCurve) else curve.curve
    return {
        "target": curve.target,
        "slope": None if line is None else line.slope,
        "intercept": None if line is None else line.intercept,
        "r2": None if line is None else line.r2,
        "efficiency_pct": curve.efficiency_pct,
        "points": curve.points,
    }


def _sample(measured: MeasuredTarget, problems: Iterable[Problem]) -> dict[str, Plain]:
    """Only wells that take part are listed; no copies where nothing amplified, which is a state and not 0."""
    taken = [well for well in measured.wells if not well.left_out_because]
    amplified = measured.mean is not None and measured.wells_call.positive_wells > 0
    flags = list(dict.fromkeys(problem.code.value for problem in problems))
    flags += [WELL_LEFT_OUT] if len(taken) < len(measured.wells) else []
    return {
        "sample": measured.sample,
        "target": measured.target,
        "wells": [well.cq for well in taken],
        "copies_mean": measured.mean.per_well if measured.mean is not None and amplified else None,
        "call": measured.call.value,
        "flags": flags,
    }


def _pair(pair: RunPair) -> dict[str, Plain]:
    quantified = pair.quantification
    return {
        "sample": pair.sample,
        "target": pair.target,
        "control": pair.control,
        "pct_abl1": quantified.pct_abl1,
        "abl1_copies": quantified.abl1_copies,
        "lod_pct_abl1": quantified.lod_pct_abl1,
        "call": quantified.call.value,
        "class": None if pair.sample_class is None else pair.sample_class.value,
    }


def report_table(report: RunReport, problems: Iterable[WireProblem]) -> str:
    """Return a run as three tables for people at a terminal; numbers to six digits, the exact ones are in JSON."""
    told = report_to_dict(report, problems)
    parts = [str(told["format"])]
    for name in ("curves", "samples", "pairs", "problems"):
        rows = told[name]
        if isinstance(rows, Sequence) and rows:
            parts.append(_table([row for row in rows if isinstance(row, Mapping)]))
    return "\n\n".join(parts)


def _table(rows: Sequence[Mapping[str, Plain]]) -> str:
    lines = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _cell(value: Plain) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Decimal):
        return f"{value:.{SHOWN_DIGITS}g}" if value.adjusted() < SHOWN_DIGITS else f"{value:.0f}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(_cell(each) for each in value) or NOTHING
    return str(value)
