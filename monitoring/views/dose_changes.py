"""Adding, correcting and removing a hold or a reduction of venetoclax within a cycle."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitoring.actions import dose_changes
from monitoring.forms.dose_changes import DoseChangeForm
from monitoring.forms.record_form import RemovalForm
from monitoring.models import DoseChange, VenetoclaxCycle
from monitoring.queries.cycle_parts import find_dose_change
from monitoring.queries.next_cycle import find_cycle
from monitoring.views.chart_rows import row_to_record
from monitoring.views.interrupted import kept_through_sign_in, take_kept
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show
from monitoring.wording.timeline_words import span_words


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def dose_change_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a hold or a reduction within a cycle."""
    cycle = row_to_record(request, find_cycle, pk)
    page = _page(cycle, _("Add a hold or a reduction, cycle %(number)s") % {"number": cycle.number}, _("Record it"))
    if request.method != "POST":
        return show(request, page, DoseChangeForm(initial=take_kept(request)))
    form = DoseChangeForm(request.POST)
    return answer(
        request,
        page,
        form,
        lambda: dose_changes.record(by=request.user, cycle=cycle, change=DoseChange(**form.columns)),
        _("It is recorded in cycle %(number)s.") % {"number": cycle.number},
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def dose_change_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct a hold or a reduction, with the reason."""
    change = row_to_record(request, find_dose_change, pk)
    page = _page(
        change.cycle, _("Correct a hold or a reduction, cycle %(number)s") % {"number": change.cycle.number},
        _("Save the correction"), reverse("dose-change-remove", args=[change.pk]),
    )  # fmt: skip
    if request.method != "POST":
        initial = take_kept(request) or DoseChangeForm.initial_of(change)
        return show(request, page, DoseChangeForm(initial=initial, is_correction=True))
    form = DoseChangeForm(request.POST, is_correction=True)
    return answer(
        request,
        page,
        form,
        lambda: dose_changes.change(
            by=request.user, change=change, changes=form.columns, reason=form.reason, seen=form.seen
        ),
        _("It is corrected."),
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def dose_change_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a hold or a reduction that was written down by mistake."""
    change = row_to_record(request, find_dose_change, pk)
    page = _page(
        change.cycle, _("Remove a hold or a reduction, cycle %(number)s") % {"number": change.cycle.number},
        _("Remove it"),
    )  # fmt: skip
    form = RemovalForm(request.POST or None, row=change)
    if request.method != "POST":
        return show(request, page, form)
    return answer(
        request,
        page,
        form,
        lambda: dose_changes.remove(by=request.user, change=change, **form.given),
        _("It is removed. What it was stays in the history."),
    )


def _page(cycle: VenetoclaxCycle, title: str, button: str, remove_href: str = "") -> RecordPage:
    return RecordPage(
        patient=cycle.patient,
        title=title,
        section="cycles",
        part=_("Venetoclax cycles"),
        button=button,
        lead=_("Cycle %(number)s, %(span)s") % {
            "number": cycle.number, "span": span_words(cycle.starts_on, cycle.ends_on),
        },
        remove_href=remove_href,
        units={"dose_mg": _("mg a day")},
    )  # fmt: skip
