"""What is to be said of the dose of a cycle, and where the rule stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain.dosing import DosingCode, DosingWarning, Severity, Source
from monitoring.domain.interactions import drugs_named
from monitoring.models.choices import Cyp3a4Choice

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: Mapping[DosingCode, "_StrPromise"] = {
    DosingCode.STRONG_INDUCER: gettext_lazy("%(drug)s: venetoclax is to be avoided beside it, whatever the dose."),
    DosingCode.STRONG_INHIBITOR_DOSE: gettext_lazy(
        "%(dose)s mg a day beside %(drug)s: at most %(limit)s mg beside a strong CYP3A4 inhibitor."
    ),
    DosingCode.POSACONAZOLE_DOSE: gettext_lazy(
        "%(dose)s mg a day beside posaconazole: the US label gives %(us)s mg, the EU label %(eu)s mg or less."
    ),
    DosingCode.MODERATE_INHIBITOR_DOSE: gettext_lazy(
        "%(dose)s mg a day beside %(drug)s: a moderate CYP3A4 or a P-gp inhibitor asks for at least half to be taken "
        "off, here %(full)s to %(limit)s mg."
    ),
    DosingCode.DRUG_CLASS_DIFFERS: gettext_lazy("%(name)s is a %(class)s of CYP3A4; another class is chosen."),
    DosingCode.DOSE_600_WITH_AZACITIDINE: gettext_lazy(
        "%(dose)s mg a day beside azacitidine: 600 mg is the dose beside low-dose cytarabine, %(limit)s mg beside "
        "azacitidine."
    ),
    DosingCode.DOSE_600_WITHOUT_CYTARABINE: gettext_lazy(
        "%(dose)s mg a day without low-dose cytarabine: 600 mg is the dose beside cytarabine only."
    ),
    DosingCode.SEVERE_LIVER_DOSE: gettext_lazy(
        "%(dose)s mg a day in Child-Pugh C: half of the dose is to be taken off, here %(full)s to %(limit)s mg."
    ),
    DosingCode.DOSE_UNUSUAL: gettext_lazy("%(dose)s mg a day is none of the usual doses (50, 70, 100, 200 to 600 mg)."),
    DosingCode.PLANNED_DAYS_UNUSUAL: gettext_lazy("%(days)s days planned: usual are 7, 14, 21 or 28."),
    DosingCode.GIVEN_DAYS_DIFFER: gettext_lazy(
        "%(typed)s days given are on record; days planned and holds give %(by_holds)s."
    ),
    DosingCode.RESUME_DOSE: gettext_lazy(
        "The inhibitor of the last cycle is gone: the dose goes up again (%(before)s to %(dose)s mg) "
        "%(from)s to %(to)s days after it was stopped, not before."
    ),
    DosingCode.CYTOPENIA_DELAY: gettext_lazy(
        "Grade 4 neutropenia or thrombocytopenia lasted %(days)s days or more in the last cycle: the label delays this "
        "one until grade %(grade)s or better."
    ),
    DosingCode.CYTOPENIA_SHORTEN: gettext_lazy(
        "Grade 4 cytopenia of %(days)s days or more has now come back (%(times)s cycles): besides the delay the label "
        "shortens venetoclax to %(shorter)s days; %(planned)s are planned."
    ),
}

CITATIONS: Mapping[Source, "_StrPromise | str"] = {
    Source.ELN_2022: "Döhner et al., ELN 2022. Blood 2022;140:1345, doi:10.1182/blood.2022016867.",
    Source.US_LABEL: gettext_lazy("Venclexta, US prescribing information, dosage modifications."),
    Source.EU_LABEL: gettext_lazy("Venclyxto, EU summary of product characteristics, section 4.2 and 4.5."),
    Source.HEPATIC_STUDY: gettext_lazy("Review of venetoclax in hepatic impairment, PMC8785772, table 2."),
    Source.FILO_2025: "Higué et al., FILO. Blood Cancer J 2025;15:141.",
    Source.TIONG_2020: "Tiong et al. Br J Haematol 2020.",
    Source.OWN: gettext_lazy("Arithmetic of this record, no guideline."),
}
NAMES: Mapping[Severity, "_StrPromise"] = {
    Severity.HARD: gettext_lazy("against the label"),
    Severity.SOFT: gettext_lazy("to be looked at"),
    Severity.HINT: gettext_lazy("what the label says next"),
}
TONES = {Severity.HARD: "overdue", Severity.SOFT: "suspected", Severity.HINT: "quiet"}
ICONS = {Severity.HARD: "correct", Severity.SOFT: "ask", Severity.HINT: "told"}


@dataclass(frozen=True, slots=True)
class DoseNote:
    """A warning in words, with its weight and where the rule stands."""

    code: str
    severity: str
    said: str
    weight: str
    tone: str
    icon: str
    citations: tuple[str, ...]


def dose_notes(warnings: Iterable[DosingWarning]) -> list[DoseNote]:
    """Return what is to be said, hard warnings first."""
    return [_note(warning) for warning in warnings]


def _note(warning: DosingWarning) -> DoseNote:
    named = drugs_named(warning.drug)
    words = {
        **{name: str(number) for name, number in warning.numbers.items()},
        "drug": warning.drug or _("the drug that is given"),
        "name": named[0].name if named else warning.drug,
        "class": _class(named[0].cyp3a4) if named else "",
    }
    said = str(SENTENCES[warning.code]) % words
    if warning.code is DosingCode.CYTOPENIA_DELAY and "now" in warning.numbers:
        said += " " + _("By the latest count it is grade %(now)s.") % {"now": warning.numbers["now"]}
    return DoseNote(
        code=warning.code.value,
        severity=warning.severity.value,
        said=said[:1].upper() + said[1:],
        weight=str(NAMES[warning.severity]),
        tone=TONES[warning.severity],
        icon=ICONS[warning.severity],
        citations=tuple(str(CITATIONS[source]) for source in warning.sources),
    )


def _class(code: str) -> str:
    if code == Cyp3a4Choice.POSACONAZOLE:
        code = Cyp3a4Choice.STRONG_INHIBITOR
    return str(Cyp3a4Choice(code).label)
