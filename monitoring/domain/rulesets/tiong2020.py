"""Tiong 2020: bone marrow only, every level relative to diagnosis; relapse or progression before venetoclax."""

from decimal import Decimal

from monitoring.domain.rulesets.guideline import (
    LOG10_BELOW_BASELINE,
    PCT_BASELINE,
    Confirmation,
    LogsBelowBaseline,
    RuleSet,
    Threshold,
    Waiver,
)
from monitoring.domain.terms import FlagCode, Marker, RuleSetId, Tissue

CITATION = (
    "Tiong IS, Dillon R, Ivey A, et al. Venetoclax induces rapid elimination of NPM1 mutant measurable residual "
    "disease in combination with low-intensity chemotherapy in acute myeloid leukaemia. Br J Haematol "
    "2021;192(6):1026-1030 (first published 2020). doi:10.1111/bjh.16722"
)

LOW_LEVEL_FROM = Threshold(
    "low positive: reduction since diagnosis of at least",
    Decimal(4),
    LOG10_BELOW_BASELINE,
    "Tiong 2020, Fig S1; exactly 4 log10 is not defined there and is read as low positive",
)
ONE_SAMPLE_SUFFICES_FROM = Threshold(
    "one sample suffices from",
    Decimal("1.0"),
    PCT_BASELINE,
    "Tiong 2020, cohort 2: confirmed by a second sample unless the level was 1 % or more",
)

TIONG2020 = RuleSet(
    id=RuleSetId.TIONG2020,
    edition="2020",
    version="1",
    citation=CITATION,
    tissues=(Tissue.BONE_MARROW,),
    levels=LogsBelowBaseline(LOW_LEVEL_FROM),
    confirmation=Confirmation.SAME_TISSUE,
    waiver=Waiver(ONE_SAMPLE_SUFFICES_FROM, markers=frozenset(Marker)),
    rise_is_progression=True,
    own_flags=frozenset({FlagCode.PERSISTENCE}),
    thresholds=(LOW_LEVEL_FROM, ONE_SAMPLE_SUFFICES_FROM),
)
