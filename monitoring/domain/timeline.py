"""What all rule sets share of one series as of one day: its samples in order, on one whole-number scale.

Every amount of a series is brought to one common denominator, once; comparisons of whole numbers are then exact
and fast. Days are ordinals. Source: docs/methods/rules.md, "Order" and "Exact comparison".
"""

from datetime import date
from decimal import Decimal
from itertools import count, pairwise, repeat
from math import lcm
from operator import attrgetter, lt

from monitoring.domain.result_columns import ResultColumns, exact
from monitoring.domain.results import Result
from monitoring.domain.sample_classes import (
    ABL1_COPIES_FOR_NEGATIVE,
    DETECTED_CLASSES,
    INERT_CLASSES,
    class_of_measurement,
)
from monitoring.domain.series import CourseBegin, Series
from monitoring.domain.terms import Call, CourseStart, SampleClass, Timepoint, Tissue
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
NO_DAY = 0  # ordinals begin with 1
UNDETECTED = 2  # where a place says that the sample is not taken as detected

_new_tuple = tuple.__new__  # a named tuple without the detour over its keywords: one for every sample
_BONE_MARROW = Tissue.BONE_MARROW
_CALL_DETECTED = Call.DETECTED
_NEGATIVE = SampleClass.NEGATIVE


class Sample:
    """One result as the rules take it; `value`, `floor` and `loq` are whole numbers on the scale of its series.

    `fixed_class` is the class where call and ABL1 copies decide it for every rule set; None for a quantified sample.
    """

    __slots__ = ("columns", "day", "fixed_class", "floor", "key", "loq", "position", "site", "value")

    def __init__(
        self, columns: ResultColumns, position: int, day: int, site: int, key: str, fixed_class: SampleClass | None
    ) -> None:
        self.columns = columns
        self.position = position
        self.day = day
        self.site = site
        self.key = key
        self.fixed_class = fixed_class
        self.value: int | None = None
        self.floor: int | None = None
        self.loq: int | None = None

    def measure(self, amounts: Amounts, denominator: int) -> None:
        """Take over the amounts, brought to the denominator of the series."""
        value, floor, loq = amounts
        self.value = _scaled(value, denominator)
        self.floor = _scaled(floor, denominator)
        self.loq = _scaled(loq, denominator)

    @property
    def result(self) -> Result:
        """The result that was taken."""
        return self.columns.at(self.position)

    @property
    def id(self) -> str:
        """The id of its result."""
        return self.columns.ids[self.position]

    @property
    def collected_on(self) -> date:
        """The day of its collection."""
        return date.fromordinal(self.day)

    @property
    def tissue(self) -> Tissue:
        """Marrow or blood."""
        return TISSUES[self.site]

    @property
    def call(self) -> Call:
        """What its wells say."""
        return self.columns.calls[self.position]

    @property
    def pct_abl1(self) -> Decimal | None:
        """Its value in per cent of ABL1."""
        return self.columns.pcts[self.position]

    @property
    def abl1_copies(self) -> Decimal | None:
        """The copies of its control gene."""
        return self.columns.abl1_copies[self.position]

    @property
    def lod_pct_abl1(self) -> Decimal | None:
        """Its limit of detection in per cent of ABL1."""
        return exact(self.columns.lods[self.position])

    @property
    def loq_pct_abl1(self) -> Decimal | None:
        """Its limit of quantification in per cent of ABL1."""
        return exact(self.columns.loqs[self.position])

    @property
    def timepoint(self) -> Timepoint | None:
        """The sampling time that it is marked with."""
        return self.columns.timepoints[self.position]

    @property
    def place(self) -> Place:
        """Marrow first, detected first, quantified first, lower first.

        Equal ones by assay, so that the position in which they were given decides only which id is named.
        """
        inert = self.fixed_class in INERT_CLASSES
        undetected = inert or self.columns.calls[self.position] is not _CALL_DETECTED
        key = "" if inert else self.key
        return (self.day, self.site, undetected, self.value is None, self.value or 0, key, self.position)

    def proves_negative(self) -> bool:
        """Whether its ABL1 copies are known to suffice for NEGATIVE."""
        copies = self.columns.abl1_copies[self.position]
        return copies is not None and copies >= ABL1_COPIES_FOR_NEGATIVE


class TakenSample:
    """A sample with the class that a rule set gives it; never changed, so that rule sets share it."""

    __slots__ = ("classed", "detected", "evaluable", "sample", "sample_class")

    def __init__(self, sample: Sample, sample_class: SampleClass) -> None:
        self.sample = sample
        self.sample_class = sample_class
        negative = sample_class is _NEGATIVE
        self.detected = not negative and sample_class in DETECTED_CLASSES
        self.evaluable = negative or self.detected
        self.classed = _new_tuple(ClassedSample, (sample.columns.ids[sample.position], sample_class))


