"""Entering one result: the patient by exact pseudonym or accession number, then sample and measurement."""

from datetime import datetime
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.actions import reading, result_entry
from monitoring.forms.result_entry import MeasurementForm
from monitoring.forms.sample import SampleForm
from monitoring.models import MrdResult, Patient, User
from monitoring.queries import result_entry as queries
from monitoring.queries.laboratory import laboratory_centres
from monitoring.queries.understanding import Understood, understand
from monitoring.views.interrupted import kept_through_sign_in
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_result import Sheet, Writing, answer


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def result_enter(request: SignedInRequest) -> HttpResponse:
    """Find the patient, then enter the result of one sample."""
    centre_ids = working_at(request.user)
    found = queries.subject(_number(request.GET.get("series", "")))
    if found is None:
        return _find(request, centre_ids)
    now = timezone.now()
    reading.note(by=request.user, patient=Patient(pk=found.patient_id), channel="laboratory", now=now)
    return answer(request, _entering(request, found, centre_ids, now))


def working_at(user: User) -> list[int]:
    """Return the centres in whose laboratories the person works; refuses whoever works in none."""
    centre_ids = laboratory_centres(user)
    if not centre_ids:
        raise PermissionDenied(_("These pages are for the people of a laboratory."))
    return centre_ids


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _find(request: SignedInRequest, centre_ids: list[int]) -> HttpResponse:
    """Ask for pseudonym or accession number; what is found for certain is opened at once."""
    if request.GET.get("series"):
        raise Http404
    asked = {name: request.GET.get(name, "").strip() for name in ("accession", "pseudonym")}
    found = []
    if asked["accession"]:
        found = queries.find_by_accession(asked["accession"], centre_ids)
    elif asked["pseudonym"]:
        found = queries.find_by_pseudonym(asked["pseudonym"])
    if len(found) == 1:
        place = {"series": found[0].series_id} | ({"accession": asked["accession"]} if asked["accession"] else {})
        return redirect(f"{reverse('result-enter')}?{urlencode(place)}")
    return render(request, "result_find.html", {"asked": asked, "found": found, "has_asked": any(asked.values())})


def _entering(request: SignedInRequest, found: queries.Subject, centre_ids: list[int], now: datetime) -> Writing:
    assays = queries.assays_for(found.marker, centre_ids)

    def sheet(typed: QueryDict | None) -> Sheet:
        known = _known_sample(typed, assays, found)
        return Sheet(
            title=_("Enter a result"),
            subject=found,
            sample=SampleForm(typed, known=known, initial={"accession_number": request.GET.get("accession", "")}),
            measurement=MeasurementForm(typed, assays=assays, marker=found.marker),
            known=known,
        )

    def understanding(typed: Sheet) -> Understood:
        series, assay, _sample = queries.rows_for(found.series_id, int(typed.measurement.cleaned_data["assay"]), None)
        return understand(series=series, assay=assay, reading=typed.measurement.reading(), facts=typed.facts(), now=now)

    def write(typed: Sheet, submit: bool) -> MrdResult:
        known_id = typed.known.sample_id if typed.known else None
        assay_id = int(typed.measurement.cleaned_data["assay"])
        series, assay, sample = queries.rows_for(found.series_id, assay_id, known_id)
        return result_entry.write_down(
            by=request.user,
            series=series,
            assay=assay,
            sample=sample or typed.new_sample(series.patient, assay.laboratory),
            reading=typed.measurement.reading(),
            comment=typed.measurement.cleaned_data["comment"],
            submit=submit,
            now=now,
        )

    def standing(typed: Sheet) -> queries.OpenResult | None:
        if typed.known is None:
            return None
        return queries.standing_result(typed.known.sample_id, int(typed.measurement.cleaned_data["assay"]))

    return Writing(sheet, understanding, write, standing)


def _known_sample(
    typed: QueryDict | None, assays: list[queries.AssayOffered], found: queries.Subject
) -> queries.KnownSample | None:
    """The sample of this patient that the laboratory has under the typed number; another patient's is not looked at."""
    if typed is None:
        return None
    laboratories = {each.laboratory_id for each in assays if str(each.assay_id) == typed.get("assay")}
    accession = typed.get("accession_number", "").strip()
    known = [queries.known_sample(laboratory, accession) for laboratory in laboratories]
    return next((each for each in known if each is not None and each.patient_id == found.patient_id), None)
