"""A change of rules: what raises the alerts of a centre, comparisons asked for, looked at, signed or refused."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import shadow_decisions, shadow_runs
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.forms.shadow import DecisionForm, ProposalForm
from monitoring.models import Centre
from monitoring.queries import editions, interval_pages
from monitoring.queries import shadow_runs as queries
from monitoring.queries.shadow_runs import RunShown
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def rules(request: SignedInRequest) -> HttpResponse:
    """Show which rule set raises the alerts at the person's centres, the signed editions, and all comparisons."""
    return _page(request)


@login_required
@require_POST
def rules_propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the comparison with another rule set at a centre."""
    centre = interval_pages.find_centre(request.user, pk)
    if centre is None:
        raise Http404
    permissions.check_can_propose_ruleset(request.user, pk)
    form = ProposalForm(request.POST, current=centre.alerting_ruleset)
    if not form.is_valid():
        return _page(request, refused={pk: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        run = shadow_runs.propose(by=request.user, centre=centre, ruleset=form.cleaned_data["ruleset"])
    except ActionRefused as refused:
        form.add_error("ruleset", str(refused))
        return _page(request, refused={pk: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("The comparison is asked for. Nothing changes until a second person signs it."))
    return redirect("rules-run", run.pk)


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def rules_run(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a change of rules would alter; sign or refuse it."""
    run = _run(request, pk)
    if request.method != "POST":
        kept = take_kept(request)
        return _run_page(request, run, DecisionForm(initial=kept.dict() if kept else None))
    permissions.check_can_sign_rules(request.user, run.centre_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _run_page(request, run, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    decide = shadow_decisions.sign if form.is_signed else shadow_decisions.refuse
    try:
        decide(by=request.user, run_id=pk, comment=form.cleaned_data["comment"], now=timezone.now())
    except StaleVersion as refused:
        context = {"what_changed": [str(refused)], "where": reverse("rules-run", args=[pk])}
        return render(request, "409.html", context, status=HTTPStatus.CONFLICT)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _run_page(request, run, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    signed, kept_as_it_was = _("The change is signed."), _("The change is refused. Everything stays as it is.")
    messages.success(request, signed if form.is_signed else kept_as_it_was)
    return redirect("rules-run", pk)


def _run(request: SignedInRequest, pk: int) -> RunShown:
    _check_reads(request)
    run = queries.find_run(request.user, pk)
    if run is None:
        raise Http404
    return run


def _check_reads(request: SignedInRequest) -> None:
    readers = permissions.CHART_ROLES | {"ADMINISTRATOR"}
    if not permissions.roles_of(request.user) & readers:
        raise PermissionDenied(_("Clinicians, data managers, auditors and administrators see changes of rules."))


def _page(
    request: SignedInRequest, *, refused: dict[int, ProposalForm] | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    _check_reads(request)
    centres = {m.centre_id: m.centre for m in permissions.memberships_of(request.user)}
    context = {
        "centres": [(centre, _proposal(request, centre, refused or {})) for centre in centres.values()],
        "runs": queries.runs_of(request.user),
        "signed": sorted(editions.in_force().items()),
    }
    return render(request, "rules.html", context, status=status)


def _proposal(request: SignedInRequest, centre: Centre, refused: dict[int, ProposalForm]) -> ProposalForm | None:
    if not permissions.can_propose_ruleset(request.user, centre.pk):
        return None
    return refused.get(centre.pk) or ProposalForm(current=centre.alerting_ruleset, prefix=None)


def _run_page(
    request: SignedInRequest, run: RunShown, form: DecisionForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    found = queries.differences(run, now=timezone.now(), after=_after(request.GET.get("after", "")))
    may_sign = permissions.can_sign_rules(request.user, run.centre_id)
    context = {
        "run": run,
        "found": found,
        "form": form,
        "asked_by_me": run.started_by_id == request.user.pk,
        "may_sign": may_sign and run.is_open,
        "is_later_page": bool(request.GET.get("after")),
        "typed_by": typed_by(request),
    }
    return render(request, "rules_run.html", context, status=status)


def _after(text: str) -> tuple[int, int] | None:
    weight, _dot, pk = text.partition(".")
    if not (weight.isascii() and weight.isdigit() and pk.isascii() and pk.isdigit() and len(text) < 25):
        return None
    return int(weight), int(pk)
