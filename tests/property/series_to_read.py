"""Series of few days and few levels, so that borders, ties and whole logs are common."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from monitoring.domain.results import Result
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, Marker, Timepoint, Tissue

DAY_0 = date(2025, 1, 6)
OFFSETS = (-30, -15, -14, 0, 1, 7, 14, 27, 28, 29, 30, 44, 58, 59, 60, 61, 90, 100, 101, 118, 119, 130, 180, 200, 250)
LEVELS = (
    "0.0004",
    "0.0009",
    "0.001",
    "0.003",
    "0.005",
    "0.01",
    "0.02",
    "0.05",
    "0.1",
    "0.2",
    "0.5",
    "1",
    "2",
    "5",
    "10",
)
COPIES = ("900", "1000", "5000", "10000", "30000", "40000", "40000", "40000")


def decimals(texts: tuple[str, ...]) -> st.SearchStrategy[Decimal]:
    return st.sampled_from(texts).map(Decimal)


days = st.sampled_from(OFFSETS).map(lambda offset: DAY_0 + timedelta(days=offset))
calls = st.sampled_from([Call.DETECTED] * 6 + [Call.NOT_DETECTED] * 4 + list(Call))


@st.composite
def results(draw: st.DrawFn, name: str = "added", limits: bool = True) -> Result:
    call = draw(calls)
    quantified = call is Call.DETECTED and draw(st.integers(0, 9)) > 0
    return Result(
        id=name,
        collected_on=draw(days),
        tissue=draw(st.sampled_from(Tissue)),
        call=call,
        pct_abl1=draw(decimals(LEVELS)) if quantified else None,
        abl1_copies=draw(st.none() | decimals(COPIES)) if limits else None,
        lod_pct_abl1=draw(st.sampled_from([None, Decimal("0.01"), Decimal("0.02")])),
        loq_pct_abl1=draw(st.sampled_from([None, None, Decimal("0.005"), Decimal("0.02")])) if limits else None,
        assay_key=draw(st.sampled_from(["", "", "", "B"])),
        timepoint=draw(st.sampled_from([None, None, None, *Timepoint])),
    )


@st.composite
def serieses(draw: st.DrawFn, limits: bool = True) -> Series:
    count = draw(st.integers(0, 14))
    starts = st.builds(CourseBegin, days, st.sampled_from(CourseStart))
    return Series(
        id="series",
        marker=draw(st.sampled_from(Marker)),
        results=tuple(draw(results(f"s{number}", limits)) for number in range(count)),
        baseline_pct_abl1={Tissue.BONE_MARROW: draw(decimals(("80", "100", "812.5", "1000")))}
        if draw(st.booleans())
        else {},
        end_of_treatment=draw(st.none() | days),
        treatment_starts=tuple(draw(st.lists(days, max_size=3))),
        course_starts=tuple(draw(st.lists(starts, max_size=2))),
        death_on=draw(st.none() | st.none() | days),
        marker_lost=draw(st.booleans()),
    )


@st.composite
def inert_results(draw: st.DrawFn) -> Result:
    result = draw(results())
    return draw(
        st.sampled_from(
            [
                replace(result, call=Call.NOT_EVALUABLE, pct_abl1=None),
                replace(result, call=Call.UNKNOWN, pct_abl1=None),
                replace(result, call=Call.INDETERMINATE, pct_abl1=None),
                replace(result, abl1_copies=Decimal(999)),
                replace(result, call=Call.NOT_DETECTED, pct_abl1=None, abl1_copies=Decimal(9999)),
            ]
        )
    )
