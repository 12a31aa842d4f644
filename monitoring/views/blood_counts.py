"""Serial blood counts: typed or pasted row by row, answered with their grades, read back, recorded, corrected."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from monitoring.actions import blood_counts
from monitoring.domain.ctcae import Lineage, LowerLimits, grade_of
from monitoring.forms.blood_counts import SCALES, CountForm, CountRow, CountSheet
from monitoring.forms.record_form import RemovalForm
from monitoring.models import BloodCount, Patient
from monitoring.queries.blood_counts import find_count, limits_of, read_all_counts
from monitoring.views.chart_rows import patient_to_record, row_to_record
from monitoring.views.charts import address_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show
from monitoring.wording.toxicity_words import LINEAGES, UNITS, count_words, grade_words

TEMPLATE = "blood_counts.html"
READ, RECORD, MORE = "read", "record", "more"
MORE_ROWS = 8


@dataclass(frozen=True)
class ShownRow:
    """A row with what it was understood as, value by value, and what keeps it from being recorded."""

    form: CountRow
    understood: tuple[str, ...]
    remarks: tuple[str, ...]


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def counts_enter(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the grid and what is on record; answer what is typed; read it back; record all of it."""
    patient = patient_to_record(request, pk)
    if request.method != "POST":
        return _page(request, patient, CountSheet(take_kept(request)))
    step = request.POST.get("step", "")
    sheet = CountSheet(request.POST, more=MORE_ROWS if step == MORE else 0)
    valid = sheet.is_valid() and bool(sheet.filled)
    if request.htmx:
        return _page(request, patient, sheet, template=f"{TEMPLATE}#answers")
    if step == RECORD and valid and request.POST.get("understood") == sheet.fingerprint:
        return _record(request, patient, sheet)
    if step not in {READ, RECORD}:
        return _page(request, patient, sheet)
    status = HTTPStatus.OK if valid else HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(request, patient, sheet, status=status, read_back=valid)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def count_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the count of a day, with the reason."""
    count = row_to_record(request, find_count, pk)
    page = _single(count, _("Correct a blood count"), _("Save the correction"), reverse("count-remove", args=[pk]))
    if request.method != "POST":
        initial = take_kept(request) or CountForm.initial_of(count)
        return show(request, page, CountForm(initial=initial, is_correction=True))
    form = CountForm(request.POST, is_correction=True)
    return answer(
        request,
        page,
        form,
        lambda: blood_counts.change(
            by=request.user, count=count, changes=form.columns, now=timezone.now(), reason=form.reason, seen=form.seen
        ),
        _("The count is corrected."),
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def count_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove the count of a day that was written down by mistake."""
    count = row_to_record(request, find_count, pk)
    page = _single(count, _("Remove a blood count"), _("Remove it"))
    form = RemovalForm(request.POST or None, row=count)
    if request.method != "POST":
        return show(request, page, form)
    return answer(
        request,
        page,
        form,
        lambda: blood_counts.remove(by=request.user, count=count, **form.given),
        _("It is removed. What it was stays in the history."),
    )


def _record(request: SignedInRequest, patient: Patient, sheet: CountSheet) -> HttpResponse:
    filled = sheet.filled
    try:
        written = blood_counts.record_all(
            by=request.user, patient=patient, counts=[row.count for row in filled], now=timezone.now()
        )
    except blood_counts.CountRefused as refused:
        filled[refused.row].add_error(refused.field, str(refused))
        return _page(request, patient, sheet, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    sentence = ngettext("%(count)s count is recorded.", "%(count)s counts are recorded.", len(written)) % {
        "count": len(written)
    }
    same = len(filled) - len(written)
    if same:
        more = ngettext("%(count)s was on record already.", "%(count)s were on record already.", same)
        sentence += " " + more % {"count": same}
    messages.success(request, sentence)
    return redirect(address_of(patient.pk, "cycles"))


def _single(count: BloodCount, title: str, button: str, remove_href: str = "") -> RecordPage:
    return RecordPage(
        patient=count.patient,
        title=title,
        section="cycles",
        part=_("Blood counts"),
        button=button,
        remove_href=remove_href,
        units={name: UNITS[scale.lineage] for name, scale in SCALES.items()},
    )


def _shown(row: CountRow, limits: LowerLimits, *, is_bound: bool) -> ShownRow:
    if not is_bound or row.is_empty:
        return ShownRow(row, (), ())
    understood = []
    for name, scale in SCALES.items():
        value = row.cleaned_data.get(name)
        if value is not None:
            grade = grade_words(grade_of(Lineage(scale.lineage), value, limits))
            understood.append(f"{LINEAGES[scale.lineage]} {count_words(value)} {UNITS[scale.lineage]}, {grade}")
    told = [str(error) for error in row.errors.get("measured_on", [])]
    return ShownRow(row, tuple(understood), tuple(told))


def _page(
    request: SignedInRequest,
    patient: Patient,
    sheet: CountSheet,
    *,
    status: int = HTTPStatus.OK,
    template: str = TEMPLATE,
    read_back: bool = False,
) -> HttpResponse:
    limits = limits_of(patient)
    context: dict[str, Any] = {
        "patient": patient,
        "sheet": sheet,
        "rows": [_shown(row, limits, is_bound=sheet.is_bound) for row in sheet.rows],
        "filled": sheet.filled,
        "read_back": read_back,
        "understood": sheet.fingerprint if read_back else "",
        "was_read_back": bool(request.POST.get("understood")),
        "on_record": list(reversed(read_all_counts(patient.pk))),
        "limits": limits,
        "back": address_of(patient.pk, "cycles"),
        "typed_by": typed_by(request),
    }
    return render(request, template, context, status=status)
