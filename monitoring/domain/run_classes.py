"""The class of one result of a run under each edition of ELN, by the rule engine itself.

Where an edition asks for tissue or marker and these are not known, every possible one is asked; if the answers differ,
there is none. Source: docs/methods/rules.md, docs/methods/runs.md.
"""

from collections.abc import Mapping
from datetime import date

from monitoring.domain.classify import classify
from monitoring.domain.quantification import Quantification
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.run_delta_cq import RelativeLevel
from monitoring.domain.sample_classes import class_of_call
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, Marker, RuleSetId, SampleClass, Tissue

ELN = (RuleSetId.ELN2021, RuleSetId.ELN2022, RuleSetId.ELN2025)
_SOME_DAY = date(2000, 1, 1)  # the class of a single sample depends on no date


def classes_of(
    quantification: Quantification, marker: Marker | None, tissue: Tissue | None, relative: RelativeLevel | None
) -> Mapping[RuleSetId, SampleClass | None]:
    """Return the class under each edition of ELN; None where tissue or marker would decide and is not known.

    A target detected by a difference of Cq has no per cent of ABL1: no threshold of ELN can be applied to it.
    """
    if relative is not None and quantification.call is Call.DETECTED:
        return dict.fromkeys(ELN, SampleClass.NOT_EVALUABLE)
    fixed = class_of_call(_result(quantification, Tissue.BONE_MARROW))
    if fixed is not None:
        return dict.fromkeys(ELN, fixed)
    return {ruleset: _class_of_level(quantification, ruleset, marker, tissue) for ruleset in ELN}


def _class_of_level(
    quantification: Quantification, ruleset: RuleSetId, marker: Marker | None, tissue: Tissue | None
) -> SampleClass | None:
    possible = {
        _classified(_result(quantification, of_tissue), of_marker, ruleset)
        for of_tissue in ([tissue] if tissue else Tissue)
        for of_marker in ([marker] if marker else Marker)
    }
    return possible.pop() if len(possible) == 1 else None


def _classified(result: Result, marker: Marker, ruleset: RuleSetId) -> SampleClass:
    verdict = classify(Series(id="", marker=marker, results=(result,)), RULESETS[ruleset], None)
    return verdict.samples[0].sample_class


def _result(quantification: Quantification, tissue: Tissue) -> Result:
    return Result(
        id="",
        collected_on=_SOME_DAY,
        tissue=tissue,
        call=quantification.call,
        pct_abl1=quantification.pct_abl1,
        abl1_copies=quantification.abl1_copies,
        lod_pct_abl1=quantification.lod_pct_abl1,
        loq_pct_abl1=quantification.loq_pct_abl1,
    )
