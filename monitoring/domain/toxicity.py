"""What a cycle did to the blood, from serial counts: nadir, grade, duration of grade 4, recovery.

Source: CTCAE 5.0; Tiong et al., Br J Haematol 2020 (duration of grade 4); docs/methods/toxicity.md (B 5.2).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from monitoring.domain.ctcae import BORDERS, NORMAL, Grade, Lineage, LowerLimits, grade_of

COUNTED_UNTIL_DAY = 56  # of the cycle, at the latest, as for its response; [DESIGN]
FEBRILE_COUNT_WITHIN_DAYS = 2  # days between fever and the count that is taken for it; [DESIGN]
RECOVERED_AT_GRADE = Grade.MODERATE  # and better: where the label lets the next cycle begin; US label
LONG_DAYS = 7  # days of grade 4 that ask for delay; US label


@dataclass(frozen=True, slots=True)
class Count:
    """The blood count of a day: neutrophils and platelets in 10^9/L, haemoglobin in g/dL; None is not measured."""

    on: date
    neutrophils: Decimal | None = None
    platelets: Decimal | None = None
    haemoglobin: Decimal | None = None

    def of(self, lineage: Lineage) -> Decimal | None:
        """Return the value of a lineage."""
        values = {
            Lineage.NEUTROPHILS: self.neutrophils,
            Lineage.PLATELETS: self.platelets,
            Lineage.HAEMOGLOBIN: self.haemoglobin,
        }
        return values[lineage]


@dataclass(frozen=True, slots=True)
class Spell:
    """Consecutive days of grade 4, from the first count below the border to the first at or above it.

    `is_at_least`: no count before shows the beginning, or none after it the end.
    """

    starts_on: date
    days: int
    is_at_least: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it lasted the days that ask for delay of the next cycle."""
        return self.days >= LONG_DAYS


@dataclass(frozen=True, slots=True)
class CountedCycle:
    """A cycle as its counts are taken: from the day after day 1 up to and with `until`."""

    number: int
    day_1: date
    until: date


@dataclass(frozen=True, slots=True)
class LineageToxicity:
    """One lineage in one cycle: lowest count and its grade, longest grade 4 begun in it, recovery to grade 2 or better.

    `recovered_on` is None where the grade was never above 2, or no count of the cycle shows it; `carried_over`: grade 4
    had begun before the cycle.
    """

    nadir: Decimal
    nadir_on: date
    grade: Grade
    grade_4: Spell | None = None
    recovered_on: date | None = None
    carried_over: bool = False


def counted_cycles(days_1: Sequence[tuple[int, date]], ends_on: Iterable[date | None] = ()) -> tuple[CountedCycle, ...]:
    """Return until when counts belong to each cycle (number, day 1), by day 1.

    The count of the next day 1 was drawn before its first tablet and belongs to the cycle before; after the last one
    counts belong to it up to day 56, or to the day before `ends_on` (conditioning, another treatment).
    """
    stops = sorted(on for on in ends_on if on is not None)
    found = []
    in_order = sorted(days_1, key=lambda each: each[1])
    for place, (number, day_1) in enumerate(in_order):
        last = day_1 + timedelta(days=COUNTED_UNTIL_DAY - 1)
        following = [on for _, on in in_order[place + 1 : place + 2]]
        ended = [on - timedelta(days=1) for on in stops if on > day_1]
        found.append(CountedCycle(number, day_1, min([last, *following, *ended])))
    return tuple(found)


def cycle_toxicity(
    cycle: CountedCycle, counts: Iterable[Count], limits: LowerLimits = NORMAL
) -> Mapping[Lineage, LineageToxicity]:
    """Return what happened to each lineage that was counted in the cycle; `counts` are all of the patient."""
    in_order = sorted(counts, key=lambda count: count.on)
    found = {lineage: _lineage(cycle, in_order, lineage, limits) for lineage in Lineage}
    return {lineage: told for lineage, told in found.items() if told is not None}


def grade_4_spells(counts: Iterable[Count], lineage: Lineage) -> tuple[Spell, ...]:
    """Return the spells of grade 4 of a lineage over all counts, in order; haemoglobin has none by value."""
    border, grade = BORDERS[lineage][0]
    if grade is not Grade.LIFE_THREATENING:
        return ()
    values = [
        (count.on, value) for count in sorted(counts, key=lambda c: c.on) if (value := count.of(lineage)) is not None
    ]
    runs = [(below, [on for on, _ in run]) for below, run in groupby(values, key=lambda each: each[1] < border)]
    spells = []
    for place, (below, days) in enumerate(runs):
        if below:
            after = runs[place + 1][1][0] if place + 1 < len(runs) else days[-1] + timedelta(days=1)
            is_open = place == 0 or place + 1 == len(runs)
            spells.append(Spell(days[0], (after - days[0]).days, is_open))
    return tuple(spells)


def count_for_fever(counts: Iterable[Count], fever_on: date) -> Count | None:
    """Return the neutrophil count nearest to a fever, at most 2 days away, of two the lower; None where none is."""
    near = [
        (abs((count.on - fever_on).days), count.neutrophils, count)
        for count in counts
        if count.neutrophils is not None and abs((count.on - fever_on).days) <= FEBRILE_COUNT_WITHIN_DAYS
    ]
    return min(near, key=lambda each: each[:2])[2] if near else None


def _lineage(
    cycle: CountedCycle, counts: Sequence[Count], lineage: Lineage, limits: LowerLimits
) -> LineageToxicity | None:
    own = [
        (count.on, value)
        for count in counts
        if cycle.day_1 < count.on <= cycle.until and (value := count.of(lineage)) is not None
    ]
    if not own:
        return None
    nadir_on, nadir = min(own, key=lambda each: each[1])
    grade = grade_of(lineage, nadir, limits)
    spells = grade_4_spells(counts, lineage)
    begun = [spell for spell in spells if cycle.day_1 < spell.starts_on <= cycle.until]
    return LineageToxicity(
        nadir=nadir,
        nadir_on=nadir_on,
        grade=grade,
        grade_4=max(begun, key=lambda spell: spell.days, default=None),
        recovered_on=_recovered_on(own, nadir_on, lineage, limits) if grade > RECOVERED_AT_GRADE else None,
        carried_over=any(
            spell.starts_on <= cycle.day_1 < spell.starts_on + timedelta(days=spell.days - 1) for spell in spells
        ),
    )


def _recovered_on(
    own: Iterable[tuple[date, Decimal]], nadir_on: date, lineage: Lineage, limits: LowerLimits
) -> date | None:
    later = (on for on, value in own if on > nadir_on and grade_of(lineage, value, limits) <= RECOVERED_AT_GRADE)
    return next(later, None)
