"""One row of the worklist, opened in place: the verdict, its evidence, and the step that is taken without leaving."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from monitoring.actions import reading, recompute, seeing
from monitoring.models import Alert, Patient
from monitoring.queries import charts, worklist
from monitoring.queries.patient_page import PatientPage, read_patient_page
from monitoring.queries.patient_record import Standpoint
from monitoring.views.alert_desk import ACKNOWLEDGE, HAND_OVER, Attempt, Turn, attempt, desk_of, seen_now, typed_in
from monitoring.views.alert_story import Desk, ToldAlert
from monitoring.views.alerts import alert_of, what_changed
from monitoring.views.charts import address_of, chart_of
from monitoring.views.interrupted import kept_through_sign_in, take_kept, typed_by
from monitoring.views.patient_story import MarkerStory, story_of
from monitoring.views.signed_in import SignedInRequest
from monitoring.views.worklist import chart_centres, filters_of, is_narrowed
from monitoring.views.worklist_lines import line_of

CHANNEL = "web"
TURNS = {turn.name: turn for turn in (ACKNOWLEDGE, HAND_OVER)}


@dataclass(frozen=True, slots=True)
class Opened:
    """What an opened row shows: the words of the marker, the alerts with their forms, and what others changed."""

    page: PatientPage
    story: MarkerStory
    waiting: list[ToldAlert]
    done: str = ""
    changed: tuple[str, ...] = ()
    typed: tuple[tuple[str, str], ...] = ()


@login_required
@require_GET
def row(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a row (or close it again with `open=no`); without JavaScript the patient page is opened."""
    chart, now = _chart_of_series(request, pk), timezone.now()
    if not request.htmx:
        return redirect(address_of(chart.pk, "alerts"))
    recompute.drain_patient(chart.pk, now=now)
    if request.GET.get("open") == "no":
        return _answer(request, pk, None, now)
    reading.note(by=request.user, patient=chart, channel=CHANNEL, now=now)
    opened = _opened(request, chart, pk, now)
    waiting = [told.alert.alert_id for told in opened.waiting]
    seeing.note(by=request.user, patient_id=chart.pk, alert_ids=waiting, now=now)
    return _answer(request, pk, opened, now)


@kept_through_sign_in
@require_POST
def row_turn(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Acknowledge an alert, or hand it over, from its row; the row answers in place and the counts follow."""
    turn = TURNS.get(name)
    if turn is None:
        raise Http404
    (alert, desk), now = alert_of(request, pk), timezone.now()
    tried = attempt(request, turn, alert, desk, now)
    if not request.htmx:
        return redirect(address_of(alert.patient_id, "alerts"))
    if tried.is_done:
        opened = replace(_opened(request, alert.patient, alert.series_id, now), done=str(turn.done))
        return _answer(request, alert.series_id, opened, now, counted=True)
    recompute.drain_patient(alert.patient_id, now=now)
    opened = _with_attempt(_opened(request, alert.patient, alert.series_id, now), alert, turn, tried, desk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if tried.stale is None else HTTPStatus.CONFLICT
    return _answer(request, alert.series_id, opened, now, status=status)


def _chart_of_series(request: SignedInRequest, pk: int) -> Patient:
    series = charts.find_series(pk)
    if series is None:
        raise Http404
    return chart_of(request, series.patient_id)


def _opened(request: SignedInRequest, chart: Patient, series_id: int, now: datetime) -> Opened:
    standpoint = Standpoint.of(chart, now)
    series = charts.find_series(series_id)
    page = read_patient_page(chart, standpoint, series.marker if series else "")
    if page.marker is None:
        raise Http404
    desk = desk_of(request, chart.pk)
    with timezone.override(chart.centre.zone):
        story = story_of(page.marker, standpoint.as_of, now, desk)
    waiting = [_kept(request, told, desk) if desk else told for told in story.open_alerts]
    return Opened(page, story, waiting)


def _kept(request: SignedInRequest, told: ToldAlert, desk: Desk) -> ToldAlert:
    """A form that was sent when the session had ended is shown as it was typed."""
    for turn in TURNS.values():
        kept = take_kept(request, reverse("worklist-turn", args=[told.alert.alert_id, turn.name]))
        if kept is not None:
            return _with_form(told, turn, turn.form(kept, told.alert.alert_id, desk))
    return told


def _with_attempt(opened: Opened, alert: Alert, turn: Turn, tried: Attempt, desk: Desk) -> Opened:
    """Put the form back as it was typed; on a stale page, with what changed and the alert as it stands now."""
    changed = tuple(what_changed(alert, tried)) if tried.stale is not None else ()
    waiting, is_back = [], False
    for told in opened.waiting:
        if told.alert.alert_id != alert.pk:
            waiting.append(told)
            continue
        form, is_back = tried.form, True
        if changed:
            now_is = (told.forms.acknowledge or form).initial
            form = turn.form(seen_now(form, now_is), alert.pk, desk)
        waiting.append(_with_form(told, turn, form))
    typed = () if is_back else tuple(typed_in(tried.form))
    return replace(opened, waiting=waiting, changed=changed, typed=typed)


def _with_form(told: ToldAlert, turn: Turn, form: Any) -> ToldAlert:
    if turn is HAND_OVER:
        return replace(told, forms=replace(told.forms, hand_over=form))
    return replace(told, forms=replace(told.forms, acknowledge=form))


def _answer(
    request: SignedInRequest,
    series_id: int,
    opened: Opened | None,
    now: datetime,
    *,
    counted: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    centres, filters = chart_centres(request), filters_of(request, request.POST or request.GET)
    found = worklist.read_row(centres=centres, series_id=series_id, now=now)
    if found is None:
        raise Http404
    group, shown_row = found
    context: dict[str, object] = {
        "line": line_of(group, shown_row, now), "opened": opened, "typed_by": typed_by(request),
    }  # fmt: skip
    if counted:
        counts = worklist.read_counts(centres=centres, filters=filters, now=now)
        shown = [(group, n) for group, n in counts.by_group.items() if filters.group in {None, group}]
        context |= {"counts": shown, "found": counts, "is_filtered": is_narrowed(filters), "out_of_band": True}
    with timezone.override(shown_row.zone):
        return render(request, "worklist.html#row", context, status=status)
