"""Westgard's rules for one control at one level, one point a run, in the order of the runs.

Source: Westgard et al., Clin Chem 1981;27:493 (multirule Shewhart chart); docs/methods/quality_control.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

# SD from the mean that a point must lie beyond, strictly; a point on the line is inside. Westgard 1981.
WARNING_SD = Decimal(2)
REJECTION_SD = Decimal(3)
RANGE_SD = Decimal(2)  # R-4s: one point beyond +2 SD, its neighbour beyond -2 SD
SHIFT_SD = Decimal(1)
TWO, FOUR, TEN = 2, 4, 10  # consecutive runs that 2-2s and R-4s, 4-1s and 10-x look at

_WORKING = Context(prec=50, rounding=ROUND_HALF_EVEN)


class Rule(StrEnum):
    """1-2s warns; each other rule rejects the run."""

    ONE_2S = "1-2s"
    ONE_3S = "1-3s"
    TWO_2S = "2-2s"
    R_4S = "R-4s"
    FOUR_1S = "4-1s"
    TEN_X = "10-x"


class Standing(StrEnum):
    """What the rules say of one point."""

    IN_CONTROL = "IN_CONTROL"
    WARNING = "WARNING"
    REJECTED = "REJECTED"
    NO_TARGET = "NO_TARGET"  # no mean and SD held when it was measured
    LEFT_OUT = "LEFT_OUT"  # a person took it out of the statistics, with a reason


class TargetRefused(Exception):
    """A mean that is not finite, or an SD that is not a finite number above 0."""


@dataclass(frozen=True, slots=True)
class ControlTarget:
    """Mean and SD of a chart, in its unit; two targets are one only if both agree and it is the same lot."""

    mean: Decimal
    sd: Decimal
    lot: str = ""

    def __post_init__(self) -> None:
        if not self.mean.is_finite() or not self.sd.is_finite() or self.sd <= 0:
            raise TargetRefused(f"{self.mean} {self.sd}")

    def line(self, sds: Decimal) -> Decimal:
        """Return the height that lies so many SD above the mean (below it where negative)."""
        return _WORKING.add(self.mean, _WORKING.multiply(sds, self.sd))


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One run's value, with the target that held when it was measured."""

    value: Decimal
    target: ControlTarget | None
    is_left_out: bool = False

    def is_above(self, sds: Decimal) -> bool:
        """Whether the point lies strictly above mean + so many SD; exact."""
        return self.target is not None and self.value > self.target.line(sds)

    def is_below(self, sds: Decimal) -> bool:
        """Whether the point lies strictly below mean - so many SD; exact."""
        return self.target is not None and self.value < self.target.line(-sds)

    @property
    def sds(self) -> Decimal | None:
        """Distance from the mean in SD, signed, 50 digits; for display, never for a rule."""
        if self.target is None:
            return None
        return _WORKING.divide(_WORKING.subtract(self.value, self.target.mean), self.target.sd)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of one point; `rules` are those that it breaks, as the last of the points they look at."""

    standing: Standing
    rules: tuple[Rule, ...] = ()


def judge(points: Sequence[ControlPoint]) -> tuple[Judgement, ...]:
    """Return the judgement of each point in the order of the runs.

    Points left out, or without a target, take no part. Rules over several runs look back within one target only:
    where the lot or the target changes, counting begins anew.
    """
    found = []
    chain: list[ControlPoint] = []
    for point in points:
        if point.is_left_out or point.target is None:
            found.append(Judgement(Standing.LEFT_OUT if point.is_left_out else Standing.NO_TARGET))
            continue
        if chain and chain[-1].target != point.target:
            chain = []
        chain.append(point)
        found.append(_judge_last(chain))
    return tuple(found)


def _judge_last(chain: Sequence[ControlPoint]) -> Judgement:
    broken = tuple(rule for rule, is_broken in _REJECTIONS if is_broken(chain))
    if broken:
        return Judgement(Standing.REJECTED, broken)
    if _beyond(chain[-1:], WARNING_SD):
        return Judgement(Standing.WARNING, (Rule.ONE_2S,))
    return Judgement(Standing.IN_CONTROL)


def _beyond(points: Sequence[ControlPoint], sds: Decimal) -> bool:
    """Whether all points lie beyond the same limit, all above or all below."""
    return all(each.is_above(sds) for each in points) or all(each.is_below(sds) for each in points)


def _last_beyond(chain: Sequence[ControlPoint], runs: int, sds: Decimal) -> bool:
    return len(chain) >= runs and _beyond(chain[-runs:], sds)


def _range(chain: Sequence[ControlPoint]) -> bool:
    """One of two consecutive points beyond +2 SD and the other beyond -2 SD."""
    if len(chain) < TWO:
        return False
    before, now = chain[-TWO:]
    rose = before.is_below(RANGE_SD) and now.is_above(RANGE_SD)
    return rose or (before.is_above(RANGE_SD) and now.is_below(RANGE_SD))


_REJECTIONS = (
    (Rule.ONE_3S, lambda chain: _last_beyond(chain, 1, REJECTION_SD)),
    (Rule.TWO_2S, lambda chain: _last_beyond(chain, TWO, WARNING_SD)),
    (Rule.R_4S, _range),
    (Rule.FOUR_1S, lambda chain: _last_beyond(chain, FOUR, SHIFT_SD)),
    (Rule.TEN_X, lambda chain: _last_beyond(chain, TEN, Decimal(0))),
)
