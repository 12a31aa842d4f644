"""Finding patients: the list, its pages, and its export."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.actions import exports, recompute
from monitoring.actions.saved_views import filters_of
from monitoring.forms.patient_filters import PatientFilters, place_words
from monitoring.models import Centre
from monitoring.queries import open_relapses, patient_list, saved_views
from monitoring.queries.open_relapses import OpenRelapse
from monitoring.queries.patient_list import ListedPatient
from monitoring.reports import patient_export
from monitoring.views import exported
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.worklist import chart_centres
from monitoring.wording import open_relapse_words, patient_list_words, worklist_words
from monitoring.wording.worklist_words import Clock, Told


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its words."""

    row: ListedPatient
    sample: Told | None
    due: Clock | None
    beside_due: str = ""


@login_required
@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    """List the patients of the person's centres; an exact and only hit opens the page at once."""
    centres = _centres(request)
    now = timezone.now()
    pending = recompute.drain_pending(now=now)
    form = _form(request)
    filters = form.filters
    found = patient_list.read(centres=centres, filters=filters, now=now)
    text = filters.text.lower()
    exact = {row.patient_id for row in found.rows if text in {row.pseudonym.lower(), row.hospital_number.lower()}}
    if text and len(exact) == 1:
        return redirect("patient", exact.pop())
    shown = filters_of(request.GET.urlencode())
    relapses = open_relapses.of_series([row.series_id for row in found.rows], now)
    lines = [_line(row, relapses.get(row.series_id)) for row in found.rows]
    context = {
        "form": form, "found": found, "lines": lines, "pending": pending, "query": shown,
        "is_narrowed": bool(shown),
        "next": place_words(found.next_place) if found.next_place else "",
        "views": saved_views.read(request.user, "patients", shown),
        "may_register": bool(permissions.roles_of(request.user) & permissions.RECORDING_ROLES),
    }  # fmt: skip
    return render(request, "patients.html#list" if request.htmx else "patients.html", context)


@login_required
@require_GET
def export(request: SignedInRequest, kind: str) -> HttpResponse:
    """Give every row of the list as it is narrowed, as a file; who took it, with which filters, is in the audit."""
    centres = _centres(request)
    exported.check_kind(kind)
    now = timezone.now()
    waiting = recompute.waiting_after_draining(now=now)
    form = _form(request)
    if not form.is_valid():
        return redirect(f"{request.path.rsplit('/', 1)[0]}/?{request.GET.urlencode()}")
    listed = list(patient_list.read_all(centres=centres, filters=form.filters, now=now))
    exports.note(
        by=request.user, what=f"patients.{kind}", query=filters_of(request.GET.urlencode()), rows=len(listed),
        patient_ids={one.patient_id for one in listed}, now=now,
    )  # fmt: skip
    return exported.table(
        kind=kind, name="patients", title=_("Patients"), header=patient_export.header(),
        rows=patient_export.rows(listed, waiting), now=now,
    )  # fmt: skip


def _line(row: ListedPatient, relapse: OpenRelapse | None) -> Line:
    return Line(
        row,
        patient_list_words.last_sample(row.latest) if row.latest else None,
        worklist_words.due_clock(row.due_on, row.overdue_from, row.today) if row.due_on and not row.died else None,
        _beside_due(row, relapse),
    )


def _beside_due(row: ListedPatient, relapse: OpenRelapse | None) -> str:
    if relapse is None or not relapse.concerns(row.due_rule):
        return ""
    agreed = relapse.agreed
    said = [open_relapse_words.agreed_words(agreed.on, agreed.tissue, row.today)] if agreed else []
    return " ".join([open_relapse_words.not_made_for_it(), *said])


def _centres(request: SignedInRequest) -> list[int]:
    centres = chart_centres(request)
    if not centres:
        raise PermissionDenied(_("Clinicians, data managers and auditors read charts."))
    return centres


def _form(request: SignedInRequest) -> PatientFilters:
    here = Centre.objects.filter(pk__in=chart_centres(request)).order_by("name").values_list("pk", "name")
    return PatientFilters(request.GET, centres=list(here))
