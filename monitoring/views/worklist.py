"""The worklist: who needs something today, the most urgent first."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.actions import recompute
from monitoring.actions.saved_views import filters_of as filters_kept
from monitoring.models.choices import MarkerChoice
from monitoring.queries import open_alerts, saved_views, worklist
from monitoring.queries.worklist import Filters
from monitoring.queries.worklist_groups import Group, Place
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.worklist_lines import line_of

MINE = "mine"  # the word of the address that asks for one's own patients


@login_required
@require_GET
def show(request: SignedInRequest) -> HttpResponse:
    """Show the worklist of the centres at which the person reads charts; the laboratory has a list of its own."""
    centres = chart_centres(request)
    if not centres:
        if permissions.roles_of(request.user) & permissions.LABORATORY_ROLES:
            return redirect("laboratory")
        if permissions.roles_of(request.user) & permissions.SETTING_UP_ROLES:
            return redirect("own-centre")
        raise PermissionDenied(_("Clinicians, data managers and auditors have a worklist."))
    now = timezone.now()
    pending = recompute.drain_pending(now=now)
    filters = filters_of(request, request.GET)
    live_token = open_alerts.read(centres).token  # before the list: what comes between is asked for once more
    found = worklist.read(centres=centres, filters=filters, now=now)
    context = {
        "live_token": live_token,
        "sections": [(s, [line_of(s.group, row, now) for row in s.rows]) for s in found.sections],
        "found": found, "filters": filters, "pending": pending, "groups": list(Group), "markers": MarkerChoice.values,
        "is_filtered": is_narrowed(filters), "counts": [(s.group, s.count) for s in found.sections],
        "query": filters_kept(request.GET.urlencode()), "views": saved_views.read(
            request.user, "worklist", filters_kept(request.GET.urlencode())
        ),
    }  # fmt: skip
    template = "worklist.html#list" if request.htmx else "worklist.html"
    return render(request, template, context)


def chart_centres(request: SignedInRequest) -> list[int]:
    """Return the centres at which the person may read charts."""
    memberships = permissions.memberships_of(request.user)
    return sorted({m.centre_id for m in memberships if m.role in permissions.CHART_ROLES})


def filters_of(request: SignedInRequest, given: QueryDict) -> Filters:
    """Take what the address or the form asks for; a word that is not on the list narrows nothing."""
    marker, group, after = (given.get(name, "") for name in ("marker", "group", "after"))
    return Filters(
        text=given.get("q", "").strip()[:50],
        marker=marker if marker in MarkerChoice.values else "",
        group=Group(group) if group in set(Group) else None,
        after=Place.written(after),
        mine_of=request.user.pk if given.get("whose") == MINE else None,
    )


def is_narrowed(filters: Filters) -> bool:
    """Whether anything but the place in the list was asked for."""
    return bool(filters.text or filters.marker or filters.group or filters.mine_of)
