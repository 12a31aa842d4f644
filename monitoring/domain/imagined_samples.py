"""A sample that nobody has taken yet, asked of the same rule engine: what it would do at each level.

No rule is read a second time here. Each level at which a rule could turn (a threshold of the rule set, ten times or a
tenth of an earlier value) is a border; levels between two borders are alike; the borders at which the answer turns
are found by asking the engine, by bisection. Source: docs/methods/what_would_change.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from itertools import pairwise

from monitoring.domain.classify import classify
from monitoring.domain.results import Result
from monitoring.domain.rulesets.guideline import LOG10_BELOW_BASELINE, PCT_ABL1, PCT_BASELINE, RuleSet
from monitoring.domain.sample_effects import Effect, effects
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, Tissue
from monitoring.domain.units import times_power_of_ten
from monitoring.domain.verdict_change import with_result
from monitoring.domain.verdicts import Evidence, Verdict

IMAGINED = "imagined"
# ABL1 copies of the imagined sample: enough for a NEGATIVE by every rule set
ADEQUATE_ABL1_COPIES = Decimal(40_000)
PER_CENT = Decimal(100)
ZERO, TWO = Decimal(0), Decimal(2)

_ROUNDED_UP = Context(prec=28, rounding=ROUND_CEILING)  # so that a border is never just below what it stands for
_BETWEEN = Context(prec=60, rounding=ROUND_HALF_EVEN)

Told = Mapping[Effect, Evidence | None]


@dataclass(frozen=True, slots=True)
class Levels:
    """A run of levels in per cent of ABL1; a missing end is open, an end counts itself only where told so."""

    least: Decimal | None = None
    least_counts: bool = True
    most: Decimal | None = None
    most_counts: bool = True

    def hold(self, level: Decimal) -> bool:
        """Whether a level lies among them."""
        above = self.least is None or level > self.least or (level == self.least and self.least_counts)
        below = self.most is None or level < self.most or (level == self.most and self.most_counts)
        return above and below


@dataclass(frozen=True)
class Occasion:
    """One tissue and assay of one series, sampled on one day, by one rule set; `before` is the verdict without it."""

    series: Series
    ruleset: RuleSet
    before: Verdict
    tissue: Tissue
    assay_key: str
    on: date
    _asked: dict[Decimal | None, Told] = field(default_factory=dict, init=False, repr=False, compare=False)

    def negative(self) -> Told:
        """What a sample does in which the target is not detected, with enough ABL1."""
        return self._ask(None)

    def detected(self, pct_abl1: Decimal) -> Told:
        """What a sample does at a level, in per cent of ABL1."""
        return self._ask(pct_abl1)

    def runs(self, borders: Iterable[Decimal]) -> list[tuple[Levels, Told]]:
        """Return every run of levels that do the same, the lowest first."""
        cells = _Cells(sorted(set(borders)))
        firsts = [*self._firsts(cells, 0, cells.count - 1), cells.count]
        return [
            (cells.levels(first, following - 1), self.detected(cells.level(first)))
            for first, following in pairwise(firsts)
        ]

    def _firsts(self, cells: "_Cells", low: int, high: int) -> list[int]:
        """The first cell of each run; between two cells that do the same nothing else is done."""
        found, known = [low], self._done(cells, low)
        while self._done(cells, high) != known:
            place, end = found[-1], high
            while end - place > 1:
                middle = (place + end) // 2
                place, end = (middle, end) if self._done(cells, middle) == known else (place, middle)
            found.append(end)
            known = self._done(cells, end)
        return found

    def _done(self, cells: "_Cells", cell: int) -> frozenset[Effect]:
        return frozenset(self.detected(cells.level(cell)))

    def _ask(self, pct_abl1: Decimal | None) -> Told:
        if pct_abl1 not in self._asked:
            call = Call.NOT_DETECTED if pct_abl1 is None else Call.DETECTED
            sample = Result(
                IMAGINED, self.on, self.tissue, call, pct_abl1, ADEQUATE_ABL1_COPIES, assay_key=self.assay_key
            )
            after = classify(with_result(self.series, sample), self.ruleset, self.on)
            self._asked[pct_abl1] = effects(self.before, after, IMAGINED)
        return self._asked[pct_abl1]


class _Cells:
    """The levels cut at the borders: below the first, the first itself, between it and the second, and so on."""

    def __init__(self, borders: list[Decimal]) -> None:
        self.borders = borders
        self.count = 2 * len(borders) + 1

    def level(self, cell: int) -> Decimal:
        """A level of a cell: the border itself, or one between its neighbours."""
        if not self.borders:
            return Decimal(1)
        place, is_border = divmod(cell, 2)
        if is_border:
            return self.borders[place]
        if place == 0:
            return half(self.borders[0])
        if place == len(self.borders):
            return times_power_of_ten(self.borders[-1], 1)
        return half(_BETWEEN.add(self.borders[place - 1], self.borders[place]))

    def levels(self, first: int, last: int) -> Levels:
        """The levels from one cell to another, both included."""
        least = self.borders[(first - 1) // 2] if first > 0 else None
        most = self.borders[last // 2] if last < self.count - 1 else None
        return Levels(least, least is None or first % 2 == 1, most, most is None or last % 2 == 1)


def up_to(series: Series, as_of: date) -> Series:
    """Return what a verdict of a day was made from: nothing that was collected, begun or happened later."""
    return replace(
        series,
        results=tuple(one for one in series.results if one.collected_on <= as_of),
        treatment_starts=tuple(on for on in series.treatment_starts if on <= as_of),
        course_starts=tuple(start for start in series.course_starts if start.on <= as_of),
        death_on=series.death_on if series.death_on is not None and series.death_on <= as_of else None,
    )


def borders(series: Series, ruleset: RuleSet, tissue: Tissue) -> set[Decimal]:
    """Return every level, in per cent of ABL1, at which a rule could turn for a sample of a tissue."""
    found = borders_of_a_fall(series, ruleset, tissue)
    for one in _quantified(series, tissue):
        found |= {tenfold(one), times_power_of_ten(one.pct_abl1 or ZERO, 1), half(one.pct_abl1 or ZERO)}
    return found


def borders_of_a_fall(series: Series, ruleset: RuleSet, tissue: Tissue) -> set[Decimal]:
    """Return every level, in per cent of ABL1, at which a sample of a tissue could become a reduction."""
    return {*_thresholds(series, ruleset), *(a_tenth(one) for one in _quantified(series, tissue))}


def _quantified(series: Series, tissue: Tissue) -> list[Result]:
    """The values of a tissue in the present course: the rules compare with no other."""
    since = max((start.on for start in series.course_starts), default=date.min)
    return [
        one for one in series.results if one.tissue is tissue and one.collected_on >= since and one.pct_abl1 is not None
    ]


def tenfold(result: Result) -> Decimal:
    """Return ten times the floor-corrected value, rounded up: the lowest level that has risen by one log10."""
    amounts = [times_power_of_ten(one, 1) for one in (result.pct_abl1, result.loq_pct_abl1) if one is not None]
    if result.abl1_copies:
        amounts.append(_ROUNDED_UP.divide(times_power_of_ten(PER_CENT, 1), result.abl1_copies))
    return max(amounts)


def a_tenth(result: Result) -> Decimal:
    """Return a tenth of the value: the highest level that has fallen by one log10."""
    return times_power_of_ten(result.pct_abl1 or ZERO, -1)


def half(level: Decimal) -> Decimal:
    """Return half of a level: where a reduction is lost again."""
    return _BETWEEN.divide(level, TWO)


def _thresholds(series: Series, ruleset: RuleSet) -> Iterable[Decimal]:
    baseline = series.baseline_pct_abl1.get(Tissue.BONE_MARROW)
    for threshold in ruleset.thresholds:
        if threshold.unit == PCT_ABL1:
            yield threshold.value
        elif baseline is None:
            continue
        elif threshold.unit == PCT_BASELINE:
            yield times_power_of_ten(_BETWEEN.multiply(threshold.value, baseline), -2)
        elif threshold.unit == LOG10_BELOW_BASELINE:
            yield times_power_of_ten(baseline, -int(threshold.value))
