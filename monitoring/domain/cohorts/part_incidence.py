"""The incidence part: cumulative incidence of relapse with death as competing risk, by group, with Gray's test.

Of the first event of each patient: under RFS haematological relapse or death, under RFS_MRD a second molecular relapse
too. Source: docs/methods/competing_risks.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.domain.cohorts import pooling
from monitoring.domain.cohorts.drawn_curve import (
    CountsAt,
    DrawnStep,
    Milestone,
    censored_days,
    counts,
    drawn_steps,
    milestones,
)
from monitoring.domain.cohorts.endpoints import Event, endpoint_times
from monitoring.domain.cohorts.part_survival import Comparison, LeftOut, observed, out_of, shown_of
from monitoring.domain.cohorts.parts import NotAQuestion, PartQuestion
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.survival.aalen_johansen import aalen_johansen
from monitoring.domain.survival.gray_test import gray_test
from monitoring.domain.survival.log_rank import NotComparable
from monitoring.domain.survival.observations import Observation, UnknownCause


@dataclass(frozen=True, slots=True)
class CauseCurve:
    """The cumulative incidence of one kind of first event."""

    cause: Event
    events: int
    steps: tuple[DrawnStep, ...]
    milestones: tuple[Milestone, ...]
    counts: tuple[CountsAt, ...]


@dataclass(frozen=True, slots=True)
class IncidenceGroup:
    """One group with the incidence of each cause; days from the origin."""

    name: str
    patients: int
    causes: tuple[CauseCurve, ...]
    censored: tuple[float, ...]
    followed_until: float


@dataclass(frozen=True, slots=True)
class CauseComparison:
    """Gray's test of one cause between the groups."""

    cause: Event
    test: Comparison


@dataclass(frozen=True, slots=True)
class IncidenceAnswer:
    """Everything on the figure; `in_no_group`: who has a time but belongs to none of the groups compared."""

    groups: tuple[IncidenceGroup, ...]
    comparisons: tuple[CauseComparison, ...]
    left_out: tuple[LeftOut, ...]
    too_small: int
    in_no_group: int


def incidence_answer(
    patients: Sequence[CohortPatient], question: PartQuestion, others: frozenset[int] = frozenset()
) -> IncidenceAnswer:
    """Return the cumulative incidences of a cohort from an origin, by group; `others`: series of other centres."""
    endpoint, origin, grouping = question.endpoint, question.origin, question.grouping
    if endpoint is None or origin is None or grouping is None:
        raise NotAQuestion("endpoint")
    times = endpoint_times(patients, endpoint, origin)
    observations = observed(times, patients, grouping)
    elsewhere = observed(times, pooling.of_others(patients, others), grouping)
    shown = shown_of(observations, elsewhere) if others else observations
    causes = [event for event in Event if any(each.cause == event for each in shown)]
    return IncidenceAnswer(
        groups=tuple(_group(name, shown, causes) for name in sorted({each.group for each in shown})),
        comparisons=tuple(_comparisons(shown, causes)),
        left_out=out_of(times),
        too_small=len(observations) - len(shown),
        in_no_group=len(times.times) - len(observations),
    )


def _group(name: str, observations: Sequence[Observation], causes: Sequence[Event]) -> IncidenceGroup:
    own = [each for each in observations if each.group == name]
    found = aalen_johansen(own, [cause.value for cause in causes])
    curves = [(cause, found.incidence[cause.value]) for cause in causes]
    return IncidenceGroup(
        name=name,
        patients=len(own),
        causes=tuple(
            CauseCurve(cause, curve.events, drawn_steps(curve), milestones(curve), counts(own, cause.value))
            for cause, curve in curves
        ),
        censored=censored_days(own),
        followed_until=float(max(each.time for each in own)),
    )


def _comparisons(observations: Sequence[Observation], causes: Sequence[Event]) -> list[CauseComparison]:
    found = []
    if len({each.group for each in observations}) > 1:
        for cause in causes:
            try:
                test = gray_test(observations, cause.value)
            except (NotComparable, UnknownCause):
                continue
            found.append(CauseComparison(cause, Comparison(test.chi2, test.df, test.p)))
    return found
