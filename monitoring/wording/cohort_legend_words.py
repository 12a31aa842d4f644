"""What the marks of a cohort's course mean: the same sentences as caption on the page and as legend in a file."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from monitoring.charts.cohort_legend_svg import LegendLine
from monitoring.domain.cohorts.part_depth import DepthAnswer
from monitoring.domain.cohorts.part_swimmer import LAST_SEEN_LONG_AGO, SwimmerAnswer
from monitoring.wording import cohort_numbers

END_OF_ENTRY = " \u00a0\u202f;."  # after which nothing follows where each entry stands beside its mark


def swimmer_key(answer: SwimmerAnswer) -> list[LegendLine]:
    """Return the marks of the lanes as one sentence, with the number of lanes that have each."""
    n = {mark: cohort_numbers.count(found) for mark, found in lanes_with(answer).items()}
    return [
        LegendLine(_("venetoclax, width = days given, %(n)s;") % {"n": n["given"]}, "given"),
        LegendLine(_("first negativity, %(n)s;") % {"n": n["negativity"]}, "negativity"),
        LegendLine(_("first reduction, %(n)s, in blood or marrow;") % {"n": n["reduction"]}, "reduction"),
        LegendLine(_("HSCT, %(n)s;") % {"n": n["hsct"]}, "hsct"),
        LegendLine(_("second molecular relapse, %(n)s;") % {"n": n["second"]}, "second"),
        LegendLine(_("haematological relapse, %(n)s;") % {"n": n["relapse"]}, "relapse"),
        LegendLine(_("death, %(n)s;") % {"n": n["died"]}, "died"),
        LegendLine(_("alive and followed, %(n)s;") % {"n": n["followed"]}, "followed"),
        LegendLine(
            _("last seen more than %(days)s days before the latest news of the cohort, %(n)s.")
            % {"n": n["long_ago"], "days": LAST_SEEN_LONG_AGO},
            "long_ago",
        ),
    ]


def lanes_with(answer: SwimmerAnswer) -> dict[str, int]:
    """Return in how many lanes each mark stands."""
    lanes = answer.lanes
    return {
        "given": sum(bool(lane.cycles) for lane in lanes),
        "negativity": sum(lane.negativity_day is not None for lane in lanes),
        "reduction": sum(lane.reduction_day is not None for lane in lanes),
        "hsct": sum(bool(lane.transplants) for lane in lanes),
        "second": sum(lane.second_relapse_day is not None for lane in lanes),
        "relapse": sum(lane.haematological_relapse_day is not None for lane in lanes),
        "died": sum(lane.died for lane in lanes),
        "followed": sum(not (lane.died or lane.is_long_ago) for lane in lanes),
        "long_ago": sum(lane.is_long_ago for lane in lanes),
    }


def entries(key: Iterable[LegendLine], remarks: Iterable[str] = ()) -> list[LegendLine]:
    """Return a key as entries that stand alone, with what else must be told below."""
    marked = [LegendLine(line.words.rstrip(END_OF_ENTRY), line.mark) for line in key]
    return [*marked, *sentences(remarks)]


def sentences(said: Iterable[str]) -> list[LegendLine]:
    """Return sentences as lines of a legend."""
    return [LegendLine(each) for each in said if each]


def waterfall() -> list[str]:
    """Return what the bars are and how they are drawn; the unit first."""
    return [
        _("log10 of %% of ABL1, against the last value of the tissue before C1; one bar a patient") % {},
        _(
            "Solid bar: still detected. Dotted bar with open triangle: not detected; drawn to the limit of that "
            "sample, the true fall is at least this. Dashed lines: 1 log either way, the rule of FILO 2025. "
            "Response: the later of the two cycles that was evaluated."
        ),
    ]


def trajectories(*, has_band: bool) -> list[str]:
    """Return what lines, triangles and band are."""
    thin = _(
        "Thin: one patient, to HSCT or haematological relapse at most; open triangle: not detected, at its own "
        "limit, joined by dotted lines."
    )
    thick = _(
        "Thick: median; band: quartiles, both by product limit with undetected values as censored below their "
        "limit, never as 0. An open triangle on the median: it lies below that level."
    )
    return [thin, thick] if has_band else [thin]


def depth(answer: DepthAnswer, tissue: str, told: int) -> list[str]:
    """Return how a patient is classed; of which tissue; and the cycles that are not drawn."""
    return [
        _(
            "%(tissue)s, by the last sample in the window of the cycle. Low positive: 4 log or more below the "
            "diagnosis sample of the tissue; positive: less. Open box: not sampled; number at its end: patients "
            "given the cycle."
        )
        % {"tissue": tissue},
        later_cycles(answer, told),
    ]


def later_cycles(answer: DepthAnswer, told: int) -> str:
    """Return that in the cycles after those told nobody was sampled; empty where there are none."""
    later = answer.cycles[told:]
    if not later:
        return ""
    return _("C%(first)s to C%(last)s, given to %(most)s patients at most: nobody was sampled after them.") % {
        "first": later[0].cycle,
        "last": later[-1].cycle,
        "most": cohort_numbers.count(max(cycle.given for cycle in later)),
    }


def kinetics() -> str:
    """Return what dots, lines and arrows are."""
    return (
        _(
            "Dot: one patient, with the 95 %% interval; an arrow where it goes on beyond the axis, or where the "
            "level may have been stable. Thick line: median of the cohort, grey area its quartiles. Dashed: "
            "published median, Ommen 2010. Estimated from the rise of the failure up to the treatment, in the tissue "
            "of its index sample, undetected values as censored; never by a value put in their place."
        )
        % {}
    )
