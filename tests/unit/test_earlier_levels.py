"""What a level is compared with: last and lowest, of one tissue, one assay, one course."""

from datetime import date
from decimal import Decimal

from monitoring.domain.earlier_levels import earlier_levels
from monitoring.domain.results import Result
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, Marker, Tissue

MARROW, BLOOD = Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD


def level(pct: str, month: int, tissue: Tissue = MARROW, abl1: int = 40_000, key: str = "k") -> Result:
    return Result(
        f"{month}{tissue}{key}", date(2026, month, 1), tissue, Call.DETECTED, Decimal(pct), Decimal(abl1), assay_key=key
    )


def series(*results: Result, hsct: date | None = None) -> Series:
    starts = (CourseBegin(hsct, CourseStart.HSCT),) if hsct else ()
    return Series("s", Marker.NPM1, results, course_starts=starts)


def test_last_and_lowest_are_told_with_fold_and_log() -> None:
    found = earlier_levels(series(level("0.01", 1), level("0.05", 3)), level("0.1", 6))
    assert found.last is not None
    assert found.lowest is not None
    assert (found.last.fold, found.last.log10) == (Decimal(2), Decimal("0.301"))
    assert (found.lowest.fold, found.lowest.log10) == (Decimal(10), Decimal("1.000"))


def test_the_lowest_is_floor_corrected_by_its_own_control_gene() -> None:
    found = earlier_levels(series(level("0.001", 1, abl1=20_000)), level("0.1", 6))
    assert found.lowest is not None
    assert found.lowest.by_pct_abl1 == Decimal("0.005")


def test_another_tissue_assay_or_course_is_not_compared() -> None:
    others = [level("0.01", 1, BLOOD), level("0.01", 1, key="other")]
    assert earlier_levels(series(*others), level("0.1", 6)).last is None
    assert earlier_levels(series(level("0.01", 1), hsct=date(2026, 3, 1)), level("0.1", 6)).last is None


def test_what_is_not_evaluable_is_not_compared() -> None:
    assert earlier_levels(series(level("0.01", 1, abl1=500)), level("0.1", 6)).last is None
    assert earlier_levels(series(level("0.01", 1)), level("0.1", 6, abl1=500)).last is None


def test_later_samples_are_not_looked_at() -> None:
    assert earlier_levels(series(level("0.01", 8)), level("0.1", 6)).last is None
