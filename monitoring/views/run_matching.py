"""Settling the names of a run: what each target is, whose each sample is, by accession number and confirmed."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from monitoring.actions import reading, run_matching
from monitoring.actions.refusals import ActionRefused, StaleVersion
from monitoring.domain.plate import WellRole
from monitoring.forms.runs import ROLES_TO_CHOOSE, DescribeForm, NameForm, RevisionForm, TargetsForm, chosen_matches
from monitoring.models import QpcrRun
from monitoring.queries import run_matching as queries
from monitoring.queries.runs import lots_to_choose
from monitoring.views.runs import changed, run_of_laboratory
from monitoring.views.signed_in import SignedInRequest

ASKED = "number-"  # name of the field in which an accession number is typed for a name of the tray


@login_required
@require_http_methods(["GET", "POST"])
def run_samples(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the names with the tubes that they may stand for; confirm those that were ticked."""
    row = run_of_laboratory(request, pk)
    if request.method == "POST":
        return _confirm(request, row)
    return matching_page(request, row)


@login_required
@require_POST
def run_targets(request: SignedInRequest, pk: int) -> HttpResponse:
    """Settle what each target is."""
    row = run_of_laboratory(request, pk)
    page = queries.matching_page(row, {})
    form = TargetsForm(request.POST, targets=page.targets, assays=page.assays)
    if not form.is_valid():
        return matching_page(request, row, targets_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    revision = form.cleaned_data["revision"]
    try:
        run_matching.say_targets(by=request.user, run=row, said=form.said(), revision=revision)
    except StaleVersion as refused:
        return changed(request, row, revision, refused)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return matching_page(request, row, targets_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("The targets are settled. Names of assays are known from the next file on."))
    return redirect("run-samples", pk)


@login_required
@require_POST
def run_name(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set one name aside, say that it is a control, or let it wait again."""
    row = run_of_laboratory(request, pk)
    form = NameForm(request.POST)
    if not form.is_valid():
        return matching_page(request, row, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    given = form.cleaned_data
    try:
        _say_of_name(request, row, request.POST.get("step", ""), given)
    except run_matching.MatchRefused as refused:
        wrong = {refused.run_sample_id: str(refused)}
        return matching_page(request, row, wrong=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except ActionRefused as refused:
        return changed(request, row, given["revision"], refused)
    return redirect("run-samples", pk)


def matching_page(
    request: SignedInRequest,
    row: QpcrRun,
    *,
    targets_form: TargetsForm | None = None,
    wrong: dict[int, str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Show the page; `wrong` says at which name what was refused."""
    page = queries.matching_page(row, _asked(request))
    shown = [each.sample_id for name in page.names for each in (*name.found, *([name.matched] if name.matched else []))]
    patient_ids = queries.patients_of(shown)
    reading.note_all(by=request.user, patient_ids=patient_ids, channel="laboratory", now=timezone.now())
    form = targets_form or TargetsForm(initial={"revision": row.revision}, targets=page.targets, assays=page.assays)
    lots = lots_to_choose(row)
    context: dict[str, Any] = {
        "run": row,
        "page": page,
        "targets_form": form,
        "describe_form": DescribeForm(initial=_described(row, [lot.lot_id for lot in lots if lot.used]), lots=lots),
        "lots": lots,
        "roles": ROLES_TO_CHOOSE,
        "wrong": wrong or {},
        "ticked": request.POST.getlist("match"),
    }
    return render(request, "run_samples.html", context, status=status)


def _confirm(request: SignedInRequest, row: QpcrRun) -> HttpResponse:
    form = RevisionForm(request.POST)
    matches = chosen_matches(request.POST.getlist("match"))
    if not form.is_valid() or matches is None:
        messages.warning(request, _("Tick one sample for each name at most. Nothing was matched."))
        return matching_page(request, row, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not matches:
        messages.warning(request, _("No sample was ticked, so nothing was matched."))
        return redirect("run-samples", row.pk)
    revision = form.cleaned_data["revision"]
    try:
        run_matching.match(by=request.user, run=row, matches=matches, revision=revision, now=timezone.now())
    except run_matching.MatchRefused as refused:
        wrong = {refused.run_sample_id: str(refused)}
        return matching_page(request, row, wrong=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except ActionRefused as refused:
        return changed(request, row, revision, refused)
    sentence = ngettext("%(count)s sample is matched.", "%(count)s samples are matched.", len(matches))
    messages.success(request, sentence % {"count": len(matches)})
    page = queries.matching_page(row, {})
    return redirect("run" if not page.waiting and not page.targets_open else "run-samples", row.pk)


def _say_of_name(request: SignedInRequest, row: QpcrRun, step: str, given: dict[str, Any]) -> None:
    name, revision = given["run_sample"], given["revision"]
    if step == "set-aside":
        run_matching.set_aside(
            by=request.user, run=row, run_sample_id=name, because=given["because"], revision=revision
        )
    elif step == "control" and given["role"]:
        run_matching.declare(
            by=request.user, run=row, run_sample_id=name, role=WellRole(given["role"]), revision=revision
        )
    elif step == "back":
        run_matching.unmatch(by=request.user, run=row, run_sample_id=name, revision=revision)
    else:
        raise run_matching.MatchRefused(name, _("Say what this name is."))


def _asked(request: SignedInRequest) -> dict[int, str]:
    """The accession numbers that were typed, by name of the tray."""
    typed = {**request.GET.dict(), **request.POST.dict()}
    return {
        int(name.removeprefix(ASKED)): str(value).strip()
        for name, value in typed.items()
        if name.startswith(ASKED) and name.removeprefix(ASKED).isdecimal() and str(value).strip()
    }


def _described(row: QpcrRun, used: list[int]) -> dict[str, Any]:
    return {
        "revision": row.revision,
        "run_on": row.run_on.isoformat() if row.run_on else "",
        "comment": row.comment,
        "lots": [str(pk) for pk in used],
    }
