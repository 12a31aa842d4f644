"""The worklist: who needs something today, the most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.actions import recompute
from monitoring.domain.urgency import EPISODE
from monitoring.models.choices import MarkerChoice
from monitoring.queries import worklist
from monitoring.queries.worklist import Filters, Group, Row
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import worklist_words
from monitoring.wording.worklist_words import Clock, Told


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its words."""

    row: Row
    evidence: Told
    clock: Clock
    lead_words: str
    differing: Sequence[tuple[str, str]]
    next_tissues: str


@login_required
@require_GET
def show(request: SignedInRequest) -> HttpResponse:
    """Show the worklist of the centres at which the person reads charts; the laboratory has a list of its own."""
    centres = chart_centres(request)
    if not centres:
        if permissions.roles_of(request.user) & permissions.LABORATORY_ROLES:
            return redirect("laboratory")
        raise PermissionDenied(_("Clinicians, data managers and auditors have a worklist."))
    now = timezone.now()
    pending = recompute.drain_pending(now=now)
    filters = _filters(request)
    found = worklist.read(centres=centres, filters=filters, now=now)
    context = {
        "sections": [(s, [_line(s.group, row, now) for row in s.rows]) for s in found.sections],
        "found": found, "filters": filters, "pending": pending, "groups": list(Group), "markers": MarkerChoice.values,
        "is_filtered": bool(filters.text or filters.marker or filters.group),
    }  # fmt: skip
    template = "worklist.html#list" if request.htmx else "worklist.html"
    return render(request, template, context)


def chart_centres(request: SignedInRequest) -> list[int]:
    """Return the centres at which the person may read charts."""
    memberships = permissions.memberships_of(request.user)
    return sorted({m.centre_id for m in memberships if m.role in permissions.CHART_ROLES})


def _filters(request: SignedInRequest) -> Filters:
    """Take what the address asks for; a word that is not on the list narrows nothing."""
    marker, group, after = (request.GET.get(name, "") for name in ("marker", "group", "after"))
    return Filters(
        text=request.GET.get("q", "").strip()[:50],
        marker=marker if marker in MarkerChoice.values else "",
        group=Group(group) if group in set(Group) else None,
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0,
    )


def _line(group: Group, row: Row, now: datetime) -> Line:
    return Line(
        row=row,
        evidence=_evidence(group, row),
        clock=_clock(group, row, now),
        lead_words=worklist_words.lead_words(row.lead.code, row.lead.urgency) if row.lead else "",
        differing=[
            (ruleset, state)
            for ruleset, state in row.content["states"].items()
            if ruleset != row.ruleset and state != row.state
        ],
        next_tissues=worklist_words.tissues_words(row.content["due"][0]["tissues"]) if row.content["due"] else "",
    )


def _evidence(group: Group, row: Row) -> Told:
    episode, latest = row.content["episode"], row.content["latest"]
    lead = row.lead
    if lead is not None and lead.code != EPISODE and group in {Group.URGENT, Group.ALERTS}:
        return worklist_words.evidence_of_flag(lead.detail, lead.code, None)
    if episode is not None and group in {Group.URGENT, Group.SUSPECTED, Group.ALERTS}:
        return worklist_words.evidence_of_episode(episode)
    if latest:
        return worklist_words.evidence_of_sample(latest[-1])
    return Told(_("No result yet"))


def _clock(group: Group, row: Row, now: datetime) -> Clock:
    if group is Group.SUSPECTED and row.suspected_on:
        return worklist_words.confirmation_clock(row.suspected_on, row.today)
    if row.lead is not None and group in {Group.URGENT, Group.ALERTS}:
        tone = "confirmed" if group is Group.URGENT else "quiet"
        return worklist_words.waiting_clock(row.lead.raised_at, row.lead.due_at, now, tone)
    return worklist_words.due_clock(row.due_on or row.today, row.overdue_from, row.today)
