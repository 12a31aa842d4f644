"""ELN 2022: the rules of ELN MRD 2021, with the second sample from the same tissue source."""

from dataclasses import replace
from decimal import Decimal

from monitoring.domain.rulesets.eln2021 import ELN2021
from monitoring.domain.rulesets.guideline import PCT_ABL1, Confirmation, LevelsOfAbl1, Threshold
from monitoring.domain.terms import RuleSetId, Tissue

CITATION = (
    "Döhner H, Wei AH, Appelbaum FR, et al. Diagnosis and management of AML in adults: 2022 recommendations from "
    "an international expert panel on behalf of the ELN. Blood 2022;140(12):1345-1377. "
    "doi:10.1182/blood.2022016867"
)

POSITIVE_FROM = Threshold(
    name="MRD at low level ends, POSITIVE begins",
    value=Decimal("2.0"),
    unit=PCT_ABL1,
    source="ELN 2022: CR with MRD at low level, below 2 %, as in ELN MRD 2021",
)
_BOTH_TISSUES = {Tissue.BONE_MARROW: POSITIVE_FROM, Tissue.PERIPHERAL_BLOOD: POSITIVE_FROM}

ELN2022 = replace(
    ELN2021,
    id=RuleSetId.ELN2022,
    edition="2022",
    version="1",
    citation=CITATION,
    levels=LevelsOfAbl1(npm1=_BOTH_TISSUES, cbf=_BOTH_TISSUES),
    confirmation=Confirmation.SAME_TISSUE,
    thresholds=(POSITIVE_FROM,),
)
