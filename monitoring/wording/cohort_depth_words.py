"""The depth of response by cycle in words, in the form of Tiong 2020, Figure S1; best response; time to negativity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.charts.cohort_course_sheet import Look
from monitoring.charts.cohort_depth_svg import depth_bar_svg, depth_svg, told_cycles
from monitoring.charts.trajectory_svg_words import Words
from monitoring.domain.cohorts.part_depth import DepthAnswer
from monitoring.domain.cohorts.response_table import CycleDepth
from monitoring.domain.response import BEST_FIRST, BelowDiagnosis
from monitoring.domain.terms import CycleResponse
from monitoring.wording import cohort_legend_words, cohort_numbers, states
from monitoring.wording.cohort_pictures import Share, said, share, summary_words, tissue_name, tissue_options

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DEPTHS: Mapping[BelowDiagnosis, "_StrPromise"] = {
    BelowDiagnosis.NEGATIVE: gettext_lazy("negative"),
    BelowDiagnosis.LOW_POSITIVE: gettext_lazy("low positive"),
    BelowDiagnosis.POSITIVE: gettext_lazy("positive"),
    BelowDiagnosis.NOT_EVALUABLE: gettext_lazy("not evaluable"),
}
# the same with what it means
KEY: Mapping[BelowDiagnosis, "_StrPromise"] = {
    BelowDiagnosis.NEGATIVE: gettext_lazy("negative"),
    BelowDiagnosis.LOW_POSITIVE: gettext_lazy("low positive, 4 log or more below diagnosis"),
    BelowDiagnosis.POSITIVE: gettext_lazy("positive, less than 4 log below diagnosis"),
    BelowDiagnosis.NOT_EVALUABLE: gettext_lazy("not evaluable"),
}
CLASSED = (BelowDiagnosis.NEGATIVE, BelowDiagnosis.LOW_POSITIVE, BelowDiagnosis.POSITIVE)


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One cycle: its bar, patients, shares of those classed, and who is in no share."""

    cycle: str
    bar: SafeString
    given: str
    classed: str
    shares: tuple[Share, ...]
    not_evaluable: str
    not_sampled: str


@dataclass(frozen=True, slots=True)
class BestRow:
    """One best response with its share of those evaluated."""

    name: str
    share: Share
    is_reduction: bool


def context(answer: DepthAnswer, beside: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what the component shows; `beside`: further answers of the question, which its links keep."""
    evaluated = sum(answer.best[response] for response in BEST_FIRST)
    days = answer.days_to_negativity
    words = svg_words(answer)
    most = max((cycle.given for cycle in answer.cycles), default=1)
    return {
        "is_empty": not answer.cycles,
        "tissue": tissue_name(answer.tissue),
        "tissue_code": answer.tissue.value,
        "options": [tissue_options(answer.tissue, beside)],
        "cycles": [_cycle(cycle, most, words) for cycle in told_cycles(answer)],
        "later": cohort_legend_words.later_cycles(answer, len(told_cycles(answer))),
        "key": [{"code": style, "name": str(KEY[depth])} for depth, style in _KEY],
        "evaluated": cohort_numbers.count(evaluated),
        "best": [
            BestRow(
                str(states.RESPONSES[one].words), share(answer.best[one], evaluated), one is CycleResponse.REDUCTION
            )
            for one in BEST_FIRST
        ],
        "minor": share(answer.minor, evaluated),
        "not_evaluated": cohort_numbers.count(answer.best[CycleResponse.NOT_EVALUATED]),
        "days": None if days is None else summary_words(days),
    }


def file_svg(answer: DepthAnswer) -> str:
    """Return the figure for a file."""
    told = cohort_legend_words.depth(answer, tissue_name(answer.tissue), len(told_cycles(answer)))
    return depth_svg(answer, svg_words(answer), Look.FILE, legend=cohort_legend_words.sentences(told))


def svg_words(answer: DepthAnswer) -> Words:
    """Return the words in the pictures."""
    words: dict[str, object] = {
        "depth.label": _("Depth of response by cycle in %(tissue)s, patients by class; the table holds the numbers.")
        % {"tissue": tissue_name(answer.tissue).lower()},
        "depth.bar": _("After cycle {cycle}; the numbers stand beside"),
        "depth.cycle": _("C{number}"),
    }
    return said({**words, **{f"depth.{depth}": name for depth, name in DEPTHS.items()}})


_KEY = (
    (BelowDiagnosis.NEGATIVE, "deep"),
    (BelowDiagnosis.LOW_POSITIVE, "low"),
    (BelowDiagnosis.POSITIVE, "positive"),
    (BelowDiagnosis.NOT_EVALUABLE, "unclear"),
)


def _cycle(cycle: CycleDepth, most: int, words: Words) -> CycleRow:
    classed = sum(cycle.counts[depth] for depth in CLASSED)
    return CycleRow(
        cycle=words.say("depth.cycle", number=cycle.cycle),
        bar=SafeString(depth_bar_svg(cycle, most, words)),
        given=cohort_numbers.count(cycle.given),
        classed=cohort_numbers.count(classed),
        shares=tuple(share(cycle.counts[depth], classed) for depth in CLASSED),
        not_evaluable=cohort_numbers.count(cycle.counts[BelowDiagnosis.NOT_EVALUABLE]),
        not_sampled=cohort_numbers.count(cycle.not_sampled),
    )
