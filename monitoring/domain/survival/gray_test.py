"""Gray's test: is the cumulative incidence of one cause equal in k groups, with other causes competing?

Source: Gray, Ann Stat 1988;16:1141, with rho = 0, and the correction for ties of the R package cmprsk, whose answers
are the reference. The test weighs each group's risk set up by those who had a competing event before:
R = Y (1 - F) / S, with Y at risk, F the incidence of the cause and S the share without any event just before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitoring.domain.survival.chi_square import SingularVariance, chi_square_tail, quadratic_form
from monitoring.domain.survival.log_rank import FEWEST_GROUPS, NotComparable
from monitoring.domain.survival.observations import Observations, UnknownCause, by_group, causes_of
from monitoring.domain.survival.risk_sets_by_group import GroupedRiskSet, grouped_risk_sets

# An incidence or share this close to its end is there: what remains is rounding
NOTHING_LEFT = 1e-12


@dataclass(frozen=True, slots=True)
class GrayTest:
    """Chi-square, degrees of freedom and probability for one cause, and the groups compared."""

    cause: str
    chi2: float
    df: int
    p: float
    groups: tuple[str, ...]


class _Moment(NamedTuple):
    """One event time: at risk over share without event (h) of each group and in all, and the pooled incidence."""

    here: GroupedRiskSet
    ratios: list[float]
    all_ratios: float
    free_before: list[float]
    free_after: list[float]
    pooled_before: float
    pooled_after: float


def gray_test(observations: Observations, cause: str, names: Sequence[str] | None = None) -> GrayTest:
    """Compare the cumulative incidence of a cause; UnknownCause where nobody has it, NotComparable with one group."""
    groups = tuple(by_group(observations, names))
    if cause not in causes_of(observations):
        raise UnknownCause(cause)
    if len(groups) < FEWEST_GROUPS:
        raise NotComparable("there is one group only")
    free = len(groups) - 1
    scores, moments = _followed(grouped_risk_sets(observations, groups, cause), len(groups))
    variance = _variance(moments, len(groups))
    try:
        chi2 = quadratic_form(scores[:free], [line[:free] for line in variance[:free]])
    except SingularVariance:
        raise NotComparable("no event of the cause tells the groups apart") from None
    return GrayTest(cause, chi2, free, chi_square_tail(chi2, free), groups)


def _followed(risk_sets: Iterable[GroupedRiskSet], size: int) -> tuple[list[float], list[_Moment]]:
    """Observed minus expected events of each group, and every event time with its estimates."""
    free, incidence, pooled = [1.0] * size, [0.0] * size, 0.0
    scores, moments = [0.0] * size, []
    for here in risk_sets:
        before, earlier, events = list(free), pooled, sum(here.events)
        _check_weights(here, before, pooled)
        ratios = [at_risk / share if at_risk else 0.0 for at_risk, share in zip(here.at_risk, before, strict=True)]
        weighted = [ratio * (1 - share) for ratio, share in zip(ratios, incidence, strict=True)]
        whole = sum(weighted)
        for k, at_risk in enumerate(here.at_risk):
            if at_risk:
                scores[k] += here.events[k] - (events * weighted[k] / whole if events else 0.0)
                incidence[k] += before[k] * here.events[k] / at_risk
                free[k] *= (at_risk - here.events[k] - here.competing[k]) / at_risk
        pooled += events / sum(ratios)
        moments.append(_Moment(here, ratios, sum(ratios), before, list(free), earlier, pooled))
    return scores, moments


def _check_weights(here: GroupedRiskSet, free: Sequence[float], pooled: float) -> None:
    """With delayed entry, patients may enter when nobody before them is left, and their weight would be infinite."""
    ended = any(at_risk and share <= NOTHING_LEFT for at_risk, share in zip(here.at_risk, free, strict=True))
    if ended or (any(here.events) and 1 - pooled <= NOTHING_LEFT):
        raise NotComparable("patients entered when all who had been under observation before had had an event")


def _contrasts(moment: _Moment, group: int) -> list[float]:
    """How an event in one group moves the score of each: h (1 - h / sum) for itself, -h h / sum for others."""
    ratio = moment.ratios[group]
    contrasts = [-ratio * other / moment.all_ratios for other in moment.ratios]
    contrasts[group] += ratio
    return contrasts


def _variance(moments: Sequence[_Moment], size: int) -> list[list[float]]:
    """Gray's variance: an event moves the score at once, and all later ones through the estimated weights."""
    still_to_come = _weighted_contrasts(moments, size)
    variance = [[0.0] * size for _ in range(size)]
    for moment in moments:
        events = sum(moment.here.events)
        for k in range(size):
            if not moment.here.at_risk[k]:
                continue
            contrasts = _contrasts(moment, k)
            if events:
                step = events / (moment.all_ratios * (1 - moment.pooled_before))
                for i in range(size):
                    still_to_come[k][i] -= step * contrasts[i]
            _add_group(variance, moment, k, contrasts, still_to_come[k])
    return variance


def _weighted_contrasts(moments: Sequence[_Moment], size: int) -> list[list[float]]:
    """Sum over all event times, for each group, of its contrasts times the pooled subdistribution hazard."""
    sums = [[0.0] * size for _ in range(size)]
    for moment in moments:
        events = sum(moment.here.events)
        if events:
            step = events / (moment.all_ratios * (1 - moment.pooled_before))
            for k in range(size):
                for i, contrast in enumerate(_contrasts(moment, k)):
                    sums[k][i] += step * contrast
    return sums


def _add_group(
    variance: list[list[float]], moment: _Moment, k: int, contrasts: Sequence[float], to_come: Sequence[float]
) -> None:
    """What events of the cause, and competing events, in one group add to the variance."""
    events, competing = sum(moment.here.events), moment.here.competing[k]
    before, after, at_risk = moment.free_before[k], moment.free_after[k], moment.here.at_risk[k]
    left = (1 - moment.pooled_after) / after if after > 0 else 0.0
    if events:
        tied = 1 - (events - 1) / (moment.all_ratios * before - 1) if events > 1 else 1.0
        weight = tied * events / (moment.all_ratios * moment.ratios[k])
        _add_square(variance, [x + (1 - left) * y for x, y in zip(contrasts, to_come, strict=True)], weight)
    if competing and after > 0:
        tied = 1 - (competing - 1) / (at_risk - 1) if competing > 1 else 1.0
        _add_square(variance, [left * y for y in to_come], tied * competing * (before / at_risk) ** 2)


def _add_square(variance: list[list[float]], moved: Sequence[float], weight: float) -> None:
    for line, x in zip(variance, moved, strict=True):
        scaled = weight * x
        for j, y in enumerate(moved):
            line[j] += scaled * y
