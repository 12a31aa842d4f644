"""The survival part: Kaplan-Meier by group, one and two years, medians, log-rank, follow-up, early deaths.

Source: A6; docs/methods/endpoints.md, docs/methods/survival.md.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitoring.domain.cohorts import pooling
from monitoring.domain.cohorts.drawn_curve import (
    CountsAt,
    DayReached,
    DrawnStep,
    Milestone,
    censored_days,
    counts,
    day_reached,
    drawn_steps,
    milestones,
)
from monitoring.domain.cohorts.endpoints import (
    Endpoint,
    EndpointTimes,
    Event,
    Origin,
    OutReason,
    early_deaths,
    endpoint_times,
)
from monitoring.domain.cohorts.grouping import group_of
from monitoring.domain.cohorts.parts import Grouping, NotAQuestion, PartQuestion
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.log_rank import FEWEST_GROUPS, NotComparable, log_rank
from monitoring.domain.survival.observations import Observation
from monitoring.domain.survival.quantiles import quantile
from monitoring.domain.survival.reverse_kaplan_meier import follow_up


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many patients of the cohort are not in the figure, and why."""

    reason: OutReason
    patients: int


@dataclass(frozen=True, slots=True)
class EventCount:
    """How often the time ended in this way."""

    event: Event
    patients: int


@dataclass(frozen=True, slots=True)
class SurvivalGroup:
    """One curve with what is told beside and below it; days from the origin."""

    name: str
    patients: int
    events: int
    steps: tuple[DrawnStep, ...]
    censored: tuple[float, ...]
    followed_until: float
    milestones: tuple[Milestone, ...]
    counts: tuple[CountsAt, ...]
    median: DayReached


@dataclass(frozen=True, slots=True)
class Comparison:
    """A test between the groups."""

    chi2: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class FollowedFor:
    """Follow-up in days by reverse Kaplan-Meier: median and quartiles; None where not reached."""

    median: float | None
    q1: float | None
    q3: float | None


@dataclass(frozen=True, slots=True)
class EarlyDeaths:
    """Deaths to day 60, of how many of whom that is known; told where time begins at cycle 1."""

    died: int
    known: int


@dataclass(frozen=True, slots=True)
class SurvivalAnswer:
    """Everything on the figure; `comparison` None where there is one group, or nothing to compare.

    `in_no_group`: who has a time but belongs to none of the groups compared, such as CBF leukaemias by co-mutation.
    """

    groups: tuple[SurvivalGroup, ...]
    events: tuple[EventCount, ...]
    left_out: tuple[LeftOut, ...]
    too_small: int
    follow_up: FollowedFor | None
    comparison: Comparison | None
    early: EarlyDeaths | None
    in_no_group: int


def survival_answer(
    patients: Sequence[CohortPatient], question: PartQuestion, others: frozenset[int] = frozenset()
) -> SurvivalAnswer:
    """Return the survival of a cohort to an endpoint from an origin, by group; `others`: series of other centres."""
    endpoint, origin, grouping = question.endpoint, question.origin, question.grouping
    if endpoint is None or origin is None or grouping is None:
        raise NotAQuestion("endpoint")
    times = endpoint_times(patients, endpoint, origin)
    observations = observed(times, patients, grouping)
    elsewhere = observed(times, pooling.of_others(patients, others), grouping)
    shown = shown_of(observations, elsewhere) if others else observations
    return SurvivalAnswer(
        groups=tuple(_group(name, shown) for name in sorted({each.group for each in shown})),
        events=_events(shown),
        left_out=out_of(times),
        too_small=len(observations) - len(shown),
        follow_up=followed(shown),
        comparison=compared(shown),
        early=_early(patients) if origin is Origin.CYCLE_1 else None,
        in_no_group=len(times.times) - len(observations),
    )


def shown_of(observations: Sequence[Observation], of_others: Iterable[Observation]) -> Sequence[Observation]:
    """Return the observations of the groups that may be shown together with other centres."""
    named = pooling.large_enough(each.group for each in of_others)
    return [each for each in observations if each.group in named]


def observed(times: EndpointTimes, patients: Iterable[CohortPatient], grouping: Grouping) -> list[Observation]:
    """Return the observations, in days, of those who belong to a group."""
    groups = {patient.series_id: group_of(patient, grouping) for patient in patients}
    return [
        Observation(time.days, time.event, group)
        for time in times.times
        if (group := groups.get(time.series_id)) is not None
    ]


def compared(observations: Sequence[Observation]) -> Comparison | None:
    """Return the log-rank test between the groups; None where there is nothing to compare."""
    if len({each.group for each in observations}) < FEWEST_GROUPS:
        return None
    try:
        found = log_rank(observations)
    except NotComparable:
        return None
    return Comparison(found.chi2, found.df, found.p)


def _group(name: str, observations: Sequence[Observation]) -> SurvivalGroup:
    own = [each for each in observations if each.group == name]
    curve = kaplan_meier(own)
    return SurvivalGroup(
        name=name,
        patients=curve.patients,
        events=curve.events,
        steps=drawn_steps(curve),
        censored=censored_days(own),
        followed_until=float(curve.followed_until),
        milestones=milestones(curve),
        counts=counts(own),
        median=day_reached(quantile(curve)),
    )


def _early(patients: Sequence[CohortPatient]) -> EarlyDeaths:
    """Of death from any cause, whatever the endpoint: a relapse before it does not make it another death."""
    return EarlyDeaths(*early_deaths(endpoint_times(patients, Endpoint.OS, Origin.CYCLE_1)))


def _events(observations: Iterable[Observation]) -> tuple[EventCount, ...]:
    """Of those who are shown: a group that is too small cannot be found by subtraction."""
    found = Counter(each.cause for each in observations)
    return tuple(EventCount(event, found[event]) for event in Event if found[event])


def out_of(times: EndpointTimes) -> tuple[LeftOut, ...]:
    """Return how many could not be counted, by reason."""
    found = Counter(reason for _, reason in times.left_out)
    return tuple(LeftOut(reason, found[reason]) for reason in OutReason if found[reason])


def followed(observations: Sequence[Observation]) -> FollowedFor | None:
    """Return median and quartiles of follow-up in days; None where there is nobody."""
    if not observations:
        return None
    found = follow_up(observations)
    median, q1, q3 = (day_reached(each).day for each in (found.median, found.q1, found.q3))
    return FollowedFor(median, q1, q3)
