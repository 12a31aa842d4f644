"""ELN-DAVID 2025: MRD relapse needs a POSITIVE level of its own per marker and tissue; from 1 % one sample suffices.

Never negative: one log10 above the nadir and the POSITIVE level are both required (the text can be read as
one log10 alone; the stricter reading is taken).
"""

from decimal import Decimal

from monitoring.domain.rulesets.guideline import (
    LOG10_BELOW_BASELINE,
    PCT_ABL1,
    Confirmation,
    LevelsOfAbl1,
    RuleSet,
    Threshold,
    Waiver,
)
from monitoring.domain.terms import FlagCode, Marker, RuleSetId, Tissue

CITATION = (
    "Cloos J, et al. 2025 Update on MRD in acute myeloid leukemia: a consensus document from the ELN-DAVID MRD "
    "Working Party. Blood 2026;147:1147-1167. doi:10.1182/blood.2025031480"
)
_TABLE = "ELN-DAVID 2025, table of molecular response, follow-up"

NPM1_MARROW_POSITIVE_FROM = Threshold("NPM1, bone marrow: POSITIVE begins", Decimal("0.1"), PCT_ABL1, _TABLE)
NPM1_BLOOD_POSITIVE_FROM = Threshold("NPM1, blood: POSITIVE begins", Decimal("0.01"), PCT_ABL1, _TABLE)
CBF_POSITIVE_FROM = Threshold("CBF, both tissues: POSITIVE begins", Decimal("0.1"), PCT_ABL1, _TABLE)
NEGATIVE_BELOW = Threshold("NEGATIVE although detected, below", Decimal("0.001"), PCT_ABL1, _TABLE)
ONE_SAMPLE_SUFFICES_FROM = Threshold(
    "NPM1: one sample suffices from", Decimal("1.0"), PCT_ABL1, "ELN-DAVID 2025: unless NPM1mut/ABL1 is 1 % or more"
)
CBF_END_OF_TREATMENT_REDUCTION = Threshold(
    "CBF, end of treatment: reduction required",
    Decimal(3),
    LOG10_BELOW_BASELINE,
    "ELN-DAVID 2025: less than 3 log10 at end of treatment is a high risk of treatment failure",
)

ELN2025 = RuleSet(
    id=RuleSetId.ELN2025,
    edition="2025",
    version="1",
    citation=CITATION,
    tissues=tuple(Tissue),
    levels=LevelsOfAbl1(
        npm1={Tissue.BONE_MARROW: NPM1_MARROW_POSITIVE_FROM, Tissue.PERIPHERAL_BLOOD: NPM1_BLOOD_POSITIVE_FROM},
        cbf={Tissue.BONE_MARROW: CBF_POSITIVE_FROM, Tissue.PERIPHERAL_BLOOD: CBF_POSITIVE_FROM},
    ),
    negative_below=NEGATIVE_BELOW,
    only_positive_triggers=True,
    confirmation=Confirmation.OWN_RULE,
    refuted_by_any_sample=True,
    waiver=Waiver(ONE_SAMPLE_SUFFICES_FROM, markers=frozenset({Marker.NPM1})),
    own_flags=frozenset({FlagCode.HIGH_LEVEL, FlagCode.EOT_POSITIVE}),
    cbf_end_of_treatment_reduction=CBF_END_OF_TREATMENT_REDUCTION,
    thresholds=(
        NPM1_MARROW_POSITIVE_FROM,
        NPM1_BLOOD_POSITIVE_FROM,
        CBF_POSITIVE_FROM,
        NEGATIVE_BELOW,
        ONE_SAMPLE_SUFFICES_FROM,
        CBF_END_OF_TREATMENT_REDUCTION,
    ),
)
