"""What is followed in a patient, with the levels at diagnosis: shown, a marker begun, its type corrected."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.actions import markers
from monitoring.forms.markers import MarkerForm
from monitoring.models import MrdSeries, Patient
from monitoring.models.choices import MarkerChoice
from monitoring.queries.levels_at_diagnosis import count_by_other_assays, find_series, read_markers
from monitoring.views.chart_rows import patient_to_record, row_to_record
from monitoring.views.interrupted import kept_through_sign_in, take_kept
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show


@kept_through_sign_in
@require_safe
def patient_markers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show every followed marker with both levels at diagnosis, and where each is corrected."""
    patient = patient_to_record(request, pk)
    followed = read_markers(patient.pk)
    context = {
        "patient": patient,
        "markers": followed,
        "is_all_followed": len(followed) == len(MarkerChoice),
    }
    return render(request, "patient_markers.html", context)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def marker_follow(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin to follow another marker in a patient."""
    patient = patient_to_record(request, pk)
    taken = [each.marker for each in read_markers(patient.pk)]
    page = _page(patient, _("Follow another marker"), _("Follow it"), lead=_follow_lead())
    if request.method != "POST":
        return show(request, page, MarkerForm(initial=take_kept(request), taken=taken))
    form = MarkerForm(request.POST, taken=taken)
    return answer(
        request,
        page,
        form,
        lambda: markers.follow(
            by=request.user, patient=patient, marker=MarkerChoice(form.columns["marker"]),
            mutation_type=form.columns["mutation_type"],
        ),
        _("The marker is followed. Set its level at diagnosis next."),
    )  # fmt: skip


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def marker_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the mutation type of a followed marker; the marker itself only while nothing was measured of it."""
    series = row_to_record(request, find_series, pk)
    followed = read_markers(series.patient_id)
    results = next((each.results for each in followed if each.series_id == series.pk), 0)
    taken = [each.marker for each in followed if each.series_id != series.pk]
    page = _page(
        series.patient, _("Correct a followed marker"), _("Save the correction"), lead=_measured(results),
        remark_of=series,
    )  # fmt: skip
    standing = MarkerForm.initial_of(series)
    if request.method != "POST":
        kept = take_kept(request)
        initial = {**standing, **(kept.dict() if kept else {})}
        form = MarkerForm(initial=initial, is_correction=True, taken=taken, is_measured=bool(results))
        return show(request, page, form)
    form = MarkerForm(request.POST, initial=standing, is_correction=True, taken=taken, is_measured=bool(results))
    return answer(
        request,
        page,
        form,
        lambda: markers.correct(
            by=request.user, series=series, changes=form.columns, now=timezone.now(), reason=form.reason,
            seen=form.seen_marker,
        ),
        " ".join(filter(None, [_("The marker is corrected."), _by_other_assays(series, form)])),
    )  # fmt: skip


def _page(patient: Patient, title: str, button: str, *, lead: str, remark_of: MrdSeries | None = None) -> RecordPage:
    def remark(form: forms.Form) -> str:
        return _by_other_assays(remark_of, form) if remark_of is not None else ""

    return RecordPage(
        patient=patient, title=title, section="samples", part=_("Markers and levels at diagnosis"), button=button,
        lead=lead, remark=remark if remark_of is not None else None,
    )  # fmt: skip


def _follow_lead() -> str:
    return _("From then on it has its own curve, verdict, alerts and schedule, beside those of the others.")


def _measured(results: int) -> str:
    """What may be changed of a marker that was measured."""
    if not results:
        return _("Nothing was measured of it yet: marker and type may both be corrected.")
    return ngettext(
        "%(count)s result of this marker is on record: the marker stays what it is, its type may be corrected. "
        "Was another marker meant, follow that one beside it.",
        "%(count)s results of this marker are on record: the marker stays what it is, its type may be corrected. "
        "Was another marker meant, follow that one beside it.",
        results,
    ) % {"count": results}


def _by_other_assays(series: MrdSeries, form: forms.Form) -> str:
    """That results of an assay for another type stay as they were signed."""
    if not isinstance(form, MarkerForm) or not form.is_valid() or not form.columns["mutation_type"]:
        return ""
    count = count_by_other_assays(series, form.columns["mutation_type"])
    if not count:
        return ""
    return ngettext(
        "%(count)s result was measured by an assay for another type. It stays as it was signed: "
        "ask the laboratory whether it is to be withdrawn.",
        "%(count)s results were measured by an assay for another type. They stay as they were signed: "
        "ask the laboratory whether they are to be withdrawn.",
        count,
    ) % {"count": count}
