"""The patients of a meeting in one document: a cover list, then each patient on pages of their own."""

from collections.abc import Sequence

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.models import Patient
from monitoring.queries.patient_page import PatientPage
from monitoring.queries.patient_record import Standpoint
from monitoring.reports import typesetting
from monitoring.reports.patient_report import Printing, sheets_of
from monitoring.reports.sheet import Cover, CoverLine, Report, Said, Sheet
from monitoring.wording import dates
from monitoring.wording.account import Account
from monitoring.wording.phrases import followed_words
from monitoring.wording.verdict_sentence import verdict_sentence


def meeting_pdf(patients: Sequence[Patient], printing: Printing) -> bytes:
    """Return the reports of today of these patients, in their order; moments in the time of each patient's centre."""
    lines: list[CoverLine] = []
    sheets: list[Sheet] = []
    with translation.override(printing.language):
        for patient in patients:
            with timezone.override(patient.centre.zone):
                for page, sheet in sheets_of(patient, Standpoint.of(patient, printing.at), printing):
                    lines.append(_line(page, len(sheets)))
                    sheets.append(sheet)
        with timezone.override(patients[0].centre.zone):
            cover = _cover(lines, len(patients), printing)
        report = Report(cover.title, printing.by, printing.language, cover, sheets)
        return typesetting.pdf(report, printing.at)


def _line(page: PatientPage, sheet: int) -> CoverLine:
    marker = page.marker
    if marker is None:
        return CoverLine(page.identity.pseudonym, "", Said(_("No marker is followed in this patient yet.")), "", sheet)
    own = Account(marker.series, marker.verdict, page.standpoint.as_of)
    title = followed_words(marker.followed.marker, marker.followed.mutation_type)
    sentence = verdict_sentence(own)
    state = Said(sentence.lead, sentence.icon, sentence.tone.value)
    return CoverLine(page.identity.pseudonym, title, state, sentence.rest, sheet)


def _cover(lines: list[CoverLine], count: int, printing: Printing) -> Cover:
    printed_at = timezone.localtime(printing.at)
    patients = ngettext("%(n)s patient", "%(n)s patients", count) % {"n": count}
    return Cover(
        title=_("Meeting list, %(day)s, %(patients)s") % {"day": dates.day(printed_at.date()), "patients": patients},
        lines=lines,
        head=" · ".join((_("MRD review"), _printed(printing))),
        foot=_("Supports clinicians; never decides treatment."),
    )


def _printed(printing: Printing) -> str:
    when = dates.moment(timezone.localtime(printing.at))
    return _("printed %(when)s by %(who)s") % {"when": when, "who": printing.by}
