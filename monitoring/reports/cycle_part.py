"""The venetoclax cycles of one marker for the sheet: as given, what happened, how marrow and blood responded."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.ctcae import Lineage
from monitoring.domain.terms import Tissue
from monitoring.queries.cycle_responses import CourseOfCycles as Course
from monitoring.queries.cycle_responses import CycleRow
from monitoring.queries.cycles_on_record import CycleFacts, Toxicity
from monitoring.reports.sheet import CourseOfCycles, CycleLine, ResponseCell
from monitoring.reports.verdict_part import said
from monitoring.wording import cycle_words, dates, numbers, states, timeline_words, toxicity_words


def courses(found: tuple[Course, ...], as_of: date) -> list[CourseOfCycles]:
    """Return the courses with cycles, latest first."""
    return [CourseOfCycles(_caption(course), [_line(row, as_of) for row in course.cycles]) for course in found]


def _caption(course: Course) -> str:
    parts = [course.line.regimen]
    if course.episode:
        parts[0] += ", " + _("for relapse %(number)s") % {"number": course.episode.number}
    if course.references:
        told = (
            f"{states.word('tissue', code).words} {numbers.pct(value)}" for code, value in course.references.items()
        )
        parts.append(_("response against the last value before C1:") + " " + ", ".join(told))
    if course.line.ends_on:
        ended = _("ended %(day)s") % {"day": dates.day(course.line.ends_on)}
        parts.append(", ".join(filter(None, (ended, course.line.stopped_because))))
    return "; ".join(parts)


def _references(course: Course) -> str:
    told = ((states.word("tissue", tissue).words, numbers.pct(value)) for tissue, value in course.references.items())
    return ", ".join(f"{tissue} {level}" for tissue, level in told)


def _line(row: CycleRow, as_of: date) -> CycleLine:
    cycle = row.facts
    late = ngettext("%(n)s day late", "%(n)s days late", row.days_late) % {"n": row.days_late} if row.days_late else ""
    partner = cycle_words.partner_words(cycle.partner_drug, cycle.partner_dose_mg_m2, cycle.partner_days)
    inhibitor = cycle_words.inhibitor_words(cycle.cyp3a4, cycle.cyp3a4_drug) if cycle.cyp3a4 else ""
    return CycleLine(
        name=f"C{cycle.number}",
        day_1=dates.day(cycle.starts_on),
        late=late,
        dose="–" if cycle.dose_mg is None else str(cycle.dose_mg),
        days=cycle_words.given_words(cycle.given_days, cycle.planned_days),
        given_with="; ".join(filter(None, (partner, inhibitor))),
        happened=[*_counted(row), *_happened(cycle)],
        marrow=_response(row, Tissue.BONE_MARROW, as_of),
        blood=_response(row, Tissue.PERIPHERAL_BLOOD, as_of),
    )


def _counted(row: CycleRow) -> list[str]:
    """The lowest neutrophils and platelets of the cycle with their grade, where they were counted."""
    sentences = {
        Lineage.NEUTROPHILS: _("neutrophils, lowest in 10⁹/L: %(count)s"),
        Lineage.PLATELETS: _("platelets, lowest in 10⁹/L: %(count)s"),
    }
    counted = ((sentence, row.told.lineages.get(lineage)) for lineage, sentence in sentences.items())
    return [sentence % {"count": toxicity_words.nadir_words(told)} for sentence, told in counted if told is not None]


def _happened(cycle: CycleFacts) -> list[str]:
    """Holds, adverse events, transfusions, G-CSF, and why it was stopped; how it was begun stands on the page."""
    told = [
        cycle_words.hold_words(one.kind, one.starts_on, one.ends_on, one.dose_mg, one.because) for one in cycle.holds
    ]
    told += [_toxicity(one) for one in cycle.toxicities]
    told += filter(None, [cycle_words.transfusion_words(cycle.units_by_product or {})])
    told += cycle_words.circumstances(ramp_up=None, tls_prophylaxis=None, g_csf=cycle.g_csf, setting="")
    if cycle.stopped_because:
        told.append(_("stopped: %(why)s") % {"why": cycle.stopped_because})
    if cycle.constructed:
        told.append(timeline_words.constructed_words(cycle.constructed))
    return told


def _toxicity(event: Toxicity) -> str:
    name = toxicity_words.event_name(event.kind, event.term)
    return cycle_words.toxicity_words(name, event.grade, event.starts_on, event.ends_on)


def _response(row: CycleRow, tissue: Tissue, as_of: date) -> ResponseCell | None:
    response = row.responses.get(tissue.value)
    if response is None:
        return None
    word = states.word("response", response.response)
    words = str(word.words)
    if response.is_minor_response:
        words += ", " + _("minor: 1 to 2 log")
    detail = cycle_words.response_detail(response, row.decided_by.get(tissue.value), as_of)
    return ResponseCell(said(words, word), "" if detail == _("no evaluable sample") else detail)
