"""Which due sample is which: a name that stays when its date moves, so that a calendar moves the entry it has.

What runs from an event is named by the event's place among its kind, what runs from the last sample by how many samples
came before it. Dates and the numbers of results take no part: a corrected day or an amended result keeps the name.
"""

from dataclasses import dataclass
from datetime import datetime

from monitoring.domain.due_samples import DueSample, ScheduleRule, is_evaluable
from monitoring.domain.series import Series
from monitoring.domain.terms import Tissue
from monitoring.domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Named:
    """What the name of a due sample rests on: the series, its verdict, how many pre-emptive courses have begun."""

    series: Series
    verdict: Verdict
    courses: int


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One due sample of one series: `key` names it, `revision` and `changed_at` tell when it was last moved."""

    series_id: int
    pseudonym: str
    marker: str
    mutation_type: str
    key: str
    revision: int
    changed_at: datetime
    due: DueSample


def due_key(due: DueSample, named: Named) -> str:
    """Return the name of a due sample within its series: letters, digits and dashes."""
    return "-".join([due.rule.value, *(str(part) for part in _parts(due, named))])


def _parts(due: DueSample, named: Named) -> tuple[object, ...]:
    tissue = due.tissues[0].value
    match due.rule:
        case ScheduleRule.CONFIRM_SUSPECTED_RELAPSE:
            return tissue, _suspicions(named.verdict, due.tissues[0])
        case ScheduleRule.AFTER_VENETOCLAX_CYCLE:
            return named.courses, due.number, tissue
        case ScheduleRule.BEFORE_HSCT:
            return named.courses, tissue
        case ScheduleRule.AFTER_HSCT if due.number is not None:
            return len(named.series.course_starts), due.number
        case ScheduleRule.FOLLOW_UP | ScheduleRule.AFTER_HSCT:
            return len(named.series.course_starts), named.courses, _taken(due, named.series)
        case _:
            return ()


def _suspicions(verdict: Verdict, tissue: Tissue) -> int:
    """How many candidates and episodes of a tissue there have been, the open one included."""
    return sum(1 for episode in verdict.episodes if episode.tissue is tissue)


def _taken(due: DueSample, series: Series) -> int:
    """How many samples that can satisfy a due date there have been."""
    return sum(1 for result in series.results if result.tissue in due.tissues and is_evaluable(result))
