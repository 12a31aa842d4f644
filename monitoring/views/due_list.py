"""What is due, overdue and missed, as a list to call by."""

from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.actions import recompute
from monitoring.models.choices import MarkerChoice, TissueChoice
from monitoring.queries import due_list, interval_pages
from monitoring.queries.due_list import Asked, Place, Standing
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.worklist import chart_centres

DAYS_AHEAD = (7, 14, 28, 91)


@login_required
@require_GET
def show(request: SignedInRequest) -> HttpResponse:
    """Show who is to be called for a sample at the centres where the person reads charts."""
    centres = chart_centres(request)
    if not centres:
        raise PermissionDenied(_("Clinicians, data managers and auditors have a list of what is due."))
    now = timezone.now()
    pending = recompute.drain_pending(now=now)
    asked = _asked(request)
    found = due_list.read(centres=centres, asked=asked, now=now)
    places = {m.centre_id: m.centre for m in permissions.memberships_of(request.user) if m.centre_id in centres}
    context = {
        "found": found, "asked": asked, "pending": pending,
        "tabs": [(each, found.counts.get(each)) for each in Standing],
        "days_ahead": DAYS_AHEAD, "markers": MarkerChoice.values, "tissues": TissueChoice.values,
        "centres": list(places.values()), "kept": _query(asked),
        "next": _next(asked, found.next_place) if found.next_place else "",
        "may_set": interval_pages.centres_to_set(request.user), "now": now,
    }  # fmt: skip
    return render(request, "schedule.html", context)


def _asked(request: SignedInRequest) -> Asked:
    """Take what the address asks for; a word that is not on the list narrows nothing."""
    given = {name: request.GET.get(name, "") for name in ("show", "within", "tissue", "marker", "centre", "after")}
    return Asked(
        standing=Standing(given["show"]) if given["show"] in set(Standing) else Standing.ALL,
        within_days=int(given["within"]) if given["within"] in set(map(str, DAYS_AHEAD)) else due_list.WITHIN_DAYS,
        tissue=given["tissue"] if given["tissue"] in TissueChoice.values else "",
        marker=given["marker"] if given["marker"] in MarkerChoice.values else "",
        centre_id=_number(given["centre"]),
        after=_place(given["after"]),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _place(text: str) -> Place | None:
    """Where a page begins, as an address keeps it: `1.2026-11-20.17`."""
    rank, _dot, rest = text.partition(".")
    day, _dot, series_id = rest.partition(".")
    try:
        return Place(_number(rank), date.fromisoformat(day), _number(series_id))
    except ValueError:
        return None


def _query(asked: Asked) -> str:
    """What the list is narrowed to beside its standing, as the query of an address."""
    kept = {
        "within": asked.within_days if asked.within_days != due_list.WITHIN_DAYS else "",
        "tissue": asked.tissue,
        "marker": asked.marker,
        "centre": asked.centre_id or "",
    }
    return urlencode({name: value for name, value in kept.items() if value})


def _next(asked: Asked, place: Place) -> str:
    after = f"{place.rank}.{place.day.isoformat()}.{place.series_id}"
    return "&".join(part for part in (f"show={asked.standing}&after={after}", _query(asked)) if part)
