"""The audit trail: who did what, who opened whose record, what hospital systems asked, for auditors of the centre."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from monitoring import permissions
from monitoring.actions import exports, reading
from monitoring.forms.audit_search import AuditSearchForm, FailedSearchForm
from monitoring.queries import audit_standing, audit_trail, failed_sign_ins, recorded_acts
from monitoring.queries.audit_trail import Asked, Auditor, Recorded
from monitoring.reports import spreadsheets
from monitoring.reports.spreadsheets import Cell
from monitoring.views import exported
from monitoring.views.signed_in import SignedInRequest
from monitoring.wording import audit_words

MOST_EXPORTED = 20_000  # rows of one file


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the trail in words."""

    row: Recorded
    moment: str
    what: str
    way: str


@login_required
@require_GET
def trail(request: SignedInRequest) -> HttpResponse:
    """List what was done, the newest first; reading what was done to a patient is a reading of the patient's record."""
    auditor, now = _auditor(request), timezone.now()
    form, asked = _asked(request, auditor)
    found = audit_trail.page(auditor, asked) if asked is not None else None
    told = {name: value for name, value in request.GET.items() if value and name != "after"}
    if found is not None:
        _note_read(request, (row.patient_id for row in found.rows), now)
    seals = audit_standing.standing()
    context = {
        "form": form, "lines": [_line(row, auditor) for row in found.rows] if found else [],
        "next_after": "-".join(map(str, found.next_after)) if found and found.next_after else "",
        "rest": urlencode(told), "has_asked": bool(told), "zone": auditor.zone.key, "most": MOST_EXPORTED,
        "seals": seals, "sealed": audit_words.second(seals.sealed_at, auditor.zone) if seals.sealed_at else "",
        "pseudonym": _pseudonym(auditor, form) if asked else "",
    }  # fmt: skip
    return render(request, "audit.html", context)


@login_required
@require_GET
def act(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one act: what was there before, what after, and why."""
    auditor = _auditor(request)
    entry = audit_trail.find_act(auditor, pk)
    if entry is None:
        raise Http404
    row = audit_trail.shown(auditor, entry)
    _note_read(request, [row.patient_id], timezone.now())
    rows = [
        {
            "name": each.name, "words": audit_words.column_words(each.name, each.column), "is_changed": each.is_changed,
            "before": audit_words.value_words(each.before, each.column, auditor.zone),
            "after": audit_words.value_words(each.after, each.column, auditor.zone),
        }
        for each in recorded_acts.differences(entry)
    ]  # fmt: skip
    context = {
        "line": _line(row, auditor), "entry": entry, "zone": auditor.zone.key,
        "changed": [each for each in rows if each["is_changed"]],
        "kept": [each for each in rows if not each["is_changed"]],
    }  # fmt: skip
    return render(request, "audit_act.html", context)


@login_required
@require_GET
def sign_ins(request: SignedInRequest) -> HttpResponse:
    """List sign-ins that were refused, and who is locked out now."""
    auditor, form = _auditor(request), FailedSearchForm(request.GET)
    found = failed_sign_ins.page(auditor.centres, form.after(), timezone.now())
    lines = [{"row": row, "moment": audit_words.second(row.at, auditor.zone)} for row in found.rows]
    return render(request, "audit_sign_ins.html", {"found": found, "lines": lines, "zone": auditor.zone.key})


@login_required
@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    """Give the trail as it is narrowed, as csv, up to MOST_EXPORTED rows; the export is an act of the trail itself."""
    auditor, now = _auditor(request), timezone.now()
    _form, asked = _asked(request, auditor)
    if asked is None:  # a file must not hold more than was asked for
        return redirect(f"{reverse('audit')}?{request.GET.urlencode()}")
    rows = list(audit_trail.every_row(auditor, asked, MOST_EXPORTED + 1))
    taken = rows[:MOST_EXPORTED]
    exports.note(
        by=request.user, what="audit.csv", query=urlencode({k: v for k, v in request.GET.items() if v}),
        rows=len(taken), patient_ids={row.patient_id for row in taken if row.patient_id}, now=now,
    )  # fmt: skip
    table: list[list[Cell]] = [_cells(_line(row, auditor)) for row in taken]
    if len(rows) > MOST_EXPORTED:
        table.append([_remark()])
    made = spreadsheets.csv_file(_header(), table)
    answer = HttpResponse(made, content_type=exported.KINDS["csv"])
    answer["Content-Disposition"] = f'attachment; filename="audit-{now:%Y-%m-%d}-{len(taken)}-rows.csv"'
    return answer


def _auditor(request: SignedInRequest) -> Auditor:
    """Return what the person audits; for anybody else there is no such page."""
    audited = permissions.audits_of(request.user)
    if not audited:
        raise Http404
    return Auditor(request.user.pk, tuple(each.centre_id for each in audited), audited[0].centre.zone)


def _asked(request: SignedInRequest, auditor: Auditor) -> tuple[AuditSearchForm, Asked | None]:
    """Return the form and the question; None where something of it cannot be read."""
    form = AuditSearchForm(request.GET, audit_trail.people(auditor))
    if not form.is_valid():
        return form, None
    told = form.cleaned_data
    patients: frozenset[int] | None = None
    if told["patient"]:
        patients = audit_trail.patients_named(auditor, told["patient"])
    if told["record"]:
        if not permissions.can_audit(request.user, told["record"]):
            raise Http404
        record = frozenset([told["record"]])
        patients = record if patients is None else patients & record
    return form, form.asked(patients)


def _note_read(request: SignedInRequest, patient_ids: Any, now: datetime) -> None:
    shown = {pk for pk in patient_ids if pk}
    reading.note_all(by=request.user, patient_ids=shown, channel=audit_trail.AUDIT_CHANNEL, now=now)


def _pseudonym(auditor: Auditor, form: AuditSearchForm) -> str:
    """The patient of whom alone a link asked for."""
    return audit_trail.pseudonym_of(auditor, form.cleaned_data["record"] or 0)


def _line(row: Recorded, auditor: Auditor) -> Line:
    return Line(
        row, audit_words.second(row.at, auditor.zone), audit_words.what_words(row.kind, row.what),
        audit_words.way_words(row.kind, row.what, row.who.is_machine, by_product=row.actor_id is None),
    )  # fmt: skip


def _header() -> list[str]:
    return [
        _("Moment"), _("Time zone and UTC"), _("What is listed"), _("Number"), _("Who"), _("Account"),
        _("What"), _("Code"), _("Way"), _("Subject"), _("Patient"), _("Reason"), _("Query"), _("Status of the answer"),
    ]  # fmt: skip


def _cells(line: Line) -> list[Cell]:
    row = line.row
    return [
        line.moment, row.at.isoformat(timespec="seconds"), row.kind, row.number, row.who.name, row.who.account,
        line.what, row.what, line.way, row.subject, row.pseudonym, row.reason, row.query, row.status or None,
    ]  # fmt: skip


def _remark() -> str:
    return _("There are more rows: a file holds the newest %(most)s. Narrow it by days for the rest.") % {
        "most": f"{MOST_EXPORTED}"
    }
