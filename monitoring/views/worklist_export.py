"""The worklist as a file: every row of what is seen, in its order, in the reader's words."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring.actions import exports, recompute
from monitoring.actions.saved_views import filters_of as kept_filters
from monitoring.queries import worklist
from monitoring.queries.worklist import Row
from monitoring.queries.worklist_groups import Group
from monitoring.reports.spreadsheets import Cell
from monitoring.views import exported
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.worklist import chart_centres, filters_of
from monitoring.views.worklist_lines import line_of
from monitoring.wording import states


@login_required
@require_GET
def export(request: SignedInRequest, kind: str) -> HttpResponse:
    """Give every row of the worklist as it is narrowed; who took it, with which filters, is in the audit."""
    exported.check_kind(kind)
    centres = chart_centres(request)
    if not centres:
        raise PermissionDenied(_("Clinicians, data managers and auditors have a worklist."))
    now = timezone.now()
    waiting = recompute.waiting_after_draining(now=now)
    listed = worklist.read_all(centres=centres, filters=filters_of(request, request.GET), now=now)
    exports.note(
        by=request.user, what=f"worklist.{kind}", query=kept_filters(request.GET.urlencode()), rows=len(listed),
        patient_ids={row.patient_id for _group, row in listed}, now=now,
    )  # fmt: skip
    names = {group: render_to_string("components/worklist_group.html", {"group": group}).strip() for group in Group}
    rows = [
        [*_cells(names[group], group, row, now), _("yes") if row.series_id in waiting else ""] for group, row in listed
    ]
    return exported.table(kind=kind, name="worklist", title=_("Worklist"), header=_header(), rows=rows, now=now)


def _header() -> list[str]:
    return [
        _("What"), _("Patient"), _("Marker"), _("Mutation type"), _("State"), _("State, code"),
        _("Evidence, % of ABL1"), _("Alerts that wait"), _("Urgency"), _("Raised on"), _("Acknowledge before"),
        _("Whose"), _("Suspected on"), _("Next sample due"), _("Overdue from"),
        _("Being recomputed"),
    ]  # fmt: skip


def _cells(name: str, group: Group, row: Row, now: datetime) -> Sequence[Cell]:
    line, lead = line_of(group, row, now), row.lead
    return [
        name, row.pseudonym, row.marker, row.mutation_type, str(states.word("state", row.state).words), row.state,
        line.evidence.main, len(row.alerts), lead.urgency if lead else None,
        lead.raised_at.astimezone(row.zone).date() if lead else None,
        lead.due_at.astimezone(row.zone).date() if lead and lead.due_at else None,
        "; ".join(line.hands), row.suspected_on, row.due_on, row.overdue_from,
    ]  # fmt: skip
