"""The data dictionary in words: label and meaning of each column of the analysis set."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.domain.cohorts.analysis_column import Column, ColumnType

Told = tuple[Promise, Promise]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the dictionary."""

    name: str
    label: str
    kind: str
    unit: str
    meaning: str
    codes: str
    source: str


KINDS: Mapping[ColumnType, Promise] = {
    ColumnType.TEXT: pgettext_lazy("type of a column", "text"),
    ColumnType.WHOLE: pgettext_lazy("type of a column", "whole number"),
    ColumnType.EXACT: pgettext_lazy("type of a column", "decimal number"),
    ColumnType.REAL: pgettext_lazy("type of a column", "estimate"),
    ColumnType.DAY: pgettext_lazy("type of a column", "date"),
    ColumnType.FLAG: pgettext_lazy("type of a column", "0 or 1"),
}
TISSUES: Mapping[str, Promise] = {
    "blood": pgettext_lazy("column", "blood"), "marrow": pgettext_lazy("column", "marrow"),
}  # fmt: skip
NAMES: Mapping[str, Promise] = {
    "OS": _("overall survival"),
    "RFS": _("relapse-free survival"),
    "RFS_MRD": _("RFS_MRD, relapse-free survival with a second molecular relapse as event"),
    "RFS_ANY_MOLECULAR": _("relapse-free survival with any molecular relapse as event"),
    "TREATMENT_FREE": _("treatment-free survival"),
}
WORDS: Mapping[str, Told] = {
    "number": (_("Running number"), _("Number within this file, in the order of its values: it tells no patient.")),
    "pseudonym": (_("Pseudonym"), _("The patient’s pseudonym in this product.")),
    "centre": (_("Centre"), _("Code of the home centre.")),
    "marker": (_("Marker"), _("The transcript that is followed; one row is one patient and one marker.")),
    "ruleset": (_("Rule set"), _("The rule set by which failure, relapse and best response are judged.")),
    "is_synthetic": (_("Synthetic"), _("1: an invented patient.")),
    "sex": (_("Sex"), _("As recorded.")),
    "age_at_failure": (
        _("Age at failure"),
        _("Whole years on day 0: the molecular failure, else the start of treatment, else the diagnosis."),
    ),
    "eln_risk": (_("ELN risk"), _("Risk group of the first disease on record, as recorded.")),
    "genes_at_diagnosis": (_("Mutations at diagnosis"), _("Genes mutated at diagnosis, with semicolons between.")),
    "signalling": (
        _("Signalling mutation"),
        _("FLT3-ITD, NRAS or KRAS at diagnosis; of NPM1 patients only, empty for others."),
    ),
    "first_line_response": (
        _("Best response to first line"), _("CR_MRD, CR_MRD_LL, neither reached, or not evaluated."),
    ),
    "first_line_regimens": (_("First-line regimens"), _("As recorded, with semicolons between.")),
    "failure_kind": (
        _("Kind of failure"),
        _("Molecular failure that was treated pre-emptively, else the first one; NOT_KNOWN where there was none."),
    ),
    "failure_status": (_("Status of the failure"), _("Status of the episode; empty for persistence.")),
    "doubling_days": (_("Doubling time"), _("Doubling time of the transcript in the failure’s rise.")),
    "regimen_kind": (_("Regimen, kind"), _("Told by the partner drug of cycle 1.")),
    "regimen": (_("Regimen"), _("The pre-emptive treatment of the failure.")),
    "other_treatments": (
        _("Other treatments"), _("Pre-emptive or salvage lines before this treatment, or instead of it."),
    ),
    "cycles": (_("Cycles"), _("Number of cycles on record.")),
    "VEN_DAYS": (_("Venetoclax days, cycle %(cycle)s"), _("Days on which venetoclax was given; empty: not recorded.")),
    "comparable_by_days": (
        _("Comparable by days"), _("1: venetoclax days did not change class (14 or fewer, more) between C1 and C2."),
    ),
    "RESPONSE_CYCLE": (
        _("Response in %(tissue)s after cycle %(cycle)s"), _("Against the last value before cycle 1 day 1."),
    ),
    "RESPONSE_C1_C2": (
        _("Response in %(tissue)s after C1 ± C2"),
        _("The later of cycle 1 and 2 that was evaluated; NOT_EVALUATED is in no percentage."),
    ),
    "REFERENCE": (_("Reference in %(tissue)s"), _("The level before treatment against which the response is judged.")),
    "LOG10_REDUCTION": (
        _("log10 reduction in %(tissue)s"),
        _("Fall from the reference to the sample after C1 ± C2; below 0 is a rise. Undetected: to its limit."),
    ),
    "AT_LEAST": (
        _("log10 reduction in %(tissue)s is a lower bound"), _("1: undetected, the true fall is at least this."),
    ),
    "BEST": (_("Best response in %(tissue)s"), _("Best response over all cycles.")),
    "BEST_DAYS": (_("Days to best response in %(tissue)s"), _("From the start of treatment to its first sample.")),
    "BEFORE_HSCT": (
        _("Response in %(tissue)s before transplant"), _("The latest evaluable sample before conditioning."),
    ),
    "hsct_days_from_origin": (
        _("HSCT, days from origin"), _("From the origin of the endpoints to the first transplant after the failure."),
    ),
    "not_transplanted_because": (_("Not transplanted because"), _("As recorded.")),
    "in_remission_at_last_news": (
        _("In remission at last news"), _("1: haematological remission; empty: unknown."),
    ),
    "death_cause": (_("Cause of death"), _("As recorded.")),
    "diagnosed_on": (_("Diagnosis"), _("Date of diagnosis.")),
    "first_remission_on": (_("First remission"), _("First haematological remission on record.")),
    "failure_on": (_("Molecular failure"), _("Date of the first sample that shows it.")),
    "failure_confirmed_on": (_("Failure confirmed"), _("Date of the sample that confirms it.")),
    "c1_on": (_("Start of treatment"), _("Cycle 1 day 1, or the start of the pre-emptive line.")),
    "treatment_ended_on": (_("End of treatment"), _("Last day of venetoclax, else the end of the line.")),
    "next_treatment_on": (_("Next treatment"), _("Conditioning, or the next line.")),
    "hsct_on": (_("HSCT"), _("First allogeneic transplant after the failure.")),
    "second_molecular_relapse_on": (
        _("Second molecular relapse"), _("First molecular relapse after treatment that had brought a response."),
    ),
    "haematological_relapse_on": (_("Haematological relapse"), _("First one from the failure on.")),
    "died_on": (_("Death"), _("Date of death, from any cause.")),
    "last_assessment_on": (_("Last disease assessment"), _("Last recorded assessment, or a later evaluable sample.")),
    "last_contact_on": (_("Last contact"), _("Last day of which anything is known of the patient.")),
    "DAY": (
        _("%(of)s, day"),
        _("Days from day 0: the molecular failure, else the start of treatment, else the diagnosis."),
    ),
    "origin": (_("Origin"), _("The day from which the times of the endpoints are counted.")),
    "origin_on": (_("Date of origin"), _("Empty: this patient has no such day and is in no survival figure.")),
    "ENDPOINT_DAYS": (
        _("%(endpoint)s, days"),
        _("Days from the origin to the event or to censoring. Transplant does not censor."),
    ),
    "ENDPOINT_EVENT": (
        _("%(endpoint)s, event"),
        _("1: event. 0: censored, OS at last contact, others at last disease assessment, else last contact."),
    ),
    "FIRST_EVENT": (_("%(endpoint)s, first event"), _("What happened first; empty where censored.")),
    "LEFT_OUT": (_("%(endpoint)s, left out"), _("Why no time is counted for this patient; empty where one is.")),
}  # fmt: skip


def entry(column: Column) -> Entry:
    """Return what is told of a column."""
    label, meaning = WORDS[column.told_as]
    about = {name: _place(name, value) for name, value in column.about}
    told = str(label) % about
    return Entry(
        column.name,
        told[:1].upper() + told[1:],
        str(KINDS[column.kind]),
        column.unit,
        str(meaning) % about if column.about else str(meaning),
        "; ".join(column.codes) if column.codes else "",
        column.source,
    )


def _place(name: str, value: str) -> str:
    if name == "of":
        return str(WORDS[value][0])
    found = {"tissue": TISSUES, "endpoint": NAMES}.get(name, {})
    return str(found.get(value, value))
