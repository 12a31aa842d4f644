"""What quality control found, as a reason and a recommendation: "ABL1 850 copies: below 1,000" and what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.problems import Gene, Problem, ProblemCode, Severity
from monitoring.domain.replicates import LATE_MEAN_CQ
from monitoring.domain.run_delta_cq import ABL1_CQ_LATEST
from monitoring.domain.standard_curve import R2_FAILS_BELOW, R2_WARNS_BELOW, SLOPE_SHALLOWEST, SLOPE_STEEPEST
from monitoring.wording.numbers import COPIES_BORDERS, copies, exact, rounded
from monitoring.wording.words import Tone

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_NEW_CDNA = _("Repeat with new cDNA; if it stays below, report it as not evaluable and ask for a new sample.")
_NEW_RUN = _("Repeat the run: no sample of it is evaluable.")
_SAME_RNA = _("Repeat the wells from the same RNA.")

# code: (reason, recommendation); %(gene)s and %(found)s are filled in
SENTENCES: dict[ProblemCode, tuple["_StrPromise", "_StrPromise"]] = {
    ProblemCode.TOO_FEW_DILUTIONS: (_("Standard curve of %(gene)s: too few dilution points"), _NEW_RUN),
    ProblemCode.CURVE_NOT_FALLING: (_("Standard curve of %(gene)s does not fall"), _NEW_RUN),
    ProblemCode.SLOPE_TOO_STEEP: (_("Standard curve of %(gene)s too steep, slope %(found)s"), _NEW_RUN),
    ProblemCode.SLOPE_TOO_SHALLOW: (_("Standard curve of %(gene)s too shallow, slope %(found)s"), _NEW_RUN),
    ProblemCode.R2_TOO_LOW: (_("Standard curve of %(gene)s: R² %(found)s is too low"), _NEW_RUN),
    ProblemCode.R2_LOW: (
        _("Standard curve of %(gene)s: R² %(found)s is below 0.98"),
        _("The value stands; look at the dilution points before you sign."),
    ),
    ProblemCode.R2_UNKNOWN: (
        _("Standard curve of %(gene)s: R² is not known"),
        _("Look at the dilution points before you sign."),
    ),
    ProblemCode.SINGLE_STANDARD_WELLS: (
        _("Standard curve of %(gene)s: a dilution was measured in one well only"),
        _("The value stands; measure standards at least twice."),
    ),
    ProblemCode.STANDARD_UNDETERMINED: (
        _("Standard curve of %(gene)s: a standard did not amplify"),
        _("The curve rests on the others; look at them before you sign."),
    ),
    ProblemCode.ABOVE_HIGHEST_STANDARD: (
        _("%(gene)s above the highest standard: %(found)s copies"),
        _("The value is extrapolated; dilute and repeat where the number matters."),
    ),
    ProblemCode.NO_STANDARDS: (
        _("No standard curve of %(gene)s: the run holds no standards of it"),
        _("Not evaluable: measure standards in the run, or set the assay up for differences of Cq."),
    ),
    ProblemCode.STANDARD_WITHOUT_COPIES: (
        _("Standard curve of %(gene)s: wells of standards without copies, %(found)s"),
        _("They take no part in the curve; give their copies."),
    ),
    ProblemCode.STORED_CURVE_USED: (
        _("%(gene)s was quantified by a stored standard curve"),
        _("The run holds no standards of its own; look at its controls before you sign."),
    ),
    ProblemCode.CURVE_DIFFERS_FROM_PRINTED: (
        _("Standard curve of %(gene)s: the instrument printed another slope, %(found)s"),
        _("Ours is drawn through the wells of the file; see which standards the instrument took."),
    ),
    ProblemCode.RELATIVE_TO_DIAGNOSIS_ONLY: (
        _("%(gene)s by difference of Cq: a level relative to diagnosis only"),
        _("Without standards there is no per cent of ABL1, and no threshold of ELN can be applied."),
    ),
    ProblemCode.DIAGNOSIS_DELTA_CQ_UNKNOWN: (
        _("The difference of Cq at diagnosis is not known for %(gene)s"),
        _("No level can be given; record the diagnosis sample of this assay."),
    ),
    ProblemCode.ABL1_CQ_LATE: (_("ABL1 at Cq %(found)s: later than 29.3"), _NEW_CDNA),
    ProblemCode.NEGATIVE_CONTROL_POSITIVE: (
        _("A negative control of the run amplified %(gene)s, %(found)s"),
        _("This may be contamination and not disease: repeat the run with new primer mix and water."),
    ),
    ProblemCode.EXTRACTION_BLANK_POSITIVE: (
        _("The extraction blank of the run amplified, Cq %(found)s"),
        _("This may be contamination at extraction: no sample of the run is evaluable. Repeat from extraction."),
    ),
    ProblemCode.WILD_TYPE_ABOVE_BLANK: (
        _("The wild-type control lies above the limit of blank of %(gene)s, copies: %(found)s"),
        _("Wild-type cDNA is amplified, or contaminated: repeat the run with new primer mix and other wild-type cDNA."),
    ),
    ProblemCode.WILD_TYPE_WITHOUT_ABL1: (
        _("The wild-type control holds too little ABL1, copies: %(found)s"),
        _("Its silence proves little: use wild-type cDNA with at least 1,000 ABL1 copies."),
    ),
    ProblemCode.POSITIVE_CONTROL_NEGATIVE: (_("The positive control of %(gene)s did not amplify"), _NEW_RUN),
    ProblemCode.POSITIVE_CONTROL_OUTSIDE_3_SD: (
        _("Positive control of %(gene)s beyond 3 SD of the laboratory's mean, Cq %(found)s"),
        _NEW_RUN,
    ),
    ProblemCode.POSITIVE_CONTROL_OUTSIDE_2_SD: (
        _("Positive control of %(gene)s beyond 2 SD of the laboratory's mean, Cq %(found)s"),
        _("The run stands; a second control beyond 2 SD would fail it."),
    ),
    ProblemCode.NO_TEMPLATE_MISSING: (
        _("The run holds no no-template control of %(gene)s"),
        _("Contamination cannot be ruled out: measure water beside the samples."),
    ),
    ProblemCode.CONTROL_GENE_NOT_FOUND: (
        _("No target of the run is called ABL1"),
        _("Not evaluable: there is no result without the control gene. Say which target it is."),
    ),
    ProblemCode.CONTROL_GENE_AMBIGUOUS: (
        _("Several targets of the run are called ABL1"),
        _("Not evaluable until it is said which of them is the control gene."),
    ),
    ProblemCode.ROLE_BY_NAME: (
        _("Taken for a control by its name: %(detail)s"),
        _("If it is a patient's sample, say so in the review of the run."),
    ),
    ProblemCode.SAMPLE_NOT_NAMED: (
        _("Wells without the name of a sample: %(detail)s"),
        _("They take no part. Name them in the instrument's software and export the run again."),
    ),
    ProblemCode.EXCLUSION_WITHOUT_WELL: (
        _("A well was left out that the file does not hold: %(detail)s"),
        _("It changed nothing; look at which wells are left out."),
    ),
    ProblemCode.MUTATION_TYPE_NOT_COVERED: (
        _("The assay was not made for the mutation type of this patient"),
        _("Not evaluable, whatever was measured: “not detected” would mean nothing. Use the assay of this type."),
    ),
    ProblemCode.MUTATION_TYPE_UNKNOWN: (
        _("The mutation type of this patient is not recorded, and the assay finds one type only"),
        _(
            "Have it recorded by a clinician or data manager: a negative says nothing if the mutation is of another "
            "type."
        ),
    ),
    ProblemCode.NO_VALID_WELL: (_("%(gene)s was measured in no well"), _("Not evaluable. Measure three wells.")),
    ProblemCode.ONE_VALID_WELL: (
        _("%(gene)s was measured in one well only"),
        _("Not evaluable: a call needs at least two wells. Repeat in three wells."),
    ),
    ProblemCode.CQ_SPREAD_WIDE: (
        _("The wells of %(gene)s scatter by %(found)s cycles"),
        _("The value stands; look at the amplification curves before you sign."),
    ),
    ProblemCode.CQ_SPREAD_TOO_WIDE: (_("The wells of %(gene)s scatter by %(found)s cycles"), _SAME_RNA),
    ProblemCode.UNDETERMINED_BESIDE_STRONG: (
        _("A well of %(gene)s did not amplify beside others at Cq %(found)s"),
        _SAME_RNA,
    ),
    ProblemCode.BELOW_QUANTIFICATION: (
        _("%(gene)s below the limit of quantification of the assay"),
        _("Detected; the number is extrapolated and less certain."),
    ),
    ProblemCode.OUTLIER_DROPPABLE: (
        _("One well of %(gene)s lies apart at Cq %(found)s, the others agree within 0.5"),
        _("It may be left out, with a reason."),
    ),
    ProblemCode.TARGET_SEEN: (
        _("%(gene)s was seen, although the sample is not evaluable"),
        _("This is no negative sample: repeat it now."),
    ),
    ProblemCode.LYSED_LATE: (
        _("%(found)s hours to lysis, more than 72"),
        _("RNA may have decayed, so a negative says less."),
    ),
    ProblemCode.ABL1_NOT_MEASURED: (
        _("ABL1 was measured in no well"),
        _("Not evaluable: measure ABL1 from the same cDNA, at least twice."),
    ),
    ProblemCode.ABL1_NOT_AMPLIFIED: (_("ABL1 did not amplify"), _NEW_CDNA),
    ProblemCode.ABL1_SINGLE_WELL: (
        _("ABL1 was measured in one well only"),
        _("The ratio stands on a single well; measure ABL1 at least twice."),
    ),
    ProblemCode.ABL1_LIMITED: (
        _("ABL1 %(found)s copies: below 10,000"),
        _("A target that is not detected here counts as a limited negative, not as a negative."),
    ),
    ProblemCode.ABL1_INSUFFICIENT: (_("ABL1 %(found)s copies: below 1,000, not evaluable"), _NEW_CDNA),
}

_COUNTED = frozenset({ProblemCode.ABL1_LIMITED, ProblemCode.ABL1_INSUFFICIENT, ProblemCode.ABOVE_HIGHEST_STANDARD})
# numbers that were computed: decimals shown, and the limits that rounding must not reach
_SLOPES = (3, (SLOPE_STEEPEST, SLOPE_SHALLOWEST))
_R2 = (4, (R2_FAILS_BELOW, R2_WARNS_BELOW))
_ROUNDED: dict[ProblemCode, tuple[int, tuple[Decimal, ...]]] = {
    ProblemCode.SLOPE_TOO_STEEP: _SLOPES,
    ProblemCode.SLOPE_TOO_SHALLOW: _SLOPES,
    ProblemCode.R2_TOO_LOW: _R2,
    ProblemCode.R2_LOW: _R2,
    ProblemCode.UNDETERMINED_BESIDE_STRONG: (2, (LATE_MEAN_CQ,)),
    ProblemCode.ABL1_CQ_LATE: (2, (ABL1_CQ_LATEST,)),
    ProblemCode.POSITIVE_CONTROL_OUTSIDE_2_SD: (2, ()),
    ProblemCode.POSITIVE_CONTROL_OUTSIDE_3_SD: (2, ()),
    ProblemCode.WILD_TYPE_ABOVE_BLANK: (2, (Decimal(0),)),
    ProblemCode.WILD_TYPE_WITHOUT_ABL1: (0, COPIES_BORDERS),
}
_SHOWN = {
    Severity.FAILS: ("not-evaluable", Tone.OVERDUE),
    Severity.REPEAT: ("ask", Tone.SUSPECTED),
    Severity.WARNS: ("told", Tone.QUIET),
}


@dataclass(frozen=True, slots=True)
class SaidProblem:
    """One finding in words, with the icon and tone of its severity."""

    reason: str
    advice: str
    icon: str
    tone: str


def said(problem: Problem, marker: str, detail: str = "") -> SaidProblem:
    """Return reason and recommendation of a finding; `marker` is the transcript that the assay measures.

    `detail` is what a finding of a whole run names beside it: a role, wells.
    """
    reason, advice = SENTENCES[problem.code]
    gene = "ABL1" if problem.gene is Gene.ABL1 else marker
    filled = {"gene": gene, "found": _number(problem), "detail": detail}
    icon, tone = _SHOWN[problem.severity]
    return SaidProblem(_fill(reason, filled), str(advice), icon, tone.value)


def all_said(problems: Iterable[Problem], marker: str) -> list[SaidProblem]:
    """Return all findings in words, those that weigh most first."""
    order = list(_SHOWN)
    return [said(problem, marker) for problem in sorted(problems, key=lambda each: order.index(each.severity))]


def _number(problem: Problem) -> str:
    if problem.found is None:
        return _now("not known")
    if problem.code in _COUNTED:
        return copies(problem.found)
    places, borders = _ROUNDED.get(problem.code, (0, (problem.found,)))
    return exact(rounded(problem.found, places, borders))


def _fill(sentence: "str | Promise", values: Mapping[str, str]) -> str:
    return str(sentence) % values
