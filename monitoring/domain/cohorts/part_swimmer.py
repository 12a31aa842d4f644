"""The swimmer part: one lane a patient, from the origin to the last news. Source: docs/methods/cohorts.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitoring.domain.cohorts.endpoints import Origin, origin_of
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.terms import CycleResponse

MOST_LANES = 200  # more cannot be told apart on a page; the longest followed are drawn, and how many there are is told
LAST_SEEN_LONG_AGO = 60  # days before the latest news of the cohort; mark of a lane that ends


@dataclass(frozen=True, slots=True)
class LaneCycle:
    """Venetoclax from a day for so many days; as long as the cycle where the days were not recorded."""

    from_day: int
    days: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One patient; days from the origin, None where it never came. `is_long_ago`: no news for LAST_SEEN_LONG_AGO."""

    series_id: int
    pseudonym: str
    until_day: int
    cycles: tuple[LaneCycle, ...]
    transplants: tuple[int, ...]
    negativity_day: int | None
    reduction_day: int | None
    second_relapse_day: int | None
    haematological_relapse_day: int | None
    died: bool
    is_long_ago: bool


@dataclass(frozen=True, slots=True)
class SwimmerAnswer:
    """The lanes, the longest first; how many patients have the origin, and how many have not."""

    lanes: tuple[Lane, ...]
    patients: int
    without_origin: int


def swimmer_answer(patients: Sequence[CohortPatient], origin: Origin) -> SwimmerAnswer:
    """Return the lanes of a cohort from an origin."""
    begun = [(patient, on) for patient in patients if (on := origin_of(patient, origin)) is not None]
    news = max((last for patient, _ in begun if (last := _last_on(patient))), default=None)
    lanes = [_lane(patient, on, news) for patient, on in begun]
    ranked = sorted(lanes, key=lambda lane: (-lane.until_day, lane.pseudonym))
    return SwimmerAnswer(tuple(ranked[:MOST_LANES]), len(begun), len(patients) - len(begun))


def _last_on(patient: CohortPatient) -> date | None:
    course = patient.course
    known = [course.died_on] if course.died_on else [course.last_contact_on, course.last_assessment_on]
    return max((on for on in known if on is not None), default=None)


def _lane(patient: CohortPatient, origin_on: date, news: date | None) -> Lane:
    course, last_on = patient.course, _last_on(patient) or origin_on

    def day(on: date | None) -> int | None:
        return None if on is None else (on - origin_on).days

    return Lane(
        series_id=patient.series_id,
        pseudonym=patient.pseudonym,
        until_day=max(0, (last_on - origin_on).days),
        cycles=tuple(
            LaneCycle(
                (cycle.starts_on - origin_on).days, cycle.given_days or (cycle.ends_on - cycle.starts_on).days + 1
            )
            for cycle in course.cycles
        ),
        transplants=tuple((each.on - origin_on).days for each in course.transplants if each.on >= origin_on),
        negativity_day=day(_first(patient, CycleResponse.NEGATIVITY)),
        reduction_day=day(_first(patient, CycleResponse.REDUCTION)),
        second_relapse_day=day(course.second_molecular_relapse_on),
        haematological_relapse_day=day(course.haematological_relapse_on),
        died=course.died_on is not None,
        is_long_ago=course.died_on is None and news is not None and (news - last_on).days > LAST_SEEN_LONG_AGO,
    )


def _first(patient: CohortPatient, response: CycleResponse) -> date | None:
    found = (each.on for each in patient.course.responses if each.response is response and each.on is not None)
    return min(found, default=None)
