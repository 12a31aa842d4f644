"""The tumour-board page of a patient: what the patient page shows from one standpoint, composed for paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from monitoring.domain.classify import ENGINE_VERSION
from monitoring.models import Patient
from monitoring.queries.patient_page import MarkerPage, PatientPage, read_patient_page
from monitoring.queries.patient_record import Standpoint
from monitoring.queries.report_figure import figure_of
from monitoring.reports import alert_part, banner, cycle_part, sample_part, typesetting, verdict_part
from monitoring.reports.curve_part import curve
from monitoring.reports.sheet import MarkerSheet, Report, Sheet
from monitoring.wording import dates, rule_words, states
from monitoring.wording.phrases import followed_words
from monitoring.wording.table_remarks import deciding, remarks


@dataclass(frozen=True, slots=True)
class Printing:
    """Who prints, when, in which language, and whether name and hospital number were asked for."""

    by: str
    at: datetime
    language: str
    with_name: bool = False


def patient_pdf(patient: Patient, at: Standpoint, printing: Printing, marker: str = "") -> bytes:
    """Return the report of a patient as a PDF: of one marker, or a page for each one followed."""
    with translation.override(printing.language), timezone.override(patient.centre.zone):
        sheets = [sheet for _page, sheet in sheets_of(patient, at, printing, marker)]
        title = _("%(patient)s, report of %(day)s") % {"patient": patient.pseudonym, "day": dates.day(at.as_of)}
        report = Report(title, printing.by, printing.language, None, sheets)
        return typesetting.pdf(report, printing.at)


def sheets_of(
    patient: Patient, at: Standpoint, printing: Printing, marker: str = ""
) -> list[tuple[PatientPage, Sheet]]:
    """Return the sheets of a patient with the pages they were made from, in the language and time zone that are active.

    The number of queries depends on nothing but how many markers are shown.
    """
    first = read_patient_page(patient, at, marker)
    others = [] if marker else list(first.followed[1:])
    pages = [first, *(read_patient_page(patient, at, one.marker) for one in others)]
    return [(page, _sheet(patient, page, printing)) for page in pages]


def _sheet(patient: Patient, page: PatientPage, printing: Printing) -> Sheet:
    return Sheet(
        patient=page.identity.pseudonym,
        facts=banner.facts(page, with_name=printing.with_name),
        band=banner.band(page.standpoint, patient.centre.zone),
        notices=banner.notices(page),
        marker=_marker(patient, page.marker, page.standpoint, printing) if page.marker else None,
        head=_head(page, printing),
        foot=" ".join(_foot(page)),
    )


def _head(page: PatientPage, printing: Printing) -> str:
    printed = _("printed %(when)s by %(who)s") % {
        "when": dates.moment(timezone.localtime(printing.at)),
        "who": printing.by,
    }
    told = [_("MRD review"), page.identity.centre, printed]
    if page.identity.is_synthetic:
        told.append(_("Demonstration record: no patient of this centre"))
    return " · ".join(told)


def _foot(page: PatientPage) -> Iterable[str]:
    yield _("Supports clinicians; never decides treatment.")
    if page.marker is not None:
        yield rule_words.edition_words(page.marker.alerting)
        values = {"revision": page.marker.revision, "day": dates.day(page.standpoint.as_of), "engine": ENGINE_VERSION}
        yield _("Rule engine %(engine)s; series revision %(revision)s, as of %(day)s.") % values


def _marker(patient: Patient, marker: MarkerPage, at: Standpoint, printing: Printing) -> MarkerSheet:
    accounts = verdict_part.accounts_of(marker, at.as_of)
    own = accounts[marker.alerting]
    title = followed_words(marker.followed.marker, marker.followed.mutation_type)
    unacknowledged = [alert.index_id for alert in marker.alerts if alert.is_open and alert.index_id]
    drawn = curve(figure_of(patient, marker, at), title, is_today=at.is_today, unacknowledged=unacknowledged)
    return MarkerSheet(
        title=title,
        verdict=verdict_part.verdict(marker, accounts),
        curve=drawn,
        numbers=verdict_part.numbers(marker, own),
        why=verdict_part.why(marker, own),
        rulesets=verdict_part.ruleset_lines(accounts, marker.alerting),
        disagreements=verdict_part.disagreement_facts(accounts, marker.alerting),
        alerts=alert_part.alerts(marker, at, at.known_at or printing.at),
        cycles=cycle_part.courses(marker.courses, at.as_of),
        samples=sample_part.courses(marker.samples, remarks(own), deciding(own)),
        samples_note=sample_part.note(marker.samples),
        class_by=_("Class, %(ruleset)s") % {"ruleset": states.word("ruleset", marker.alerting).words},
    )
