"""Invented series to draw, and short ways into the figure."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from monitoring.charts.inputs import Cycle, DiagnosisSample, Scale, Threshold, TrajectoryInputs
from monitoring.charts.trajectory import trajectory
from monitoring.domain.classify import classify
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, Marker, RuleSetId, Tissue
from monitoring.domain.verdicts import Verdict

BM, PB = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD
AS_OF = date(2026, 11, 20)
DIAGNOSED_ON = date(2025, 6, 3)
HSCT_ON = date(2026, 6, 25)
ELN2021, TIONG2020 = RuleSetId.ELN2021, RuleSetId.TIONG2020


def day(text: str) -> date:
    return date.fromisoformat(text)


def detected(name: str, on: str, pct: str | None, tissue: Tissue = BM, **more: Any) -> Result:
    value = None if pct is None else Decimal(pct)
    return Result(name, day(on), tissue, Call.DETECTED, value, **({"abl1_copies": Decimal(40000)} | more))


def undetected(name: str, on: str, copies: int | None = 40000, tissue: Tissue = BM, **more: Any) -> Result:
    abl1 = None if copies is None else Decimal(copies)
    return Result(name, day(on), tissue, Call.NOT_DETECTED, None, abl1, **more)


def called(call: Call, name: str, on: str, copies: int | None = 40000, tissue: Tissue = BM) -> Result:
    return Result(name, day(on), tissue, call, None, None if copies is None else Decimal(copies))


# diagnosis, first-line fall, relapse 1, four cycles, HSCT, one inadequate sample, relapse 2
RELAPSED_AFTER_HSCT = (
    detected("r1", "2025-07-14", "2.9"),
    detected("r2", "2025-08-25", "0.31"),
    detected("r3", "2025-08-25", "0.036", PB),
    undetected("r4", "2025-11-10", 41300, lod_pct_abl1=Decimal("0.0024")),
    undetected("r5", "2025-12-22", 28400, PB),
    detected("r6", "2026-01-19", "0.016"),
    detected("r7", "2026-02-02", "0.041"),
    undetected("r8", "2026-03-12", 6800, PB),
    undetected("r9", "2026-04-09", 52300),
    called(Call.NOT_EVALUABLE, "r10", "2026-07-23", 720),
    undetected("r11", "2026-09-24", 31200),
    detected("r12", "2026-10-22", "0.018"),
    detected("r13", "2026-11-12", "0.058"),
)
CYCLES = (
    Cycle(1, day("2026-02-16"), day("2026-03-15"), 400, 14, 14, "AZACITIDINE", Decimal(75), 7),
    Cycle(2, day("2026-03-16"), day("2026-04-12"), 100, 14, 7, "AZACITIDINE", Decimal(75), 5),
)
LEVELS = (
    Threshold(RuleSetId.ELN2021, BM, "POSITIVE", Scale.PCT_ABL1, Decimal(2)),
    Threshold(RuleSetId.ELN2021, PB, "POSITIVE", Scale.PCT_ABL1, Decimal(2)),
    Threshold(RuleSetId.ELN2025, BM, "POSITIVE", Scale.PCT_ABL1, Decimal("0.1")),
    Threshold(RuleSetId.TIONG2020, BM, "POSITIVE", Scale.LOG10_REDUCTION, Decimal(4)),
)


def series(results: Iterable[Result], baseline: dict[Tissue, str] | None = None, **more: Any) -> Series:
    levels = {tissue: Decimal(value) for tissue, value in (baseline or {}).items()}
    return Series("s", Marker.NPM1, tuple(results), levels, **more)


def inputs(results: Iterable[Result], baseline: dict[Tissue, str] | None = None, **more: Any) -> TrajectoryInputs:
    """The results with diagnosis samples for the tissues that have a baseline; `more` goes to where it belongs."""
    of_series = {name: more.pop(name) for name in tuple(more) if name in Series.__dataclass_fields__}
    diagnosis = tuple(DiagnosisSample(tissue, DIAGNOSED_ON, f"dx-{tissue}") for tissue in baseline or {})
    return TrajectoryInputs(series(results, baseline, **of_series), DIAGNOSED_ON, diagnosis, **more)


def relapsed_after_hsct(**more: Any) -> TrajectoryInputs:
    return inputs(
        RELAPSED_AFTER_HSCT,
        {BM: "640", PB: "410"},
        end_of_treatment=day("2025-11-10"),
        treatment_starts=(day("2026-02-16"),),
        course_starts=(CourseBegin(HSCT_ON, CourseStart.HSCT),),
        cycles=CYCLES,
        thresholds=LEVELS,
        **more,
    )


def verdict(drawn: TrajectoryInputs, ruleset: RuleSetId = ELN2021, as_of: date = AS_OF) -> Verdict:
    return classify(drawn.series, RULESETS[ruleset], as_of)


def figure(drawn: TrajectoryInputs, ruleset: RuleSetId = ELN2021, as_of: date = AS_OF) -> dict[str, Any]:
    return trajectory(drawn, verdict(drawn, ruleset, as_of), ruleset, as_of)


def meta(drawn: TrajectoryInputs, ruleset: RuleSetId = ELN2021, as_of: date = AS_OF) -> dict[str, Any]:
    told: dict[str, Any] = figure(drawn, ruleset, as_of)["layout"]["meta"]
    return told


def points(drawn: TrajectoryInputs, ruleset: RuleSetId = ELN2021, as_of: date = AS_OF) -> dict[str, dict[str, Any]]:
    return {point["id"]: point for point in meta(drawn, ruleset, as_of)["points"]}


def traces(drawn_figure: dict[str, Any], layer: str) -> list[dict[str, Any]]:
    return [trace for trace in drawn_figure["data"] if trace["meta"]["layer"] == layer]


def joined_ids(drawn_figure: dict[str, Any], layer: str, tissue: Tissue = BM) -> list[tuple[str, str]]:
    """The pairs of samples that a line joins."""
    named = [point["id"] for point in drawn_figure["layout"]["meta"]["points"]]
    pairs = []
    for trace in traces(drawn_figure, layer):
        if trace["meta"]["tissue"] == tissue.value:
            run = trace["meta"]["points"]
            pairs += [(named[a], named[b]) for a, b in pairwise(run) if a is not None and b is not None]
    return pairs


def lines(drawn: TrajectoryInputs, kind: str, as_of: date = AS_OF) -> list[dict[str, Any]]:
    return [line for line in meta(drawn, as_of=as_of)["lines"] if line["kind"] == kind]
