"""One authorised result as the rules see it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
