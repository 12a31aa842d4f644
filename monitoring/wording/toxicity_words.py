"""Counts, grades, adverse events and what follows from them, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitoring.domain.ctcae import FebrileCriterion, Grade, GradeAgreement, Lineage
from monitoring.domain.toxicity import LineageToxicity, Spell
from monitoring.domain.toxicity_table import Durations, ToxicityCode, ToxicityRow
from monitoring.domain.treatment_free import IntervalEnd, TreatmentFreeInterval
from monitoring.models.choices import AdverseEventChoice
from monitoring.wording import dates, numbers
from monitoring.wording.numbers import NO_BREAK_SPACE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LINEAGES: Mapping[Lineage, "_StrPromise"] = {
    Lineage.NEUTROPHILS: gettext_lazy("neutrophils"),
    Lineage.PLATELETS: gettext_lazy("platelets"),
    Lineage.HAEMOGLOBIN: gettext_lazy("haemoglobin"),
}
UNITS: Mapping[Lineage, str] = {
    Lineage.NEUTROPHILS: "× 10⁹/L",
    Lineage.PLATELETS: "× 10⁹/L",
    Lineage.HAEMOGLOBIN: "g/dL",
}
ROWS: Mapping[ToxicityCode, "_StrPromise"] = {
    ToxicityCode.NEUTROPENIA_3_4: gettext_lazy("Neutropenia, grade 3 or 4"),
    ToxicityCode.NEUTROPENIA_4: gettext_lazy("Neutropenia, grade 4"),
    ToxicityCode.THROMBOCYTOPENIA_3_4: gettext_lazy("Thrombocytopenia, grade 3 or 4"),
    ToxicityCode.THROMBOCYTOPENIA_4: gettext_lazy("Thrombocytopenia, grade 4"),
    ToxicityCode.ANAEMIA_3: gettext_lazy("Anaemia, grade 3"),
    ToxicityCode.FEBRILE_NEUTROPENIA: gettext_lazy("Febrile neutropenia"),
    ToxicityCode.INFECTION_3: gettext_lazy("Infection, grade 3 or more"),
    ToxicityCode.NON_HAEMATOLOGICAL_3: gettext_lazy("Other than blood counts, grade 3 or more"),
    ToxicityCode.RED_CELLS: gettext_lazy("Red cells transfused"),
    ToxicityCode.PLATELETS: gettext_lazy("Platelets transfused"),
    ToxicityCode.DOSE_REDUCED: gettext_lazy("Dose reduced"),
    ToxicityCode.HELD: gettext_lazy("Venetoclax held"),
    ToxicityCode.ADMITTED: gettext_lazy("Given in hospital"),
}
ENDS: Mapping[IntervalEnd, "_StrPromise"] = {
    IntervalEnd.NEXT_TREATMENT: gettext_lazy("until the next treatment, %(day)s"),
    IntervalEnd.MOLECULAR_RELAPSE: gettext_lazy("until molecular relapse, %(day)s"),
    IntervalEnd.HAEMATOLOGICAL_RELAPSE: gettext_lazy("until haematological relapse, %(day)s"),
    IntervalEnd.DEATH: gettext_lazy("until death, %(day)s"),
    IntervalEnd.ONGOING: gettext_lazy("and going on when last seen, %(day)s"),
}
# the terms of CTCAE 5.0 that are written where only a kind was chosen
CTCAE_TERMS: Mapping[str, str] = {
    AdverseEventChoice.FEBRILE_NEUTROPENIA: "Febrile neutropenia",
    AdverseEventChoice.INFECTION: "Infection",
    AdverseEventChoice.TUMOUR_LYSIS: "Tumor lysis syndrome",
    AdverseEventChoice.NAUSEA: "Nausea or vomiting",
    AdverseEventChoice.DIARRHOEA: "Diarrhea",
    AdverseEventChoice.BLEEDING: "Bleeding",
    AdverseEventChoice.LIVER: "Liver enzymes or bilirubin increased",
}
COUNTED_UNITS = {ToxicityCode.RED_CELLS, ToxicityCode.PLATELETS}


@dataclass(frozen=True, slots=True)
class TableLine:
    """One row of the table of toxicity in words."""

    name: str
    affected: str
    pct: str
    detail: str


def count_words(value: Decimal | None) -> str:
    """Return a count as it was measured, every digit; a dash where it was not."""
    return "–" if value is None else numbers.exact(value)


def grade_words(grade: Grade | int) -> str:
    """Return `G4`; grade 0 is within normal limits."""
    return _("normal") if grade == Grade.NONE else f"G{int(grade)}"


def spell_words(spell: Spell) -> str:
    """Return `6 d`, or `at least 6 d` where beginning or end was not seen."""
    days = ngettext("%(count)s d", "%(count)s d", spell.days) % {"count": spell.days}
    days = days.replace(" ", NO_BREAK_SPACE)
    return _("at least %(days)s") % {"days": days} if spell.is_at_least else days


def nadir_words(told: LineageToxicity | None) -> str:
    """Return `0.4 (G4, 6 d)`; a dash where nothing was counted in the cycle."""
    if told is None:
        return "–"
    parts = [grade_words(told.grade)]
    if told.grade_4 is not None:
        parts.append(spell_words(told.grade_4))
    elif told.carried_over and told.grade is Grade.LIFE_THREATENING:
        parts.append(_("since the cycle before"))
    return f"{count_words(told.nadir)} ({', '.join(parts)})"


def recovery_words(told: LineageToxicity | None, day_1: date) -> str:
    """Return on which day of the cycle the lowest was, and from which on it was grade 2 or better."""
    if told is None or told.grade <= Grade.MODERATE:
        return ""
    nadir = _("day %(day)s") % {"day": (told.nadir_on - day_1).days + 1}
    if told.recovered_on is None:
        return _("%(nadir)s; no count shows grade 2 again") % {"nadir": nadir}
    return _("%(nadir)s; grade 2 from day %(day)s") % {"nadir": nadir, "day": (told.recovered_on - day_1).days + 1}


def event_name(kind: str, term: str) -> str:
    """Return what an adverse event is called: its kind, with its term where that says more."""
    own = term.strip()
    label = str(AdverseEventChoice(kind).label)
    if not kind:
        return own
    return label if own in ("", CTCAE_TERMS[kind]) else f"{label}: {own}"


def febrile_words(
    criterion: FebrileCriterion, agreement: GradeAgreement, neutrophils: Decimal | None, temperature_c: Decimal | None
) -> str:
    """Return what count and temperature say of a febrile neutropenia with the grade that was typed."""
    facts = []
    if temperature_c is not None:
        facts.append(f"{numbers.exact(temperature_c)}{NO_BREAK_SPACE}°C")
    if neutrophils is not None:
        facts.append(_("neutrophils %(value)s") % {"value": numbers.exact(neutrophils)})
    told = ", ".join(facts)
    if criterion is FebrileCriterion.NOT_KNOWN:
        missing = _("temperature or count is missing: the grade cannot be computed")
        return f"{told}; {missing}" if told else missing
    if agreement is GradeAgreement.CRITERION_NOT_MET:
        return _("%(facts)s: no febrile neutropenia by CTCAE 5.0 (below 1.0, above 38.3 °C or 38.0 °C for an hour)") % {
            "facts": told
        }
    if agreement is GradeAgreement.TOO_LOW:
        return _("%(facts)s: at least grade 3 by CTCAE 5.0") % {"facts": told}
    return told


def table_lines(rows: tuple[ToxicityRow, ...]) -> list[TableLine]:
    """Return the rows of the table; one of which nothing is known says so."""
    return [_line(row) for row in rows]


def interval_words(interval: TreatmentFreeInterval) -> str:
    """Return `95 days without treatment after 24 May 2026, until the next treatment, 27 Aug 2026`."""
    days = ngettext("%(count)s day", "%(count)s days", interval.days) % {"count": interval.days}
    ended = str(ENDS[interval.end]) % {"day": dates.day(interval.until_on)}
    return _("%(days)s without treatment after %(day)s, %(ended)s") % {
        "days": days,
        "day": dates.day(interval.from_on),
        "ended": ended,
    }


def _line(row: ToxicityRow) -> TableLine:
    if row.of == 0:
        return TableLine(str(ROWS[row.code]), "–", "", _("not counted") if row.total is None else "")
    detail = []
    if row.durations is not None:
        detail.append(_durations(row.durations))
    if row.total:
        detail.append(_total(row.code, row.total))
    affected = _("%(count)s of %(of)s") % {"count": row.affected, "of": row.of}
    return TableLine(
        str(ROWS[row.code]), affected, f"{numbers.exact(row.pct)}{numbers.marks().before_percent}%", ", ".join(detail)
    )


def _durations(told: Durations) -> str:
    words = {"median": numbers.exact(told.median), "q1": numbers.exact(told.q1), "q3": numbers.exact(told.q3)}
    if told.n == 1:
        said = ngettext("%(count)s day", "%(count)s days", int(told.median)) % {"count": words["median"]}
    else:
        said = _("median %(median)s days (quartiles %(q1)s to %(q3)s)") % words
    return _("at least %(days)s") % {"days": said} if told.is_at_least else said


def _total(code: ToxicityCode, total: int) -> str:
    if code in COUNTED_UNITS:
        return ngettext("%(count)s unit", "%(count)s units", total) % {"count": total}
    return ngettext("%(count)s time", "%(count)s times", total) % {"count": total}
