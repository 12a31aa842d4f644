"""ELN MRD working party 2021: MRD relapse by conversion or by a rise of one log10, confirmed in a second sample.

The second sample is "preferably" bone marrow; a sample of the other tissue therefore confirms as well.
"""

from decimal import Decimal

from monitoring.domain.rulesets.guideline import PCT_ABL1, Confirmation, LevelsOfAbl1, RuleSet, Threshold
from monitoring.domain.terms import FlagCode, RuleSetId, Tissue

CITATION = (
    "Heuser M, Freeman SD, Ossenkoppele GJ, et al. 2021 Update on MRD in acute myeloid leukemia: a consensus "
    "document from the European LeukemiaNet MRD Working Party. Blood 2021;138(26):2753-2767. "
    "doi:10.1182/blood.2021013626"
)

POSITIVE_FROM = Threshold(
    name="MRD at low level ends, POSITIVE begins",
    value=Decimal("2.0"),
    unit=PCT_ABL1,
    source="ELN MRD 2021: molecular MRD at low level is below 2 % (200 copies per 10^4 ABL1)",
)
_BOTH_TISSUES = {Tissue.BONE_MARROW: POSITIVE_FROM, Tissue.PERIPHERAL_BLOOD: POSITIVE_FROM}

ELN2021 = RuleSet(
    id=RuleSetId.ELN2021,
    edition="2021",
    version="1",
    citation=CITATION,
    tissues=tuple(Tissue),
    levels=LevelsOfAbl1(npm1=_BOTH_TISSUES, cbf=_BOTH_TISSUES),
    confirmation=Confirmation.EITHER_TISSUE,
    own_flags=frozenset({FlagCode.HIGH_LEVEL, FlagCode.EOT_POSITIVE}),
    thresholds=(POSITIVE_FROM,),
)
