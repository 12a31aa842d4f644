"""The phases of a patient's way, each with a sampling rule of its own: the latest begun is in force.

Source: docs/methods/schedule.md (A7).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from monitoring.domain.series import CourseBegin
from monitoring.domain.terms import CourseStart
from monitoring.domain.treatment import Cycle, PreemptiveTreatment

ONE_DAY = timedelta(days=1)


class PhaseKind(StrEnum):
    """What governs the sampling; of phases that begin on one day the last named wins."""

    WITHOUT_END_OF_TREATMENT = "WITHOUT_END_OF_TREATMENT"
    FOLLOW_UP = "FOLLOW_UP"
    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE"
    AFTER_HSCT = "AFTER_HSCT"
    VENETOCLAX = "VENETOCLAX"


_ORDER = {kind: place for place, kind in enumerate(PhaseKind)}
_OF_COURSE = {
    CourseStart.HSCT: PhaseKind.AFTER_HSCT,
    CourseStart.HAEMATOLOGICAL_RELAPSE: PhaseKind.HAEMATOLOGICAL_RELAPSE,
}


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase from `began_on` to `ended_on`, both included; samples from `counts_from` to `counts_until` count."""

    kind: PhaseKind
    began_on: date
    counts_from: date
    ended_on: date = date.max
    counts_until: date = date.max
    treatment: PreemptiveTreatment | None = None


def phases_of(
    end_of_treatment: date | None,
    treatments: Sequence[PreemptiveTreatment],
    course_starts: Sequence[CourseBegin],
    as_of: date,
    end_of_treatment_opens_before_days: int,
) -> tuple[Phase, ...]:
    """Return the phases begun by `as_of`, in their order, each ending where the next begins."""
    courses = [Phase(_OF_COURSE[begin.kind], begin.on, begin.on) for begin in course_starts]
    on_treatment = [phase for treatment in treatments for phase in _phases_of_treatment(treatment, as_of)]
    begun = [phase for phase in (*courses, *on_treatment) if phase.began_on <= as_of]
    first = _first_phase(end_of_treatment, begun, as_of, end_of_treatment_opens_before_days)
    ordered = sorted([*first, *begun], key=lambda phase: (phase.began_on, _ORDER[phase.kind]))
    in_force = [phase for place, phase in enumerate(ordered) if not _resumes_too_late(phase, ordered[:place])]
    return tuple(_ended(in_force))


def over_on(treatment: PreemptiveTreatment) -> date:
    """Return the last day on which a pre-emptive treatment governs: its last response window closes."""
    last_cycle = treatment.cycles[-1] if treatment.cycles else Cycle(1, treatment.started_on)
    return treatment.window_of(last_cycle)[1]


def _first_phase(
    end_of_treatment: date | None, begun: Sequence[Phase], as_of: date, opens_before_days: int
) -> tuple[Phase, ...]:
    """Follow-up from the end of first-line treatment on, unless something else had begun by then."""
    if end_of_treatment is None:
        return (Phase(PhaseKind.WITHOUT_END_OF_TREATMENT, date.min, date.min),)
    if end_of_treatment > as_of or any(phase.began_on < end_of_treatment for phase in begun):
        return ()
    counts_from = end_of_treatment - timedelta(days=opens_before_days)
    return (Phase(PhaseKind.FOLLOW_UP, end_of_treatment, counts_from),)


def _phases_of_treatment(treatment: PreemptiveTreatment, as_of: date) -> list[Phase]:
    on_it = Phase(PhaseKind.VENETOCLAX, treatment.started_on, treatment.started_on, treatment=treatment)
    after = over_on(treatment)
    if after >= as_of:
        return [on_it]
    return [on_it, Phase(PhaseKind.FOLLOW_UP, after + ONE_DAY, treatment.started_on, treatment=treatment)]


def _resumes_too_late(phase: Phase, before: Sequence[Phase]) -> bool:
    """Follow-up after a treatment does not resume where something else had begun meanwhile."""
    if phase.kind is not PhaseKind.FOLLOW_UP or phase.treatment is None:
        return False
    return any(other.began_on > phase.treatment.started_on for other in before)


def _ended(phases: Sequence[Phase]) -> list[Phase]:
    """A sample of the first day of treatment was taken before it; one of the first day of a course is in it."""
    if not phases:
        return []
    return [_ended_by(phase, later) for phase, later in pairwise(phases)] + [phases[-1]]


def _ended_by(phase: Phase, later: Phase) -> Phase:
    the_day_before = later.began_on - ONE_DAY
    counts_until = later.began_on if later.kind is PhaseKind.VENETOCLAX else the_day_before
    return replace(phase, ended_on=the_day_before, counts_until=counts_until)
