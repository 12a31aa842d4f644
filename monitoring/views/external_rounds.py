"""External quality rounds: overview by year and marker, one round with its samples, writing both down."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring.actions import external_rounds
from monitoring.actions.refusals import ActionRefused, ImpossibleDate
from monitoring.forms.external_rounds import RoundChangeForm, RoundForm, SampleForm
from monitoring.forms.reasons import ReasonForm
from monitoring.models import ExternalRound, ExternalSample
from monitoring.queries import external_rounds as queries
from monitoring.queries.laboratory import laboratories_of
from monitoring.views.assays import check_belongs
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest

DAYS = ("received_on", "due_on", "reported_on", "comment")


@login_required
@require_GET
def round_list(request: SignedInRequest) -> HttpResponse:
    """Show how the person's laboratories did, by year and marker, and every round."""
    check_belongs(request)
    rounds, today = queries.rounds(request.user), timezone.localdate()
    context = {
        "rounds": rounds,
        "late": {each.round_id for each in rounds if each.is_late(today)},
        "years": queries.by_year_and_marker(rounds),
    }
    return render(request, "external_rounds.html", context)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def round_add(request: SignedInRequest) -> HttpResponse:
    """Write down a round that arrived."""
    check_belongs(request)
    laboratories = laboratories_of(request.user)
    if request.method != "POST":
        kept = take_kept(request)
        return _form_page(request, RoundForm(initial=kept.dict() if kept else None, laboratories=laboratories))
    form = RoundForm(request.POST, laboratories=laboratories)
    if form.is_valid():
        try:
            made = external_rounds.add(
                by=request.user, external_round=form.external_round(), today=timezone.localdate()
            )
        except ActionRefused as refused:
            form.add_error(refused.field if isinstance(refused, ImpossibleDate) else "name", str(refused))
        else:
            return redirect("external-round", made.pk)
    return _form_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def external_round(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a round with its samples; correct its days."""
    row = _row(request, pk)
    if request.method != "POST":
        kept = take_kept(request)
        initial = kept.dict() if kept else {name: getattr(row, name) for name in DAYS}
        return _round_page(request, row, RoundChangeForm(initial=initial))
    form = RoundChangeForm(request.POST)
    if form.is_valid():
        try:
            external_rounds.change(
                by=request.user, external_round=row, changes=form.cleaned_data, today=timezone.localdate()
            )
        except ImpossibleDate as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Kept."))
            return redirect("external-round", pk)
    return _round_page(request, _row(request, pk), form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def sample_write(request: SignedInRequest, pk: int, sample_pk: int = 0) -> HttpResponse:
    """Write down a sample of a round, or correct one."""
    row = _row(request, pk)
    sample = queries.sample_row(row, sample_pk) if sample_pk else ExternalSample()
    if sample is None:
        raise Http404
    assays = queries.assays_of_round(row)
    if request.method != "POST":
        kept = take_kept(request)
        initial = kept.dict() if kept else SampleForm.initial_of(sample)
        return _sample_page(request, row, sample, SampleForm(initial=initial, assays=assays))
    form = SampleForm(request.POST, assays=assays)
    if form.is_valid():
        try:
            external_rounds.write_sample(by=request.user, external_round=row, sample=form.written_into(sample))
        except external_rounds.SampleKnown as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, _("Sample %(code)s is written down.") % {"code": sample.code})
            return redirect("external-round", pk)
    return _sample_page(request, row, sample, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_POST
def sample_remove(request: SignedInRequest, pk: int, sample_pk: int) -> HttpResponse:
    """Take a sample off its round, with the reason."""
    row = _row(request, pk)
    sample = queries.sample_row(row, sample_pk)
    if sample is None:
        raise Http404
    form = ReasonForm(request.POST)
    if not form.is_valid():
        kept = SampleForm(initial=SampleForm.initial_of(sample), assays=queries.assays_of_round(row))
        return _sample_page(request, row, sample, kept, removing=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    code = sample.code
    external_rounds.remove_sample(
        by=request.user, external_round=row, sample=sample, reason=form.cleaned_data["reason"]
    )
    messages.success(request, _("Sample %(code)s is taken off.") % {"code": code})
    return redirect("external-round", pk)


def _row(request: SignedInRequest, pk: int) -> ExternalRound:
    check_belongs(request)
    row = queries.round_row(request.user, pk)
    if row is None:
        raise Http404
    return row


def _form_page(request: SignedInRequest, form: RoundForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    return render(request, "external_round_form.html", {"form": form, "typed_by": typed_by(request)}, status=status)


def _round_page(
    request: SignedInRequest, row: ExternalRound, form: RoundChangeForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    shown = queries.round_shown(row)
    context = {
        "round": shown,
        "is_late": shown.is_late(timezone.localdate()),
        "form": form,
        "typed_by": typed_by(request),
    }
    return render(request, "external_round.html", context, status=status)


def _sample_page(
    request: SignedInRequest, row: ExternalRound, sample: ExternalSample, form: SampleForm, *,
    removing: ReasonForm | None = None, status: int = HTTPStatus.OK,
) -> HttpResponse:  # fmt: skip
    context = {
        "round": row, "sample": sample, "form": form, "typed_by": typed_by(request),
        "removing": removing or ReasonForm(auto_id="removing_%s"),
    }  # fmt: skip
    return render(request, "external_sample.html", context, status=status)
