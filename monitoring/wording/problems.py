"""What quality control found, as a reason and a recommendation: "ABL1 850 copies: below 1,000" and what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.problems import Gene, Problem, ProblemCode, Severity
from monitoring.wording.numbers import copies, exact
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
    ProblemCode.NEGATIVE_CONTROL_POSITIVE: (
        _("A negative control of the run amplified %(gene)s, %(found)s"),
        _("This may be contamination and not disease: repeat the run with new primer mix and water."),
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
    ProblemCode.MUTATION_TYPE_NOT_COVERED: (
        _("The assay was not made for the mutation type of this patient"),
        _("Not evaluable, whatever was measured: “not detected” would mean nothing. Use the assay of this type."),
    ),
    ProblemCode.MUTATION_TYPE_UNKNOWN: (
        _("The mutation type of this patient is not recorded, and the assay finds one type only"),
        _("Not evaluable until a clinician or data manager has recorded the mutation type."),
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


def said(problem: Problem, marker: str) -> SaidProblem:
    """Return reason and recommendation of a finding; `marker` is the transcript that the assay measures."""
    reason, advice = SENTENCES[problem.code]
    filled = {"gene": "ABL1" if problem.gene is Gene.ABL1 else marker, "found": _number(problem)}
    icon, tone = _SHOWN[problem.severity]
    return SaidProblem(_fill(reason, filled), str(advice), icon, tone.value)


def all_said(problems: Iterable[Problem], marker: str) -> list[SaidProblem]:
    """Return all findings in words, those that weigh most first."""
    order = list(_SHOWN)
    return [said(problem, marker) for problem in sorted(problems, key=lambda each: order.index(each.severity))]


def _number(problem: Problem) -> str:
    if problem.found is None:
        return _now("not known")
    return copies(problem.found) if problem.code in _COUNTED else exact(problem.found)


def _fill(sentence: "str | Promise", values: Mapping[str, str]) -> str:
    return str(sentence) % values
