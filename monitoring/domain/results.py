"""One authorised result as the rules see it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from monitoring.domain.terms import Call, Timepoint, Tissue


@dataclass(frozen=True, slots=True)
class Result:
    """One result of one sample; values in per cent of ABL1, copies as counted, limits of this very sample.

    A value is present only with the call DETECTED; DETECTED without a value is below quantification.
    """

    id: str
    collected_on: date
    tissue: Tissue
    call: Call
    pct_abl1: Decimal | None = None
    abl1_copies: Decimal | None = None
    lod_pct_abl1: Decimal | None = None
    loq_pct_abl1: Decimal | None = None
    assay_key: str = ""
    timepoint: Timepoint | None = None


class Measured(Protocol):
    """What was measured in one sample: a Result, or a sample that stands in the columns of its series."""

    @property
    def call(self) -> Call:
        """What its wells say."""

    @property
    def pct_abl1(self) -> Decimal | None:
        """The value in per cent of ABL1."""

    @property
    def abl1_copies(self) -> Decimal | None:
        """The copies of the control gene."""

    @property
    def lod_pct_abl1(self) -> Decimal | None:
        """The limit of detection in per cent of ABL1."""

    @property
    def loq_pct_abl1(self) -> Decimal | None:
        """The limit of quantification in per cent of ABL1."""
