"""A result together with the class that one rule set gave it, and the words of the rules about such pairs.

Source: docs/methods/rules.md (A2, A4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

from monitoring.domain.results import Result
from monitoring.domain.sample_classes import DETECTED_CLASSES, INERT_CLASSES
from monitoring.domain.terms import Call, SampleClass, Tissue
from monitoring.domain.verdicts import Verdict

_ONE_COPY = Decimal(100)  # per cent of ABL1 of one target copy, times ABL1 copies
_WORKING = Context(prec=28, rounding=ROUND_HALF_EVEN)


class ResultMissing(Exception):
    """A verdict names a result that was not given."""


@dataclass(frozen=True, slots=True)
class ClassedResult:
    """One result with its class under one rule set."""

    result: Result
    sample_class: SampleClass

    @property
    def tissue(self) -> Tissue:
        """The material."""
        return self.result.tissue

    @property
    def collected_on(self) -> date:
        """The clinical date."""
        return self.result.collected_on

    @property
    def is_evaluable(self) -> bool:
        """Whether it counts: neither inert nor ignored."""
        return self.sample_class not in INERT_CLASSES and self.sample_class is not SampleClass.IGNORED

    @property
    def is_negative(self) -> bool:
        """Whether its class is NEGATIVE."""
        return self.sample_class is SampleClass.NEGATIVE

    @property
    def is_detected(self) -> bool:
        """Whether the target was called DETECTED and its class says so too."""
        return self.result.call is Call.DETECTED and self.sample_class in DETECTED_CLASSES

    @property
    def quantified(self) -> Decimal | None:
        """The value of a detected sample in per cent of ABL1; None below quantification or not detected."""
        return self.result.pct_abl1 if self.is_detected else None

    @property
    def limit_pct_abl1(self) -> Decimal | None:
        """What this very sample could have shown: its stated limit, else one copy over its ABL1."""
        if self.result.lod_pct_abl1 is not None:
            return self.result.lod_pct_abl1
        if not self.result.abl1_copies:
            return None
        return _WORKING.divide(_ONE_COPY, self.result.abl1_copies)


def in_order_of_the_rules(samples: Iterable[ClassedResult]) -> list[ClassedResult]:
    """Return samples as the rules take them: by date; marrow, detected, quantified, lower value first."""
    return sorted(samples, key=_place)


def with_classes(results: Iterable[Result], verdict: Verdict) -> tuple[ClassedResult, ...]:
    """Pair the results that took part in a verdict with their classes; raises ResultMissing."""
    by_id = {result.id: result for result in results}
    for sample in verdict.samples:
        if sample.id not in by_id:
            raise ResultMissing(sample.id)
    return tuple(ClassedResult(by_id[sample.id], sample.sample_class) for sample in verdict.samples)


def _place(sample: ClassedResult) -> tuple[date, bool, bool, bool, Decimal]:
    value = sample.quantified
    return (
        sample.collected_on,
        sample.tissue is not Tissue.BONE_MARROW,
        not sample.is_detected,
        value is None,
        Decimal(0) if value is None else value,
    )
