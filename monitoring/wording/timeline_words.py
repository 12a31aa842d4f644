"""Events, treatments and findings in the words of the timeline, with their details and what was constructed."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain.terms import Tissue
from monitoring.models.choices import FindingStatusChoice
from monitoring.wording import dates, numbers
from monitoring.wording.phrases import tissue_name

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# columns that a study may have had to construct, as the page names them
CONSTRUCTED: Mapping[str, "_StrPromise"] = {
    "collected_on": gettext_lazy("date"),
    "happened_on": gettext_lazy("date"),
    "diagnosed_on": gettext_lazy("date of diagnosis"),
    "found_on": gettext_lazy("date"),
    "starts_on": gettext_lazy("start"),
    "ends_on": gettext_lazy("end"),
    "cycle_2_on": gettext_lazy("start of cycle 2"),
    "born_on": gettext_lazy("date of birth"),
    "pct_abl1": gettext_lazy("value in % of ABL1"),
    "entered_value": gettext_lazy("value"),
    "accession_number": gettext_lazy("accession number"),
    "timepoint": gettext_lazy("time point"),
    "abl1_copies": gettext_lazy("ABL1 copies"),
    "target_copies": gettext_lazy("copies"),
    "lod_pct_abl1": gettext_lazy("limit"),
    "loq_pct_abl1": gettext_lazy("limit of quantification"),
    "tissue": gettext_lazy("tissue"),
    "call": gettext_lazy("call"),
    "planned_days": gettext_lazy("days planned"),
    "given_days": gettext_lazy("days given"),
    "dose_mg": gettext_lazy("dose"),
    "number": gettext_lazy("number"),
    "regimen": gettext_lazy("regimen"),
    "partner_drug": gettext_lazy("partner drug"),
    "partner_dose_mg_m2": gettext_lazy("dose of the partner drug"),
    "partner_days": gettext_lazy("days of the partner drug"),
}


MRD_AT_HSCT: Mapping[str, "_StrPromise"] = {
    "NEGATIVE": gettext_lazy("negative"),
    "LOW_LEVEL": gettext_lazy("low level"),
    "POSITIVE": gettext_lazy("positive"),
    "NOT_KNOWN": gettext_lazy("not known"),
}


def constructed_words(columns: Iterable[str]) -> str:
    """Return `constructed: date, ABL1 copies`; empty where nothing was."""
    names = dict.fromkeys(str(CONSTRUCTED.get(column, column)) for column in columns)
    return _("constructed: %(what)s") % {"what": ", ".join(names)} if names else ""


def event_details(
    *, donor: str, conditioning: str, conditioning_starts_on: date | None, mrd_at_hsct: str, cause: str, detail: str
) -> list[str]:
    """Return the details of an event, each named where its words do not name it themselves."""
    told = []
    if donor:
        told.append(_("donor: %(donor)s") % {"donor": donor})
    if conditioning and conditioning_starts_on:
        values = {"conditioning": conditioning, "day": dates.day(conditioning_starts_on)}
        told.append(_("conditioning: %(conditioning)s, from %(day)s") % values)
    elif conditioning:
        told.append(_("conditioning: %(conditioning)s") % {"conditioning": conditioning})
    elif conditioning_starts_on:
        told.append(_("conditioning from %(day)s") % {"day": dates.day(conditioning_starts_on)})
    if mrd_at_hsct:
        told.append(_("MRD at transplant: %(mrd)s") % {"mrd": mrd_words(mrd_at_hsct)})
    if cause:
        told.append(_("cause: %(cause)s") % {"cause": cause})
    if detail:
        told.append(detail)
    return told


def line_details(*, cycle_2_on: date | None, stopped_because: str) -> list[str]:
    """Return what is told of a line of treatment beside its days: cycle 2 of the first line, and why it was stopped."""
    told = []
    if cycle_2_on is not None:
        told.append(_("cycle 2 from %(day)s") % {"day": dates.day(cycle_2_on)})
    if stopped_because:
        told.append(_("stopped: %(why)s") % {"why": stopped_because})
    return told


def mrd_words(code: str) -> str:
    """Return the MRD at transplant; what an older record wrote freely stays as it was written."""
    return str(MRD_AT_HSCT.get(code, code))


def span_words(starts_on: date, ends_on: date | None) -> str:
    """Return `10 Jun 2024 to 6 Jan 2025`, or that it goes on."""
    if ends_on is None:
        return _("from %(day)s, no end recorded") % {"day": dates.day(starts_on)}
    if ends_on == starts_on:
        return dates.day(starts_on)
    return _("%(from)s to %(to)s") % {"from": dates.day(starts_on), "to": dates.day(ends_on)}


class NamedSample(Protocol):
    """What tells a sample from the others of its patient."""

    @property
    def collected_on(self) -> date: ...
    @property
    def tissue(self) -> str: ...
    @property
    def accession_number(self) -> str: ...
    @property
    def laboratory(self) -> str: ...
    @property
    def not_measured_because(self) -> str: ...


def sample_words(sample: NamedSample) -> str:
    """Return `12 Nov 2026, marrow, H-2026-113, Northfield laboratory`."""
    parts = (dates.day(sample.collected_on), tissue_name(Tissue(sample.tissue)), sample.accession_number)
    said = ", ".join((*parts, sample.laboratory))
    return f"{said} ({sample.not_measured_because})" if sample.not_measured_because else said


def finding_details(*, tissue: str, method: str, accession_number: str) -> list[str]:
    """Return where a gene was tested, by which method, and in which sample where that is known."""
    told = [tissue_name(Tissue(tissue))] if tissue else []
    told += [method] if method else []
    return [*told, _("sample %(number)s") % {"number": accession_number}] if accession_number else told


def finding_words(*, gene: str, variant: str, status: str, vaf_pct: Decimal | None, ratio: Decimal | None) -> str:
    """Return a finding: `R882H, VAF 42 %`, or its status where that says more."""
    parts = [variant] if variant else []
    if status != FindingStatusChoice.PRESENT or not parts:
        parts.append(str(FindingStatusChoice(status).label))
    if vaf_pct is not None:
        parts.append(_("VAF %(pct)s") % {"pct": f"{numbers.exact(vaf_pct)}{numbers.marks().before_percent}%"})
    if ratio is not None:
        parts.append(_("allelic ratio %(ratio)s") % {"ratio": numbers.exact(ratio)})
    return ", ".join(parts)
