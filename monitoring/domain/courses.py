"""A course: what each tissue has shown since a transplant or a haematological relapse, or from the beginning.

What one tissue has shown on earlier days, with its nadirs, its NEGATIVEs and its restarts, is its trail: samples of
one day never serve each other. Source: docs/methods/rules.md, "Prior NEGATIVE", "Nadir" and "Courses".
"""

from monitoring.domain.episodes import EpisodeRecord
from monitoring.domain.terms import CourseStart, SampleClass
from monitoring.domain.timeline import BLOOD, MARROW, Sample, TakenSample

BEFORE_ALL_DAYS = -(10**6)  # ordinals of days begin with 1, and 28 days are taken off them

_NEGATIVE = SampleClass.NEGATIVE
_LIMITED_NEGATIVE = SampleClass.LIMITED_NEGATIVE


class Trail:
    """One tissue in one course. All but `detected_on`, `seen` and `previous` tell of earlier days only."""

    __slots__ = (
        "detected_before",
        "detected_on",
        "evaluated",
        "inherited",
        "limited_negative",
        "nadirs",
        "negative",
        "previous",
        "seen",
        "serves_from",
    )

    def __init__(self, inherited: Sample | None) -> None:
        self.inherited = inherited
        self.negative = inherited  # the latest NEGATIVE
        self.limited_negative: Sample | None = None  # the latest one
        self.serves_from = BEFORE_ALL_DAYS  # NEGATIVEs from this day on serve
        self.nadirs: dict[str, Sample] = {}  # by assay_key: the sample with the lowest floor-corrected value
        self.evaluated: list[TakenSample] = []
        self.detected_before = False
        self.detected_on = BEFORE_ALL_DAYS  # last day on which the tissue was detected, today included
        self.seen = False  # detected by a sample already taken, today included
        self.previous: Sample | None = None  # last evaluable sample already taken, today included

    def remember(self, taken: TakenSample) -> None:
        """Make a sample one of an earlier day; called when its day is over."""
        sample = taken.sample
        if taken.detected:
            self.detected_before = True
            self.evaluated.append(taken)
            if sample.floor is not None:
                nadir = self.nadirs.get(sample.key)
                if nadir is None or nadir.floor is None or sample.floor < nadir.floor:
                    self.nadirs[sample.key] = sample
        elif taken.evaluable:
            self.negative = sample
            self.evaluated.append(taken)
        elif taken.sample_class is _LIMITED_NEGATIVE:
            self.limited_negative = sample

    def restart(self, serves_from: int) -> None:
        """After a response: nadirs start anew with the samples of today, NEGATIVEs serve from the given day on."""
        self.nadirs.clear()
        self.serves_from = serves_from

    def was_last_detected(self) -> bool:
        """Whether the last evaluable sample of an earlier day was detected."""
        return bool(self.evaluated) and self.evaluated[-1].detected

    def bequest(self) -> Sample | None:
        """The prior NEGATIVE that a course begun by HSCT inherits from this tissue."""
        if not self.evaluated:
            return self.inherited
        last = self.evaluated[-1]
        return last.sample if last.sample_class is _NEGATIVE else None


class Course:
    """Both tissues, the open candidates and the open episode of one course."""

    __slots__ = ("begun_by", "begun_on", "candidates", "episode", "trails")

    def __init__(
        self,
        begun_by: CourseStart | None = None,
        begun_on: int = BEFORE_ALL_DAYS,
        inherited: tuple[Sample | None, Sample | None] = (None, None),
    ) -> None:
        self.begun_by = begun_by
        self.begun_on = begun_on
        self.trails = (Trail(inherited[MARROW]), Trail(inherited[BLOOD]))
        self.candidates: list[EpisodeRecord | None] = [None, None]
        self.episode: EpisodeRecord | None = None

    def has_candidate(self) -> bool:
        """Whether a candidate of any tissue is open."""
        marrow, blood = self.candidates
        return marrow is not None or blood is not None

    def followed_by(self, kind: CourseStart, day: int) -> "Course":
        """The course that a transplant or a haematological relapse begins; only the former inherits NEGATIVEs."""
        if kind is CourseStart.HSCT:
            return Course(kind, day, (self.trails[MARROW].bequest(), self.trails[BLOOD].bequest()))
        return Course(kind, day)

    def prior_negative(self, site: int) -> Sample | None:
        """The latest NEGATIVE of an earlier day that serves a sample of this tissue; blood is served by marrow too."""
        own = self.trails[site]
        best = own.negative
        if best is not None and best.day < own.serves_from:
            best = None
        if site == BLOOD:
            marrow = self.trails[MARROW]
            negative = marrow.negative
            if (
                negative is not None
                and negative.day >= marrow.serves_from
                and negative.day >= own.serves_from
                and (best is None or negative.day > best.day)
            ):
                best = negative
        return best
