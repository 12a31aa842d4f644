"""Tags and filters of venetoclax cycles, counts and toxicity: thin doors to monitoring.wording."""

from collections.abc import Mapping
from decimal import Decimal

from django import template

from monitoring.domain.ctcae import Lineage, LowerLimits, grade_of
from monitoring.domain.dosing import DosingWarning
from monitoring.domain.toxicity_table import ToxicityRow
from monitoring.models.choices import ChildPughChoice
from monitoring.queries.cycle_responses import CourseOfCycles, CycleRow
from monitoring.queries.cycle_toxicity import FebrileTold
from monitoring.queries.cycles_on_record import Hold, Toxicity, Transfused
from monitoring.wording import cycle_words, dates, dosing_words, toxicity_words
from monitoring.wording.states import word

register = template.Library()

register.filter("count_value", toxicity_words.count_words)
register.filter("interval_said", toxicity_words.interval_words)


@register.filter
def dose_notes(warnings: tuple[DosingWarning, ...]) -> list[dosing_words.DoseNote]:
    """List what the labels say of a dose."""
    return dosing_words.dose_notes(warnings)


@register.filter
def nadir(row: CycleRow, lineage: str) -> str:
    """Write the lowest count of a cycle with its grade: `0.4 (G4, 6 d)`."""
    return toxicity_words.nadir_words(row.told.lineages.get(Lineage(lineage)))


@register.filter
def recovery(row: CycleRow, lineage: str) -> str:
    """Write when the lowest was, and since when it was better."""
    return toxicity_words.recovery_words(row.told.lineages.get(Lineage(lineage)), row.facts.starts_on)


@register.filter
def hold_said(hold: Hold) -> str:
    """Write a hold or a reduction."""
    return cycle_words.hold_words(hold.kind, hold.starts_on, hold.ends_on, hold.dose_mg, hold.because)


@register.filter
def toxicity_said(event: Toxicity) -> str:
    """Write an adverse event with its grade and days."""
    name = toxicity_words.event_name(event.kind, event.term)
    return cycle_words.toxicity_words(name, event.grade, event.starts_on, event.ends_on)


@register.filter
def transfused_said(given: Transfused) -> str:
    """Write what was transfused on a day."""
    return f"{cycle_words.transfusion_words({given.product: given.units})}, {dates.short_day(given.given_on)}"


@register.filter
def liver_said(code: str) -> str:
    """Write hepatic function; empty where it is not on record or normal."""
    return str(ChildPughChoice(code).label) if code in {"A", "B", "C"} else ""


@register.filter
def table_lines(rows: tuple[ToxicityRow, ...]) -> list[toxicity_words.TableLine]:
    """List the rows of the table of toxicity."""
    return toxicity_words.table_lines(rows)


@register.simple_tag
def count_grade(lineage: str, value: Decimal | None, limits: LowerLimits) -> str:
    """Write the grade of a count: `G4`; empty where nothing was measured."""
    return "" if value is None else toxicity_words.grade_words(grade_of(Lineage(lineage), value, limits))


@register.filter
def febrile_said(febrile: Mapping[int, FebrileTold], event_id: int) -> str:
    """Write what count and temperature say of a febrile neutropenia; empty for any other event."""
    told = febrile.get(event_id)
    if told is None:
        return ""
    return toxicity_words.febrile_words(told.criterion, told.agreement, told.neutrophils, told.temperature_c)


@register.filter
def best_said(course: CourseOfCycles, tissue: str) -> str:
    """Write the best response of a tissue with the cycle and the days to it; empty where none was evaluated."""
    best = course.best.get(tissue)
    if best is None or best.cycle is None or best.days is None:
        return ""
    return cycle_words.best_words(str(word("response", best.response.value).words), best.cycle, best.days)
