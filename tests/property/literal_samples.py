"""The rules read literally, part one: the samples, their classes and their order."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from monitoring.domain.results import Result
from monitoring.domain.series import Series

BM, PB = "BM", "PB"
INERT = ("NOT_EVALUABLE", "LIMITED_NEGATIVE", "INDETERMINATE")
SEEN = ("LOW_LEVEL", "POSITIVE", "DETECTED")


def fraction(number: object) -> Fraction | None:
    return None if number is None else Fraction(str(number))


@dataclass(eq=False)
class Taken:
    result: Result
    position: int
    course: int
    cls: str = ""

    def __post_init__(self) -> None:
        result = self.result
        self.id, self.on, self.t = result.id, result.collected_on, result.tissue.value
        self.call, self.key = result.call.value, result.assay_key
        self.v, self.loq = fraction(result.pct_abl1), fraction(result.loq_pct_abl1)
        self.lod, self.abl = fraction(result.lod_pct_abl1), fraction(result.abl1_copies)
        self.marked = result.timepoint is not None and result.timepoint.value == "END_OF_TREATMENT"

    @property
    def floor(self) -> Fraction:
        one_copy = Fraction(100) / self.abl if self.abl else None
        return max(amount for amount in (self.v, self.loq, one_copy) if amount is not None)

    @property
    def detected(self) -> bool:
        return self.cls in SEEN

    @property
    def quantified(self) -> bool:
        return self.detected and self.v is not None

    @property
    def evaluable(self) -> bool:
        return self.detected or self.cls == "NEGATIVE"

    @property
    def to_compare(self) -> Fraction | None:
        return self.v if self.v is not None else self.loq


class Inputs:
    """What takes part, as of a day, under one rule set."""

    def __init__(self, series: Series, rs: str, as_of: date | None) -> None:
        def after(day: date) -> bool:
            return as_of is not None and day > as_of

        self.rs, self.as_of, self.cbf = rs, as_of, series.marker.value != "NPM1"
        self.base = {t.value: fraction(level) for t, level in series.baseline_pct_abl1.items()}.get(BM)
        self.death = None if series.death_on is None or after(series.death_on) else series.death_on
        self.end, self.lost_marker = series.end_of_treatment, series.marker_lost
        self.treatments = [day for day in series.treatment_starts if not after(day)]
        starts = [(s.on, s.kind.value) for s in series.course_starts if not after(s.on)]
        self.starts = sorted(starts, key=lambda s: (s[0], s[1] == "HSCT"))
        self.all = [
            Taken(r, n, course=sum(1 for on, _ in self.starts if on <= r.collected_on))
            for n, r in enumerate(series.results)
            if not after(r.collected_on) and not (self.death and r.collected_on > self.death)
        ]
        for s in self.all:
            s.cls = self.class_of(s)
        self.all.sort(key=self.place)

    def place(self, s: Taken) -> tuple[date, bool, bool, bool, Fraction, str, int]:
        key = "" if self.class_of_call(s) in INERT else s.key
        return (s.on, s.t != BM, not s.detected, s.v is None, s.v or Fraction(0), key, s.position)

    def class_of(self, s: Taken) -> str:
        if self.rs == "TIONG2020" and s.t == PB:
            return "IGNORED"
        return self.class_of_call(s) or self.class_of_level(s, s.v or Fraction(0))

    def class_of_call(self, s: Taken) -> str | None:
        if s.call in ("NOT_EVALUABLE", "UNKNOWN") or (s.abl is not None and s.abl < 1000):
            return "NOT_EVALUABLE"
        if s.call == "NOT_DETECTED":
            proven = s.lod is not None and s.lod <= Fraction(1, 100)
            enough = proven if s.abl is None else s.abl >= 10000
            return "NEGATIVE" if enough else "LIMITED_NEGATIVE"
        if s.call == "INDETERMINATE":
            return "INDETERMINATE"
        return "LOW_LEVEL" if s.v is None else None

    def class_of_level(self, s: Taken, v: Fraction) -> str:
        if self.rs == "TIONG2020":
            return "DETECTED" if self.base is None else "LOW_LEVEL" if v * 10000 <= self.base else "POSITIVE"
        if self.rs == "ELN2025" and v < Fraction(1, 1000) and s.abl is not None and s.abl >= 10000:
            return "NEGATIVE"
        return "POSITIVE" if v >= self.threshold(s.t) else "LOW_LEVEL"

    def threshold(self, t: str) -> Fraction:
        if self.rs in ("ELN2021", "ELN2022"):
            return Fraction(2)
        return Fraction(1, 10) if self.cbf or t == BM else Fraction(1, 100)
