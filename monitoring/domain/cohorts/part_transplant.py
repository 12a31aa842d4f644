"""The transplant part: transplanted against not transplanted, without immortal time, or naively with its warning.

Source: A6; docs/methods/transplant_comparison.md.
"""

from collections.abc import Sequence
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
from monitoring.domain.cohorts.endpoints import EndpointTimes, endpoint_times, transplanted_on
from monitoring.domain.cohorts.part_survival import Comparison, LeftOut, compared, out_of
from monitoring.domain.cohorts.parts import Comparison as Way
from monitoring.domain.cohorts.parts import NotAQuestion, PartQuestion
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.survival.exposures import (
    EXPOSURE_GROUPS,
    ExposedPatient,
    landmark_by_exposure,
    person_time,
    under_observation_after,
)
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.landmark import NobodyAtLandmark
from monitoring.domain.survival.naive_split import SplitWarning
from monitoring.domain.survival.observations import Observation
from monitoring.domain.survival.quantiles import quantile


@dataclass(frozen=True, slots=True)
class ExposureCurve:
    """One of the two curves; days from the origin, or from the landmark."""

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
class TransplantAnswer:
    """Both curves and the test between them; `left_before`: who had the event or was lost before the landmark.

    `warning` stands wherever the split looks into the future.
    """

    curves: tuple[ExposureCurve, ...]
    comparison: Comparison | None
    transplanted: int
    left_before: int
    left_out: tuple[LeftOut, ...]
    too_small: bool
    warning: SplitWarning | None


def transplant_answer(
    patients: Sequence[CohortPatient], question: PartQuestion, others: frozenset[int] = frozenset()
) -> TransplantAnswer:
    """Return the survival of transplanted and not transplanted patients in the way that was asked for.

    `others`: the series of other centres; where one of the groups has too few of them, no curve is shown.
    """
    endpoint, origin, way = question.endpoint, question.origin, question.comparison
    if endpoint is None or origin is None or way is None:
        raise NotAQuestion("endpoint")
    times = endpoint_times(patients, endpoint, origin)
    exposed = _exposed(times, patients)
    observations, left_before = _ways(exposed, way, question.landmark_days or 0)
    groups = [[each for each in observations if each.group == name] for name in EXPOSURE_GROUPS]
    too_small = bool(others) and _too_small(observations, _of_others(times, patients, others, question))
    return TransplantAnswer(
        curves=() if too_small else tuple(_curve(group) for group in groups if group),
        comparison=None if too_small else compared(observations) if all(groups) else None,
        transplanted=sum(each.exposed_at is not None for each in exposed),
        left_before=left_before,
        left_out=out_of(times),
        too_small=too_small,
        warning=SplitWarning.IMMORTAL_TIME if way is Way.NAIVE else None,
    )


def _of_others(
    times: EndpointTimes, patients: Sequence[CohortPatient], others: frozenset[int], question: PartQuestion
) -> Sequence[Observation]:
    exposed = _exposed(times, pooling.of_others(patients, others))
    return _ways(exposed, question.comparison, question.landmark_days or 0)[0] if question.comparison else ()


def _too_small(observations: Sequence[Observation], of_others: Sequence[Observation]) -> bool:
    return not {each.group for each in observations} <= pooling.large_enough(each.group for each in of_others)


def _exposed(times: EndpointTimes, patients: Sequence[CohortPatient]) -> list[ExposedPatient]:
    transplants = {patient.series_id: transplanted_on(patient) for patient in patients}
    found = []
    for time in times.times:
        if time.series_id not in transplants:
            continue
        on = transplants[time.series_id]
        at = None if on is None or on > time.until_on else max(0, (on - time.origin_on).days)
        found.append(ExposedPatient(Observation(time.days, time.event), at))
    return found


def _ways(exposed: Sequence[ExposedPatient], way: Way, landmark_days: int) -> tuple[list[Observation], int]:
    """The observations of both groups, and how many left before the landmark."""
    if way is Way.LANDMARK:
        try:
            cohort = landmark_by_exposure(exposed, landmark_days)
        except NobodyAtLandmark:
            return [], len(exposed)
        return list(cohort.observations), cohort.left_before
    if way is Way.SIMON_MAKUCH:
        stretches = person_time(exposed)
        if not landmark_days:
            return stretches, 0
        return under_observation_after(stretches, landmark_days), sum(
            each.observation.time <= landmark_days for each in exposed
        )
    naive = [
        Observation(each.observation.time, each.observation.cause, EXPOSURE_GROUPS[each.exposed_at is not None])
        for each in exposed
    ]
    return naive, 0


def _curve(observations: Sequence[Observation]) -> ExposureCurve:
    curve = kaplan_meier(observations)
    return ExposureCurve(
        name=observations[0].group,
        patients=curve.patients,
        events=curve.events,
        steps=drawn_steps(curve),
        censored=censored_days(observations),
        followed_until=float(curve.followed_until),
        milestones=milestones(curve),
        counts=counts(observations),
        median=day_reached(quantile(curve)),
    )
