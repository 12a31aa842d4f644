"""Who the patient is, from where the record is looked at, and what has to be read first."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.terms import Marker
from monitoring.models.choices import ElnRiskChoice, EventKindChoice, GeneChoice, RemissionChoice, SexChoice
from monitoring.queries.gene_findings import GenesOnRecord
from monitoring.queries.patient_page import PatientPage
from monitoring.queries.patient_record import DiseaseFacts, Finding, PatientRecord, Standpoint
from monitoring.reports.sheet import Fact, Notice
from monitoring.wording import banner_words, dates, states, timeline_words
from monitoring.wording.standpoint_words import clock_change_words, standpoint_words


def facts(page: PatientPage, *, with_name: bool) -> list[Fact]:
    """Return the banner; name and hospital number only where they were asked for."""
    identity, record = page.identity, page.record
    found = []
    if with_name:
        found += [Fact(_("Name"), identity.name), Fact(_("Hospital number"), identity.hospital_number)]
    found += [Fact(_("Born"), _born(page)), Fact(_("Sex"), str(SexChoice(identity.sex).label))]
    for disease in record.diseases:
        found += _disease(disease, page)
    found += _genes(page.genes)
    found += _transplants(record)
    if record.died:
        found.append(Fact(_("Died"), _joined(dates.day(record.died.happened_on), record.died.cause)))
    return [fact for fact in found if fact.value]


def _born(page: PatientPage) -> str:
    age, born_on = page.identity.age, _marked(page.identity.born_on, page.identity.constructed)
    if page.record.died:
        return f"{born_on} " + ngettext("(died at %(age)s y)", "(died at %(age)s y)", age) % {"age": age}
    return f"{born_on} " + ngettext("(%(age)s y)", "(%(age)s y)", age) % {"age": age}


def _disease(disease: DiseaseFacts, page: PatientPage) -> Iterable[Fact]:
    mutation = page.marker.followed.mutation_type if page.marker else ""
    of_type = _("type %(type)s") % {"type": mutation} if mutation else ""
    remission = str(RemissionChoice(disease.remission).label) if disease.remission else ""
    yield Fact(_("Disease"), _joined(disease.aml_type, of_type, remission))
    yield Fact(_("Karyotype"), disease.karyotype)
    if disease.eln_risk:
        name = _("ELN %(edition)s risk") % {"edition": disease.eln_risk_edition}
        yield Fact(name, str(ElnRiskChoice(disease.eln_risk).label))
    yield Fact(_("Diagnosed"), _marked(disease.diagnosed_on, disease.constructed))


def _marked(on: date, constructed: tuple[str, ...]) -> str:
    return _joined(dates.day(on), _("constructed") if constructed else "")


def _genes(genes: GenesOnRecord) -> Iterable[Fact]:
    for one in genes.tested:
        tested = banner_words.tested_words(one.finding.found_on, is_older=one.is_older)
        yield Fact(str(GeneChoice(one.finding.gene).label), _joined(_finding(one.finding), tested))
    yield Fact(*banner_words.never_tested_words(genes.never_tested))


def _transplants(record: PatientRecord) -> Iterable[Fact]:
    for one in record.transplants:
        yield Fact(_("HSCT"), banner_words.transplant_words(one.happened_on, one.donor, one.mrd_at_hsct))
    if record.transplants:
        gvhd, dli = record.days_of(EventKindChoice.GVHD), record.days_of(EventKindChoice.DLI)
        for name, value in banner_words.after_transplant_words(gvhd, dli):
            yield Fact(name, value)


def _finding(finding: Finding) -> str:
    return timeline_words.finding_words(
        gene=finding.gene,
        variant=finding.variant,
        status=finding.status,
        vaf_pct=finding.vaf_pct,
        ratio=finding.allelic_ratio,
    )


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def band(at: Standpoint, zone: ZoneInfo) -> Notice | None:
    """Return from where the record is looked at, where that is not now."""
    if at.is_today:
        return None
    if at.known_at is None:
        text = _(
            "Later samples, treatments and events are left out; what was corrected since then is shown as corrected."
        )
        return Notice(_("The record as of %(day)s") % {"day": dates.day(at.as_of)}, text)
    left_out = _("Later entries and corrections are left out; the rules are those of today.")
    remark = f"{clock_change_words(at.known_at, zone)} {left_out}".strip()
    return Notice(standpoint_words(at.as_of, at.known_at, zone), remark)


def notices(page: PatientPage) -> list[Notice]:
    """Return what has to be read before the verdict."""
    return [*_of_patient(page), *_of_marker(page)]


def _of_patient(page: PatientPage) -> Iterable[Notice]:
    if page.record.died:
        title = _("Died on %(day)s") % {"day": dates.day(page.record.died.happened_on)}
        yield Notice(title, _("Nothing more is due. Samples taken later would take no part."))
    if page.has_constructed:
        text = _("What is marked “constructed” is not in the source; the rest is as printed there.")
        yield Notice(_("Some values were constructed"), text)


def _of_marker(page: PatientPage) -> Iterable[Notice]:
    marker = page.marker
    if marker is None:
        text = _("The curve and the verdict appear with the first marker that a laboratory follows.")
        yield Notice(_("No marker is followed in this patient yet."), text)
        return
    lost = page.record.npm1_lost
    if lost and marker.followed.marker == Marker.NPM1:
        title = _("NPM1 mutation lost, found %(day)s") % {"day": dates.day(lost.found_on)}
        yield Notice(title, str(states.word("flag", "NPM1_LOSS_KNOWN").meaning or ""))
    if marker.is_pending:
        text = _("The verdict and the tables on this page are already those of the last change.")
        yield Notice(_("Alerts and curve are being computed anew"), text)
    if not marker.samples.baselines:
        text = _("% of diagnosis and log reduction cannot be told, and Tiong 2020 cannot grade.")
        yield Notice(_("No level at diagnosis is on record"), text)
