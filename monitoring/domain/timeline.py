"""What all rule sets share of one series as of one day: its samples in order, on one whole-number scale.

Every amount of a series is brought to one common denominator, once; comparisons of whole numbers are then exact
and fast. Days are ordinals. Source: docs/methods/rules.md, "Order" and "Exact comparison".
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import lcm
from operator import attrgetter

from monitoring.domain.results import Result
from monitoring.domain.sample_classes import ABL1_COPIES_FOR_NEGATIVE, DETECTED_CLASSES, INERT_CLASSES, class_of_call
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, SampleClass, Tissue
from monitoring.domain.verdicts import ClassedSample

MARROW, BLOOD = 0, 1  # the order in which the samples of one day are taken
TISSUES = (Tissue.BONE_MARROW, Tissue.PERIPHERAL_BLOOD)

# Holds the denominator of every threshold of the rule sets; the finest is 0.001 % of ABL1.
THRESHOLD_DENOMINATOR = 1_000
# "Treated" between two dates: a treatment started from this many days before the first date on.
TREATED_BEFORE_DAYS = 28
# 100 / ABL1 copies is one copy of the target, in % of ABL1.
PER_CENT = 100

Ratio = tuple[int, int]
Amounts = tuple[Ratio | None, Ratio | None, Ratio | None]  # value, floor-corrected value, limit of quantification
NO_AMOUNTS: Amounts = (None, None, None)
Place = tuple[int, int, bool, bool, int, str, int]
UNDETECTED = 2  # where a place says that the sample is not taken as detected

_BONE_MARROW = Tissue.BONE_MARROW
_CALL_DETECTED = Call.DETECTED
_NEGATIVE = SampleClass.NEGATIVE


class Sample:
    """One result as the rules take it; `value`, `floor` and `loq` are whole numbers on the scale of its series.

    `fixed_class` is the class where call and ABL1 copies decide it for every rule set; None for a quantified sample.
    """

    __slots__ = ("day", "fixed_class", "floor", "key", "loq", "place", "result", "site", "value")

    def __init__(
        self, result: Result, position: int, fixed_class: SampleClass | None, amounts: Amounts, denominator: int
    ) -> None:
        value, floor, loq = amounts
        self.result = result
        self.day = result.collected_on.toordinal()
        self.site = MARROW if result.tissue is _BONE_MARROW else BLOOD
        self.key = result.assay_key
        self.fixed_class = fixed_class
        self.value = value and value[0] * (denominator // value[1])
        self.floor = floor and floor[0] * (denominator // floor[1])
        self.loq = loq and loq[0] * (denominator // loq[1])
        self.place = self._place(position)

    def _place(self, position: int) -> Place:
        """Marrow first, detected first, quantified first, lower first.

        Equal ones by assay, so that the position in which they were given decides only which id is named.
        """
        inert = self.fixed_class in INERT_CLASSES
        undetected = inert or self.result.call is not _CALL_DETECTED
        key = "" if inert else self.key
        return (self.day, self.site, undetected, self.value is None, self.value or 0, key, position)

    def proves_negative(self) -> bool:
        """Whether its ABL1 copies are known to suffice for NEGATIVE."""
        copies = self.result.abl1_copies
        return copies is not None and copies >= ABL1_COPIES_FOR_NEGATIVE


class TakenSample:
    """A sample with the class that a rule set gives it; never changed, so that rule sets share it."""

    __slots__ = ("classed", "detected", "evaluable", "sample", "sample_class")

    def __init__(self, sample: Sample, sample_class: SampleClass) -> None:
        self.sample = sample
        self.sample_class = sample_class
        self.detected = sample_class in DETECTED_CLASSES
        self.evaluable = self.detected or sample_class is _NEGATIVE
        self.classed = ClassedSample(sample.result.id, sample_class)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The inputs of a verdict that no rule set changes; amounts in whole 1/denominator per cent of ABL1."""

    series: Series
    as_of: date | None
    denominator: int
    samples: list[Sample]
    fixed: list[TakenSample | None]  # beside each sample: itself with its class, where that is fixed
    baseline: int | None  # of bone marrow
    courses: list[tuple[int, CourseStart]]
    treatments: list[int]
    end_of_treatment: int | None
    death: int | None

    def treated_between(self, first: int, second: int) -> bool:
        """Whether a pre-emptive treatment started from 28 days before the first day to before the second."""
        earliest = first - TREATED_BEFORE_DAYS
        return any(earliest <= start < second for start in self.treatments)


