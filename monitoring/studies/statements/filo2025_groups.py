"""The groups of FILO 2025 among the patients of its synthetic cohort: transplanted or not, and how they stood last."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from monitoring.domain.cohorts.endpoints import transplanted_on
from monitoring.domain.cohorts.patient import CohortPatient, CycleGiven
from monitoring.domain.survival.durations import months_of
from monitoring.domain.survival.quartiles import Quartiles, quartiles

Rows = Sequence[CohortPatient]


class Groups:
    """All patients, and those with and without a transplant after the molecular relapse."""

    def __init__(self, rows: Rows) -> None:
        self.all = list(rows)
        self.hsct = [each for each in rows if transplanted_on(each) is not None]
        self.no_hsct = [each for each in rows if transplanted_on(each) is None]
        self.hsct_alive = [each for each in self.hsct if each.course.died_on is None]
        self.hsct_dead = [each for each in self.hsct if each.course.died_on is not None]


def relapsed(rows: Rows) -> list[CohortPatient]:
    """Return those with a haematological relapse."""
    return [each for each in rows if each.course.haematological_relapse_on is not None]


def relapsed_before_hsct(rows: Rows) -> list[CohortPatient]:
    """Return the transplanted who relapsed before the transplant."""
    return [each for each in relapsed(rows) if _relapse_on(each) < transplant_of(each)]


def never_relapsed(rows: Rows) -> list[CohortPatient]:
    """Return those without a haematological relapse."""
    return [each for each in rows if each.course.haematological_relapse_on is None]


def in_remission(rows: Rows) -> list[CohortPatient]:
    """Return those in haematological remission at last news; who died in remission is among them."""
    return [each for each in rows if each.course.in_remission_at_last_news]


def negative_at_last_news(rows: Rows) -> list[CohortPatient]:
    """Return those whose latest evaluable sample, of either tissue, was negative."""
    return [each for each in rows if _is_negative_last(each)]


def first_cycle(patient: CohortPatient) -> CycleGiven:
    """Return cycle 1."""
    return patient.course.cycles[0]


def relapse_of(patient: CohortPatient) -> date:
    """Return the date of the molecular relapse."""
    if patient.selection.failure is None:
        raise LookupError(patient.pseudonym)
    return patient.selection.failure.on


def transplant_of(patient: CohortPatient) -> date:
    """Return the day of the first transplant after the molecular relapse."""
    on = transplanted_on(patient)
    if on is None:
        raise LookupError(patient.pseudonym)
    return on


def follow_up_months(rows: Rows) -> Quartiles:
    """Return months from molecular relapse to last news, of the dead too: the way the printed quartiles are made."""
    return quartiles([months_of((_last_of(each) - relapse_of(each)).days) for each in rows])


def days_between(pairs: Iterable[tuple[date, date]]) -> Quartiles:
    """Return median and quartiles of days."""
    return quartiles([(later - earlier).days for earlier, later in pairs])


def months_between(pairs: Iterable[tuple[date, date]]) -> Quartiles:
    """Return median and quartiles of months."""
    return quartiles([Fraction(months_of((later - earlier).days)) for earlier, later in pairs])


def _relapse_on(patient: CohortPatient) -> date:
    return patient.course.haematological_relapse_on or date.max


def _last_of(patient: CohortPatient) -> date:
    return patient.course.died_on or patient.course.last_contact_on or relapse_of(patient)


def _is_negative_last(patient: CohortPatient) -> bool:
    levels = list(patient.course.last_news.values())
    if not levels:
        return False
    last_on = max(level.on for level in levels)
    return not any(level.is_detected for level in levels if level.on == last_on)
