"""The people of a centre: added, given roles, helped in again by an administrator."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring import permissions
from monitoring.actions import memberships, passwords, people
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.people import FactsForm, PersonForm, RoleForm, WhyForm
from monitoring.models import User
from monitoring.queries import people_of_centres as queries
from monitoring.queries import roles
from monitoring.queries.people import person as person_row
from monitoring.views.signed_in import SignedInRequest


@login_required
@require_GET
def person_list(request: SignedInRequest) -> HttpResponse:
    """List everybody with a role at the centres that the person administers."""
    now = timezone.now()
    context = {"people": queries.of_centres(_centres(request), now), "now": now}
    return render(request, "people.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def person_add(request: SignedInRequest) -> HttpResponse:
    """Add a person and show the one-time password, this once."""
    form = PersonForm(request.POST or None, centres=_centres(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            added = people.add(
                by=request.user, username=told["username"], facts=form.facts, centre=told["centre"],
                role=told["role"], now=timezone.now(),
            )  # fmt: skip
        except people.UserNameTaken as refused:
            form.add_error("username", str(refused))
        else:
            return _told_once(request, added.person, added.password)
    return _form_page(request, form, "person_form.html")


@login_required
@require_http_methods(["GET", "POST"])
def role_give(request: SignedInRequest) -> HttpResponse:
    """Give somebody who has an account a role at one of the centres."""
    begun = {"username": request.GET.get("username", "")}
    form = RoleForm(request.POST or None, centres=_centres(request), initial=begun)
    if request.method == "POST" and form.is_valid():
        try:
            made = memberships.give(by=request.user, now=timezone.now(), **form.cleaned_data)
        except (ActionRefused, PermissionDenied) as refused:
            form.add_error("username", str(refused))
        else:
            said = {"name": made.user.shown_name, "role": made.get_role_display(), "centre": made.centre.name}
            messages.success(request, _("%(name)s is %(role)s at %(centre)s from now on.") % said)
            return redirect("person", made.user_id)
    return _form_page(request, form, "role_form.html")


@login_required
@require_http_methods(["GET", "POST"])
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a person; correct name and address."""
    row = _row(request, pk)
    if request.method != "POST":
        return _page(request, row, FactsForm.of(people.facts_of(row)))
    form = FactsForm(request.POST)
    if form.is_valid():
        try:
            people.correct(by=request.user, person=row, facts=form.facts, seen=form.seen)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("person", pk)
    return _page(request, row, form)


@login_required
@require_http_methods(["GET", "POST"])
def password_renew(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a one-time password for somebody who lost theirs, and show it, this once."""
    row, form = _row(request, pk), WhyForm(request.POST or None)
    passwords.check_can_decide_account(by=request.user, person=row)
    if request.method == "POST" and form.is_valid():
        try:
            password = passwords.renew(
                by=request.user, person=row, reason=form.cleaned_data["reason"], now=timezone.now()
            )  # fmt: skip
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            return _told_once(request, person_row(pk), password)
    return _form_page(request, form, "password_renew.html", person=row, hours=passwords.ONE_TIME_HOURS)


@login_required
@require_POST
def lock_out_lift(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let somebody try again who mistyped the password too often."""
    row = _row(request, pk)
    try:
        people.lift_lock_out(by=request.user, person=row, now=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s can try again.") % {"name": row.shown_name})
    return redirect("person", pk)


def _page(request: SignedInRequest, row: User, form: FactsForm) -> HttpResponse:
    centres, now = _centres(request), timezone.now()
    shown = queries.of_centre(centres, row.pk, now)
    try:
        passwords.check_can_decide_account(by=request.user, person=row)
        why_not = ""
    except PermissionDenied as refused:
        why_not = str(refused)
    context = {
        "person": shown, "form": form, "now": now, "why_not": why_not, "is_self": row.pk == request.user.pk,
        "elsewhere": [each for each in roles.centres_of(row) if each.pk not in centres],
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "person.html", context, status=status)


def _form_page(request: SignedInRequest, form: RoleForm | WhyForm, template: str, **more: object) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, {"form": form, **more}, status=status)


def _told_once(request: SignedInRequest, row: User, password: str) -> HttpResponse:
    """Answer with the password itself: it is in no message, no session and no address."""
    context = {"person": row, "password": password}
    answer = render(request, "password_told.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _centres(request: SignedInRequest) -> list[int]:
    centres = permissions.centres_kept_by(request.user)
    if not centres:
        raise PermissionDenied(_("An administrator of the centre decides who has which role there."))
    return centres


def _row(request: SignedInRequest, pk: int) -> User:
    if queries.of_centre(_centres(request), pk, timezone.now()) is None:
        raise Http404
    return person_row(pk)
