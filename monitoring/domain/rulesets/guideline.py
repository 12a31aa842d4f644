"""What an edition of a guideline is made of, so that each edition is the table of its own differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from monitoring.domain.terms import FlagCode, Marker, RuleSetId, Tissue

# A limit on the whole-number scale of one series (monitoring.domain.timeline); None: not evaluable there.
ScaledLimit = int | None

PCT_ABL1 = "% of ABL1"
PCT_BASELINE = "% of the bone marrow level at diagnosis"
LOG10_BELOW_BASELINE = "log10 below the bone marrow level at diagnosis"


class Confirmation(StrEnum):
    """By which later sample a candidate becomes an episode."""

    EITHER_TISSUE = "EITHER_TISSUE"  # R1: detected in its tissue, or in the other unless that one was detected before
    SAME_TISSUE = "SAME_TISSUE"  # R1: detected in its own tissue
    OWN_RULE = "OWN_RULE"  # the later sample would itself be R1 or R2 in its own tissue


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of a guideline with its name, unit and source."""

    name: str
    value: Decimal
    unit: str
    source: str

    def scaled(self, denominator: int) -> int:
        """Return the threshold in whole 1/denominator; the denominator holds the threshold's own."""
        numerator, own = self.value.as_integer_ratio()
        return numerator * (denominator // own)


@dataclass(frozen=True, slots=True)
class LevelsOfAbl1:
    """POSITIVE from a level in % of ABL1 that depends on marker and tissue; below it LOW_LEVEL."""

    npm1: Mapping[Tissue, Threshold]
    cbf: Mapping[Tissue, Threshold]

    def positive_from(self, marker: Marker, tissue: Tissue, baseline: ScaledLimit, denominator: int) -> ScaledLimit:
        """Return the lowest POSITIVE level, scaled."""
        levels = self.cbf if marker.is_cbf else self.npm1
        return levels[tissue].scaled(denominator)


@dataclass(frozen=True, slots=True)
class LogsBelowBaseline:
    """LOW_LEVEL from a log10 reduction since diagnosis on, otherwise POSITIVE; without a baseline undecided."""

    low_level_from: Threshold

    def positive_from(self, marker: Marker, tissue: Tissue, baseline: ScaledLimit, denominator: int) -> ScaledLimit:
        """Return the lowest POSITIVE level, scaled: the first whole step that is less than the reduction."""
        if baseline is None:
            return None
        reduction: int = 10 ** int(self.low_level_from.value)
        return baseline // reduction + 1


@dataclass(frozen=True, slots=True)
class Waiver:
    """From which level one sample suffices, for which markers."""

    level: Threshold
    markers: frozenset[Marker]

    def suffices_from(self, marker: Marker, baseline: ScaledLimit, denominator: int) -> ScaledLimit:
        """Return the lowest level, scaled, at which one sample suffices; None where that cannot be evaluated."""
        if marker not in self.markers:
            return None
        if self.level.unit == PCT_ABL1:
            return self.level.scaled(denominator)
        if baseline is None:
            return None
        per_cent, own = self.level.value.as_integer_ratio()
        return -(-baseline * per_cent // (100 * own))  # rounded up: the first whole step that reaches it


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One edition of one guideline; a new edition is a new object beside the old one.

    `version` counts our readings of the edition: it rises when a rule below is corrected.
    """

    id: RuleSetId
    edition: str
    version: str
    citation: str
    tissues: tuple[Tissue, ...]
    levels: LevelsOfAbl1 | LogsBelowBaseline
    negative_below: Threshold | None = None  # a detected value below it, with adequate ABL1, is NEGATIVE
    only_positive_triggers: bool = False  # R1 and R2 need the class POSITIVE; otherwise any detected sample
    confirmation: Confirmation
    refuted_by_any_sample: bool = False  # every sample of the tissue that does not confirm closes the candidate
    waiver: Waiver | None = None
    rise_is_progression: bool = False  # R2 is MOLECULAR_PROGRESSION whatever the nadir
    own_flags: frozenset[FlagCode]
    cbf_end_of_treatment_reduction: Threshold | None = None  # EOT_POSITIVE for CBF: less than this below diagnosis
    thresholds: tuple[Threshold, ...]
