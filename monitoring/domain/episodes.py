"""An episode in the making: a candidate, its confirmation, the responses of the tissues, its status.

Source: docs/methods/rules.md, "Confirmation" and "Episode status".
"""

from monitoring.domain.terms import EpisodeKind, EpisodeResponse, EpisodeStatus, Rule
from monitoring.domain.timeline import Sample

# Days between index and confirming sample after which the confirmation is late; ELN: within 4 weeks.
CONFIRMATION_WINDOW_DAYS = 28


class Grounds:
    """R1 with the prior NEGATIVE, or R2 with the nadir; `inherited`: the NEGATIVE is of the course before HSCT."""

    __slots__ = ("inherited", "reference", "rule")

    def __init__(self, rule: Rule, reference: Sample, *, inherited: bool = False) -> None:
        self.rule = rule
        self.reference = reference
        self.inherited = inherited


class TissueResponse:
    """How a tissue responded, by which sample; for a reduction with its reference and the treatment's start."""

    __slots__ = ("kind", "reference", "sample", "treatment")

    def __init__(
        self, kind: EpisodeResponse, sample: Sample, reference: Sample | None = None, treatment: int | None = None
    ) -> None:
        self.kind = kind
        self.sample = sample
        self.reference = reference
        self.treatment = treatment


class EpisodeRecord:
    """A candidate from its index sample on, which a confirming sample makes an episode."""

    __slots__ = (
        "confirmed_by",
        "confirmed_by_level",
        "confirming_grounds",
        "ended_by",
        "ended_on",
        "grounds",
        "index",
        "kind",
        "number",
        "other_tissue_was_detected",
        "responses",
        "status",
        "waived",
    )

    def __init__(self, index: Sample, grounds: Grounds, kind: EpisodeKind, *, other_tissue_was_detected: bool) -> None:
        self.index = index
        self.grounds = grounds
        self.kind = kind
        self.other_tissue_was_detected = other_tissue_was_detected  # in this course, before the day of the index
        self.status = EpisodeStatus.SUSPECTED
        self.number: int | None = None
        self.confirmed_by: Sample | None = None
        self.confirming_grounds: Grounds | None = None  # where the confirming sample needed a rule of its own
        self.confirmed_by_level = False  # the confirming sample satisfied the waiver
        self.waived = False  # the index satisfied it, and is its own confirming sample
        self.responses: list[TissueResponse | None] = [None, None]
        self.ended_on: int | None = None
        self.ended_by: Sample | None = None

    @property
    def is_late(self) -> bool:
        """Whether the confirming sample came more than 28 days after the index; it confirms all the same."""
        return self.confirmed_by is not None and self.confirmed_by.day - self.index.day > CONFIRMATION_WINDOW_DAYS

    def close(self, status: EpisodeStatus, day: int, by: Sample | None = None) -> None:
        """Close with a status, on a day, by a sample or by an event (None)."""
        self.status = status
        self.end(day, by)

    def end(self, day: int, by: Sample | None = None) -> None:
        """Note from which day on it is no longer open; the status stays."""
        self.ended_on = day
        self.ended_by = by