def prepare(series: Series, as_of: date | None) -> Timeline:
    """Return what takes part in a verdict as of a day (None: everything), ordered and scaled for every rule set."""
    death = None if series.death_on is None or _is_after(series.death_on, as_of) else series.death_on
    results = _until(series.results, as_of if death is None else death)
    baseline = series.baseline_pct_abl1.get(_BONE_MARROW)
    scaled_baseline = None if baseline is None else baseline.as_integer_ratio()
    denominator, samples = _samples(results, scaled_baseline)
    return Timeline(
        series=series,
        as_of=as_of,
        denominator=denominator,
        samples=samples,
        fixed=[TakenSample(each, each.fixed_class) if each.fixed_class is not None else None for each in samples],
        baseline=scaled_baseline and scaled_baseline[0] * (denominator // scaled_baseline[1]),
        courses=_courses(series.course_starts, as_of),
        treatments=sorted(on.toordinal() for on in series.treatment_starts if not _is_after(on, as_of)),
        end_of_treatment=series.end_of_treatment.toordinal() if series.end_of_treatment else None,
        death=death.toordinal() if death else None,
    )


def _is_after(on: date, limit: date | None) -> bool:
    return limit is not None and on > limit


def _until(results: tuple[Result, ...], last: date | None) -> list[Result]:
    return [result for result in results if last is None or result.collected_on <= last]


def _courses(starts: tuple[CourseBegin, ...], as_of: date | None) -> list[tuple[int, CourseStart]]:
    """By day; on one day the haematological relapse comes before the transplant."""
    taking_part = [(start.on.toordinal(), start.kind) for start in starts if not _is_after(start.on, as_of)]
    return sorted(taking_part, key=lambda start: (start[0], start[1] is CourseStart.HSCT))


def _samples(results: list[Result], baseline: Ratio | None) -> tuple[int, list[Sample]]:
    classes = [class_of_call(result) for result in results]
    amounts = [_amounts(result, fixed) for result, fixed in zip(results, classes, strict=True)]
    denominators = {ratio[1] for each in amounts if each is not NO_AMOUNTS for ratio in each if ratio is not None}
    denominator = lcm(THRESHOLD_DENOMINATOR, baseline[1] if baseline else 1, *denominators)
    samples = [
        Sample(result, position, fixed, each, denominator)
        for position, (result, fixed, each) in enumerate(zip(results, classes, amounts, strict=True))
    ]
    samples.sort(key=attrgetter("place"))
    return denominator, samples


def _amounts(result: Result, fixed_class: SampleClass | None) -> Amounts:
    if result.call is not _CALL_DETECTED:
        return NO_AMOUNTS
    loq = result.loq_pct_abl1
    loq_ratio = None if loq is None else loq.as_integer_ratio()
    if result.pct_abl1 is None:
        return NO_AMOUNTS if loq_ratio is None else (None, None, loq_ratio)
    value = result.pct_abl1.as_integer_ratio()
    if fixed_class is not None:  # inert: the value decides only the place within the day
        return value, None, None
    floor = loq_ratio if loq is not None and loq_ratio is not None and loq > result.pct_abl1 else value
    return value, _at_least_one_copy(floor, result.abl1_copies), loq_ratio


def _at_least_one_copy(amount: Ratio, abl1_copies: Decimal | None) -> Ratio:
    """The larger of the amount and 100 / ABL1 copies; a ratio, because the latter is rarely a finite decimal."""
    if abl1_copies is None:
        return amount
    copies, own = abl1_copies.as_integer_ratio()
    one_copy = PER_CENT * own
    return (one_copy, copies) if one_copy * amount[1] > amount[0] * copies else amount