class Timeline:
    """The inputs of a verdict that no rule set changes; amounts in whole 1/denominator per cent of ABL1."""

    __slots__ = (
        "as_of",
        "baseline",
        "courses",
        "days",
        "death",
        "denominator",
        "end_of_treatment",
        "fixed",
        "samples",
        "series",
        "taken",
        "tied",
        "treatments",
    )

    def __init__(self, series: Series, as_of: date | None, death: date | None) -> None:
        self.series = series
        self.as_of = as_of
        baseline = series.baseline_pct_abl1.get(_BONE_MARROW)
        scale = None if baseline is None else baseline.as_integer_ratio()
        self.denominator, self.samples, self.tied = _samples(series, as_of if death is None else death, scale)
        self.baseline = _scaled(scale, self.denominator)  # of bone marrow
        # Beside each sample: itself with its class, where that is fixed.
        self.fixed = [
            None if each.fixed_class is None else TakenSample(each, each.fixed_class) for each in self.samples
        ]
        self.days = _days(self.samples)
        self.courses = _courses(series.course_starts, as_of)
        self.treatments = sorted(on.toordinal() for on in series.treatment_starts if not _is_after(on, as_of))
        self.end_of_treatment = series.end_of_treatment.toordinal() if series.end_of_treatment else None
        self.death = death.toordinal() if death else None
        self.taken: dict[object, list[TakenSample]] = {}  # by the levels of a rule set: the samples with their classes

    def treated_between(self, first: int, second: int) -> bool:
        """Whether a pre-emptive treatment started from 28 days before the first day to before the second."""
        earliest = first - TREATED_BEFORE_DAYS
        return any(earliest <= start < second for start in self.treatments)


def prepare(series: Series, as_of: date | None) -> Timeline:
    """Return what takes part in a verdict as of a day (None: everything), ordered and scaled for every rule set."""
    death = None if series.death_on is None or _is_after(series.death_on, as_of) else series.death_on
    return Timeline(series, as_of, death)


def _is_after(on: date, limit: date | None) -> bool:
    return limit is not None and on > limit


def _courses(starts: tuple[CourseBegin, ...], as_of: date | None) -> list[tuple[int, CourseStart]]:
    """By day; on one day the haematological relapse comes before the transplant."""
    taking_part = [(start.on.toordinal(), start.kind) for start in starts if not _is_after(start.on, as_of)]
    return sorted(taking_part, key=lambda start: (start[0], start[1] is CourseStart.HSCT))


def _days(samples: list[Sample]) -> list[tuple[int, int, int]]:
    """Each day with the places of its first sample and of the sample after its last."""
    days = [sample.day for sample in samples]
    firsts = [place for place, (day, before) in enumerate(zip(days, [NO_DAY, *days], strict=False)) if day != before]
    return [(days[first], first, end) for first, end in pairwise([*firsts, len(days)])]


def _samples(series: Series, last: date | None, baseline: Ratio | None) -> tuple[int, list[Sample], bool]:
    """The denominator of the series, its samples up to a day in order, and whether two are of one day and tissue."""
    results = series.results
    columns = results if isinstance(results, ResultColumns) else ResultColumns.of(results)
    samples = _unscaled(columns)
    if last is not None and columns.days and max(columns.days) > last.toordinal():
        samples = [sample for sample in samples if sample.day <= last.toordinal()]
    amounts = [(each, _amounts(each)) for each in samples if columns.calls[each.position] is _CALL_DETECTED]
    denominators = [ratio[1] for _, of_sample in amounts for ratio in of_sample if ratio is not None]
    denominator = lcm(THRESHOLD_DENOMINATOR, baseline[1] if baseline else 1, *denominators)
    for sample, of_sample in amounts:
        if of_sample is not NO_AMOUNTS:
            sample.measure(of_sample, denominator)
    return denominator, samples, _put_in_order(samples)


def _unscaled(columns: ResultColumns) -> list[Sample]:
    classes = map(class_of_measurement, columns.calls, columns.abl1_copies, columns.pcts, columns.lods)
    sites = [MARROW if tissue is _BONE_MARROW else BLOOD for tissue in columns.tissues]
    return list(map(Sample, repeat(columns), count(), columns.days, sites, columns.keys, classes))


def _put_in_order(samples: list[Sample]) -> bool:
    """Sort by day, marrow before blood; return whether two are of one day and tissue.

    Of these their calls and levels decide which is taken first.
    """
    orders = [(sample.day << 1) + sample.site for sample in samples]
    if all(map(lt, orders, orders[1:])):
        return False
    tied = len(set(orders)) < len(orders)
    samples.sort(key=attrgetter("place") if tied else attrgetter("day", "site"))
    return tied


def _scaled(amount: Ratio | None, denominator: int) -> int | None:
    return amount and amount[0] * (denominator // amount[1])


def _amounts(sample: Sample) -> Amounts:
    """The amounts of a result that is called detected."""
    columns, position = sample.columns, sample.position
    loq, pct_abl1 = exact(columns.loqs[position]), columns.pcts[position]
    loq_ratio = None if loq is None else loq.as_integer_ratio()
    if pct_abl1 is None:
        return NO_AMOUNTS if loq_ratio is None else (None, None, loq_ratio)
    value = pct_abl1.as_integer_ratio()
    if sample.fixed_class is not None:  # inert: the value decides only the place within the day
        return value, None, None
    floor = loq_ratio if loq is not None and loq_ratio is not None and loq > pct_abl1 else value
    return value, _at_least_one_copy(floor, columns.abl1_copies[position]), loq_ratio


def _at_least_one_copy(amount: Ratio, abl1_copies: Decimal | None) -> Ratio:
    """The larger of the amount and 100 / ABL1 copies; a ratio, because the latter is rarely a finite decimal."""
    if abl1_copies is None:
        return amount
    copies, own = abl1_copies.as_integer_ratio()
    one_copy = PER_CENT * own
    return (one_copy, copies) if one_copy * amount[1] > amount[0] * copies else amount
