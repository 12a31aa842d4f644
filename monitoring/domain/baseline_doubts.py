"""What makes a level at diagnosis worth a second look before it is written down: questions, never refusals.

A level on the wrong scale makes every % of diagnosis wrong by two or three logs and nobody sees it on the sample
itself. Limits are [DESIGN], chosen so that a mistaken scale is asked about and an unusual patient is not; the order
of magnitude of a level at diagnosis is that of docs/methods/units.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.control_gene import Abl1Adequacy, abl1_adequacy
from monitoring.domain.units import check_is_level, rose_by_logs

# % of ABL1, [DESIGN]: at diagnosis usually several hundred to several thousand
USUAL_PCT_ABL1 = Decimal(1_000)
DOUBTED_LOGS = 2  # log10, [DESIGN]: from there on as far apart as % and ratio are, or more
LATER_RESULT_LOGS = 1  # log10, [DESIGN]: a later result that stands so far above the level at diagnosis
DAYS_FROM_DIAGNOSIS = 30  # days, [DESIGN]: a sample further away from the diagnosis was hardly taken at it


class BaselineDoubt(StrEnum):
    """Why a level at diagnosis is asked about."""

    FAR_FROM_EARLIER = "FAR_FROM_EARLIER"
    UNUSUAL = "UNUSUAL"
    LATER_RESULT_HIGHER = "LATER_RESULT_HIGHER"
    FAR_FROM_DIAGNOSIS = "FAR_FROM_DIAGNOSIS"
    TOO_LITTLE_ABL1 = "TOO_LITTLE_ABL1"


@dataclass(frozen=True, slots=True)
class LevelAtDiagnosis:
    """A level at diagnosis of one tissue, in % of ABL1, with the ABL1 copies of that sample where they are known."""

    pct_abl1: Decimal
    collected_on: date
    abl1_copies: Decimal | None = None


@dataclass(frozen=True, slots=True)
class KnownBeside:
    """What a level is compared with: the one on record, the highest result of the tissue, the days of diagnosis."""

    earlier_pct_abl1: Decimal | None = None
    highest_pct_abl1: Decimal | None = None
    diagnosed_on: tuple[date, ...] = ()


def doubts_about(level: LevelAtDiagnosis, beside: KnownBeside) -> tuple[BaselineDoubt, ...]:
    """Return what is to be asked of a level at diagnosis; raises NotALevel."""
    check_is_level(level.pct_abl1)
    return tuple(_found(level, beside))


def _found(level: LevelAtDiagnosis, beside: KnownBeside) -> Iterable[BaselineDoubt]:
    value = level.pct_abl1
    if beside.earlier_pct_abl1 is not None and _far_apart(value, beside.earlier_pct_abl1):
        yield BaselineDoubt.FAR_FROM_EARLIER
    if _far_apart(value, USUAL_PCT_ABL1):
        yield BaselineDoubt.UNUSUAL
    if beside.highest_pct_abl1 is not None and rose_by_logs(value, beside.highest_pct_abl1, LATER_RESULT_LOGS):
        yield BaselineDoubt.LATER_RESULT_HIGHER
    apart = [abs((level.collected_on - on).days) for on in beside.diagnosed_on]
    if apart and min(apart) > DAYS_FROM_DIAGNOSIS:
        yield BaselineDoubt.FAR_FROM_DIAGNOSIS
    if level.abl1_copies is not None and abl1_adequacy(level.abl1_copies) is Abl1Adequacy.INSUFFICIENT:
        yield BaselineDoubt.TOO_LITTLE_ABL1


def _far_apart(one: Decimal, other: Decimal) -> bool:
    return rose_by_logs(one, other, DOUBTED_LOGS) or rose_by_logs(other, one, DOUBTED_LOGS)
