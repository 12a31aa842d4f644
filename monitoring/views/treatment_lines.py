"""Adding, correcting, ending and removing a line of treatment; what the rules make of it is told."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from monitoring.actions import treatments
from monitoring.domain.treatment_lines import Line, LineKind, end_of_first_line, remarks_on
from monitoring.forms.record_form import RemovalForm
from monitoring.forms.treatment_lines import Cycle2Form, LineEndForm, LineForm
from monitoring.models import Patient, Treatment
from monitoring.models.choices import TreatmentKindChoice
from monitoring.queries.treatment_lines import count_cycles, find_line, first_diagnosis, read_lines
from monitoring.queries.verdict_effects import VerdictEffect, of_lines
from monitoring.views.chart_rows import patient_to_record, row_to_record
from monitoring.views.interrupted import kept_through_sign_in, take_kept
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.writing_record import RecordPage, answer, show
from monitoring.wording.dates import day
from monitoring.wording.effect_words import is_said, would_said
from monitoring.wording.line_words import counted_from_said, remarks_said


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def line_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a line of treatment; `kind` in the address proposes one."""
    patient = patient_to_record(request, pk)
    now, others = timezone.now(), read_lines(patient.pk)
    page = _page(patient, _("Add a line of treatment"), _("Record it"), _remark(patient, others, others, now))
    if request.method != "POST":
        return show(request, page, LineForm(initial=take_kept(request) or _proposed(request)))
    form = LineForm(request.POST)
    return answer(
        request,
        page,
        form,
        lambda: treatments.start(by=request.user, patient=patient, now=now, **_columns(form)),
        _done(_("The line of treatment is recorded."), patient, others, _typed(form, others), now),
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def line_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct a line of treatment, with the reason."""
    row = row_to_record(request, find_line, pk)
    now, cycles = timezone.now(), count_cycles(row)
    before, others = read_lines(row.patient_id), read_lines(row.patient_id, besides=row.pk)
    page = _page(
        row.patient, _("Correct a line of treatment"), _("Save the correction"),
        _remark(row.patient, before, others, now), lead=_held(cycles),
        remove_href="" if cycles else reverse("line-remove", args=[row.pk]),
    )  # fmt: skip
    standing = LineForm.initial_of(row)
    if request.method != "POST":
        initial = {**standing, **_kept(request)}
        return show(request, page, LineForm(initial=initial, is_correction=True, cycles=cycles))
    form = LineForm(request.POST, initial=standing, is_correction=True, cycles=cycles)
    return answer(
        request,
        page,
        form,
        lambda: treatments.change(
            by=request.user, treatment=row, changes=_columns(form), now=now, reason=form.reason, seen=form.seen
        ),
        _done(_("The line of treatment is corrected."), row.patient, before, _typed(form, others), now),
    )


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def line_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record the day on which a line ended: of the first line, the day that the rules count from."""
    row = row_to_record(request, find_line, pk)
    now, before = timezone.now(), read_lines(row.patient_id)
    others = read_lines(row.patient_id, besides=row.pk)
    is_first = row.kind == TreatmentKindChoice.FIRST_LINE
    title = _("First line ended") if is_first else _("Line of treatment ended")
    page = _page(
        row.patient, title, _("Record the end"), _end_remark(row, before, others, now),
        lead=_("%(what)s, since %(day)s.") % {"what": row.regimen, "day": day(row.starts_on)},
    )  # fmt: skip
    if request.method != "POST":
        seen = {"seen": row.recorded_at.isoformat()}
        return show(request, page, LineEndForm(initial={**seen, **_kept(request)}))
    form = LineEndForm(request.POST)
    return answer(
        request,
        page,
        form,
        lambda: treatments.end(
            by=request.user, treatment=row, ends_on=form.cleaned_data["ends_on"], now=now,
            stopped_because=form.cleaned_data["stopped_because"], seen=form.seen,
        ),
        _done(_("The end is recorded."), row.patient, before, _ended(row, form, others), now),
    )  # fmt: skip


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def line_cycle_2(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record the first day of the second cycle of a first line: blood is due after it."""
    row = row_to_record(request, find_line, pk)
    lead = _("%(what)s, since %(day)s.") % {"what": row.regimen, "day": day(row.starts_on)}
    page = _page(row.patient, _("Cycle 2 of the first line began"), _("Record it"), None, lead=lead)
    if request.method != "POST":
        return show(request, page, Cycle2Form(initial={"seen": row.recorded_at.isoformat(), **_kept(request)}))
    form = Cycle2Form(request.POST)
    return answer(
        request,
        page,
        form,
        lambda: treatments.begin_cycle_2(
            by=request.user, treatment=row, cycle_2_on=form.cleaned_data["cycle_2_on"], now=timezone.now(),
            seen=form.seen,
        ),
        _("Cycle 2 is recorded."),
    )  # fmt: skip


@kept_through_sign_in
@require_http_methods(["GET", "POST"])
def line_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a line of treatment that was written down by mistake."""
    row = row_to_record(request, find_line, pk)
    now, before = timezone.now(), read_lines(row.patient_id)
    others = read_lines(row.patient_id, besides=row.pk)
    would = [counted_from_said(end_of_first_line(before), end_of_first_line(others))]
    would += would_said(of_lines(row.patient_id, others, now=now))
    lead = " ".join([_("Only for what was written down by mistake."), *filter(None, would)])
    page = _page(row.patient, _("Remove a line of treatment"), _("Remove it"), None, lead=lead)
    form = RemovalForm(request.POST or None, row=row)
    if request.method != "POST":
        return show(request, page, form)
    return answer(
        request,
        page,
        form,
        lambda: treatments.remove(by=request.user, treatment=row, **form.given),
        _done(_("It is removed. What it was stays in the history."), row.patient, before, others, now),
    )


def _kept(request: SignedInRequest) -> dict[str, str]:
    """Return what had been typed before the sign-in, by field; empty where nothing was kept."""
    kept = take_kept(request)
    return {name: str(value) for name, value in kept.dict().items()} if kept else {}


def _page(
    patient: Patient,
    title: str,
    button: str,
    remark: Callable[[forms.Form], str] | None,
    *,
    lead: str = "",
    remove_href: str = "",
) -> RecordPage:
    return RecordPage(
        patient=patient, title=title, section="timeline", part=_("Events, treatment and findings"), button=button,
        lead=lead, remove_href=remove_href, remark=remark,
    )  # fmt: skip


def _proposed(request: SignedInRequest) -> dict[str, str]:
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in TreatmentKindChoice.values else {}


def _columns(form: LineForm) -> dict[str, Any]:
    return {**form.columns, "kind": TreatmentKindChoice(form.columns["kind"])}


def _held(cycles: int) -> str:
    """What may be changed of a line that holds cycles."""
    if not cycles:
        return ""
    return ngettext(
        "This line holds %(count)s venetoclax cycle: its kind stays, it begins at the latest with its first cycle, "
        "and it goes with its last one.",
        "This line holds %(count)s venetoclax cycles: its kind stays, it begins at the latest with its first cycle, "
        "and it goes with its last one.",
        cycles,
    ) % {"count": cycles}


def _typed(form: LineForm, others: tuple[Line, ...]) -> tuple[Line, ...] | None:
    """The lines as they will be; None while what is typed is no line."""
    return (*others, form.line) if form.line else None


def _ended(row: Treatment, form: LineEndForm, others: tuple[Line, ...]) -> tuple[Line, ...] | None:
    if not form.is_valid():
        return None
    return (*others, Line(LineKind(row.kind), row.starts_on, form.cleaned_data["ends_on"], count_cycles(row)))


def _remark(
    patient: Patient, before: tuple[Line, ...], others: tuple[Line, ...], now: datetime
) -> Callable[[forms.Form], str]:
    def said(form: forms.Form) -> str:
        after = _typed(form, others) if isinstance(form, LineForm) else None
        return _would(patient, before, after, now)

    return said


def _end_remark(
    row: Treatment, before: tuple[Line, ...], others: tuple[Line, ...], now: datetime
) -> Callable[[forms.Form], str]:
    def said(form: forms.Form) -> str:
        after = _ended(row, form, others) if isinstance(form, LineEndForm) else None
        return _would(row.patient, before, after, now)

    return said


def _would(patient: Patient, before: tuple[Line, ...], after: tuple[Line, ...] | None, now: datetime) -> str:
    """What the rules would make of the lines; the one that is typed stands last."""
    if after is None:
        return ""
    effects = of_lines(patient.pk, after, now=now)
    return " ".join([*_about(patient, before, after, now), *would_said(effects)])


def _done(done: str, patient: Patient, before: tuple[Line, ...], after: tuple[Line, ...] | None, now: datetime) -> str:
    """The message afterwards: what was written, and where the series stand by each verdict that changed."""
    if after is None:
        return done
    is_removal = len(after) < len(before)
    about = [_counted(before, after)] if is_removal else _about(patient, before, after, now)
    effects: tuple[VerdictEffect, ...] = of_lines(patient.pk, after, now=now)
    return " ".join([done, *filter(None, about), *is_said(effects)])


def _about(patient: Patient, before: tuple[Line, ...], after: tuple[Line, ...], now: datetime) -> list[str]:
    *others, line = after
    today = now.astimezone(patient.centre.zone).date()
    remarks = remarks_on(line, others, today=today, diagnosed_on=first_diagnosis(patient.pk))
    return [*filter(None, [_counted(before, after)]), *remarks_said(remarks)]


def _counted(before: tuple[Line, ...], after: tuple[Line, ...]) -> str:
    return counted_from_said(end_of_first_line(before), end_of_first_line(after))
