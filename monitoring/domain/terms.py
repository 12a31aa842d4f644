"""The words of the field, each with one spelling: what a result, a verdict or a flag can be.

The values are what is stored, sent and printed by `manage.py classify`.
Source: the product's rules, docs/methods/rules.md.
"""

from enum import StrEnum


class Marker(StrEnum):
    """The transcript that is followed."""

    NPM1 = "NPM1"
    RUNX1_RUNX1T1 = "RUNX1::RUNX1T1"
    CBFB_MYH11 = "CBFB::MYH11"

    @property
    def is_cbf(self) -> bool:
        """Whether the marker is a core-binding-factor fusion."""
        return self is not Marker.NPM1


class Tissue(StrEnum):
    """The material of a sample."""

    BONE_MARROW = "BM"
    PERIPHERAL_BLOOD = "PB"

    @property
    def other(self) -> "Tissue":
        """The other of the two materials."""
        return Tissue.PERIPHERAL_BLOOD if self is Tissue.BONE_MARROW else Tissue.BONE_MARROW


class Call(StrEnum):
    """What the wells of one sample say, before any rule set."""

    DETECTED = "DETECTED"
    NOT_DETECTED = "NOT_DETECTED"
    INDETERMINATE = "INDETERMINATE"
    NOT_EVALUABLE = "NOT_EVALUABLE"
    UNKNOWN = "UNKNOWN"


class SampleClass(StrEnum):
    """What a rule set makes of one result."""

    NEGATIVE = "NEGATIVE"
    LOW_LEVEL = "LOW_LEVEL"
    POSITIVE = "POSITIVE"
    DETECTED = "DETECTED"  # TIONG2020 without a baseline
    LIMITED_NEGATIVE = "LIMITED_NEGATIVE"
    INDETERMINATE = "INDETERMINATE"
    NOT_EVALUABLE = "NOT_EVALUABLE"
    IGNORED = "IGNORED"  # a tissue the rule set does not read


class Timepoint(StrEnum):
    """A sampling time that a guideline names."""

    AFTER_CYCLE_2 = "AFTER_CYCLE_2"
    END_OF_TREATMENT = "END_OF_TREATMENT"


class CourseStart(StrEnum):
    """What begins a new course of a series."""

    HSCT = "HSCT"
    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE"


class RuleSetId(StrEnum):
    """The guideline editions that run side by side."""

    ELN2021 = "ELN2021"
    ELN2022 = "ELN2022"
    ELN2025 = "ELN2025"
    TIONG2020 = "TIONG2020"


class Rule(StrEnum):
    """R1 conversion, R2 rise."""

    R1 = "R1"
    R2 = "R2"


class EpisodeKind(StrEnum):
    """What an episode is called by its rule set."""

    MOLECULAR_RELAPSE = "MOLECULAR_RELAPSE"
    MOLECULAR_PROGRESSION = "MOLECULAR_PROGRESSION"


class EpisodeStatus(StrEnum):
    """Where an episode, or a candidate that did not become one, stands."""

    SUSPECTED = "SUSPECTED"
    CONFIRMED = "CONFIRMED"
    PARTLY_RESPONDED = "PARTLY_RESPONDED"
    RESPONDED = "RESPONDED"
    REMITTED_UNTREATED = "REMITTED_UNTREATED"
    NOT_CONFIRMED = "NOT_CONFIRMED"
    TREATED_UNCONFIRMED = "TREATED_UNCONFIRMED"
    ABSORBED = "ABSORBED"
    CLOSED_BY_EVENT = "CLOSED_BY_EVENT"


class EpisodeResponse(StrEnum):
    """How a tissue responded within an episode."""

    NEGATIVITY = "NEGATIVITY"
    REDUCTION = "REDUCTION"


class FlagCode(StrEnum):
    """Everything else that a rule set has to say about one result or one day."""

    HIGH_LEVEL = "HIGH_LEVEL"
    PERSISTENCE = "PERSISTENCE"
    EOT_POSITIVE = "EOT_POSITIVE"
    POST_HSCT_POSITIVE = "POST_HSCT_POSITIVE"
    EARLY_POST_HSCT = "EARLY_POST_HSCT"
    DETECTED_AFTER_LIMITED = "DETECTED_AFTER_LIMITED"
    RISE_ACROSS_ASSAYS = "RISE_ACROSS_ASSAYS"
    ASSAY_CHANGED = "ASSAY_CHANGED"
    RESPONSE_LOST = "RESPONSE_LOST"
    RISING_ON_THERAPY = "RISING_ON_THERAPY"
    PROGRESSION_ON_THERAPY = "PROGRESSION_ON_THERAPY"
    RISING_IN_EPISODE = "RISING_IN_EPISODE"
    TARGET_SEEN_INADEQUATE = "TARGET_SEEN_INADEQUATE"
    REPEAT_SAMPLE = "REPEAT_SAMPLE"
    REVIEW_VALUE = "REVIEW_VALUE"
    UNQUANTIFIED = "UNQUANTIFIED"
    CONFIRMATION_OVERDUE = "CONFIRMATION_OVERDUE"
    END_OF_TREATMENT_MISSING = "END_OF_TREATMENT_MISSING"
    NPM1_LOSS_KNOWN = "NPM1_LOSS_KNOWN"
    # raised beside the rule sets, from A5, A7 and the comparison of verdicts
    NO_RESPONSE = "NO_RESPONSE"
    SAMPLE_OVERDUE = "SAMPLE_OVERDUE"
    RULESETS_DISAGREE = "RULESETS_DISAGREE"


class CycleResponse(StrEnum):
    """Response to pre-emptive treatment (FILO 2025 after Jimenez-Chillon 2024)."""

    NEGATIVITY = "NEGATIVITY"
    REDUCTION = "REDUCTION"
    STABLE = "STABLE"
    PROGRESSION = "PROGRESSION"
    NOT_EVALUATED = "NOT_EVALUATED"
