"""Sampling intervals of a centre and of a patient: what is in force and why, setting one apart, giving it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import intervals
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.domain.sampling_intervals import interval_names
from monitoring.forms.intervals import GiveBackForm, IntervalForm
from monitoring.models import Centre, Patient
from monitoring.queries import interval_pages
from monitoring.queries.interval_pages import IntervalLine
from monitoring.views.charts import address_of, chart_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest

FIRST = interval_names()[0]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose intervals a page sets: those of a patient, or those of a centre."""

    patient: Patient | None
    centre: Centre | None
    lines: Sequence[IntervalLine]
    address: str
    give_back: str
    back: str
    may_set: bool

    @property
    def seen(self) -> str:
        """What this page would change, as the form carries it: `blood_days=28;after_hsct_on_days=30,60`."""
        own = {line.name: line.of_patient if self.patient else line.of_centre for line in self.lines}
        return ";".join(f"{name}={each.days}" for name, each in own.items() if each is not None)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def patient_intervals(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the intervals of a patient; set one apart, with the reason."""
    whose = _of_patient(request, pk)
    if request.method == "POST":
        permissions.check_can_set_patient_intervals(request.user, pk)
    return _page(request, whose)


@login_required
@require_POST
def patient_interval_give_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the interval of the centre hold again for a patient."""
    return _give_back(request, _of_patient(request, pk))


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def centre_intervals(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the intervals of a centre; set one apart, with the reason."""
    whose = _of_centre(request, pk)
    if request.method == "POST" and whose.centre is not None:
        permissions.check_can_set_up_centre(request.user, whose.centre)
    return _page(request, whose)


@login_required
@require_POST
def centre_interval_give_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the default hold again at a centre."""
    return _give_back(request, _of_centre(request, pk))


def _of_patient(request: SignedInRequest, pk: int) -> Whose:
    patient = chart_of(request, pk)
    return Whose(
        patient=patient,
        centre=None,
        lines=interval_pages.lines_of_patient(pk),
        address=reverse("patient-intervals", args=[pk]),
        give_back=reverse("patient-interval-give-back", args=[pk]),
        back=address_of(pk, "schedule"),
        may_set=permissions.can_set_patient_intervals(request.user, pk),
    )


def _of_centre(request: SignedInRequest, pk: int) -> Whose:
    centre = interval_pages.find_centre(request.user, pk)
    if centre is None:
        raise Http404
    return Whose(
        patient=None,
        centre=centre,
        lines=interval_pages.lines_of_centre(centre),
        address=reverse("centre-intervals", args=[pk]),
        give_back=reverse("centre-interval-give-back", args=[pk]),
        back=reverse("schedule"),
        may_set=permissions.can_set_up_centre(request.user, centre),
    )


def _page(request: SignedInRequest, whose: Whose) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, whose, IntervalForm(initial=_initial(request, whose)))
    form = IntervalForm(request.POST)
    if not form.is_valid():
        return _shown(request, whose, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _set(request, whose, form)
    except StaleVersion as refused:
        return _changed(request, whose, refused)
    except ActionRefused as refused:
        form.add_error("days", str(refused))
        return _shown(request, whose, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("The interval is set. What is due follows."))
    return redirect(whose.address)


def _initial(request: SignedInRequest, whose: Whose) -> dict[str, str]:
    kept = take_kept(request)
    if kept is not None:
        return {name: kept.get(name, "") for name in ("name", "days", "because", "seen")}
    asked = request.GET.get("name", "")
    name = asked if asked in interval_names() else FIRST
    line = next(each for each in whose.lines if each.name == name)
    return {"name": name, "days": line.days.replace(",", ", ") if asked else "", "seen": whose.seen}


def _set(request: SignedInRequest, whose: Whose, form: IntervalForm) -> None:
    typed = form.cleaned_data
    said = {"name": typed["name"], "days": typed["days"], "because": typed["because"], "seen": form.seen_days}
    if whose.patient is not None:
        intervals.set_for_patient(by=request.user, patient=whose.patient, **said)
    elif whose.centre is not None:
        intervals.set_for_centre(by=request.user, centre=whose.centre, **said)


def _give_back(request: SignedInRequest, whose: Whose) -> HttpResponse:
    form = GiveBackForm(request.POST)
    if not form.is_valid():
        shown = IntervalForm(initial=_initial(request, whose))
        return _shown(request, whose, shown, giving_back=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data
    try:
        if whose.patient is not None:
            intervals.give_back_for_patient(by=request.user, patient=whose.patient, **said)
        elif whose.centre is not None:
            intervals.give_back_for_centre(by=request.user, centre=whose.centre, **said)
    except StaleVersion as refused:
        return _changed(request, whose, refused)
    messages.success(request, _("The interval is given back. What is due follows."))
    return redirect(whose.address)


def _shown(
    request: SignedInRequest,
    whose: Whose,
    form: IntervalForm,
    *,
    giving_back: GiveBackForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "whose": whose,
        "form": form,
        "giving_back": giving_back or GiveBackForm(),
        "giving_back_name": giving_back.data.get("name", "") if giving_back else "",
        "typed_by": typed_by(request),
    }
    return render(request, "intervals.html", context, status=status)


def _changed(request: SignedInRequest, whose: Whose, refused: ActionRefused) -> HttpResponse:
    context = {"what_changed": [str(refused)], "where": whose.address}
    return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
