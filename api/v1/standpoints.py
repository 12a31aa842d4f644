"""From where an answer is given: `as_of` (collected by that day) and `known_at` (recorded by that moment).

Every read about a patient takes both; without them the answer is of now. A moment may carry its offset from UTC
(`2026-03-13T17:00:00+01:00`, `...Z`); without one it is of the time zone of the patient's centre, and must have one in
lists that hold patients of several centres. In the night in which an hour comes twice the second one is meant. What
cannot be, or is not known here, is refused with 422 at its field: a misspelt name must not give the present for the
past.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1 import conditions, narrowing
from monitoring.forms.chart_day import ChartDayForm
from monitoring.forms.typed_fields import IsoDayField
from monitoring.forms.typed_moment import MomentField
from monitoring.models import Patient
from monitoring.queries.patient_record import Standpoint

NAMES = ("as_of", "known_at")
PAGING = ("after", "limit")
FIELDS = "fields"  # narrows what is shown, see narrowing
EARLIEST_ZONE = timedelta(hours=14)  # hours before UTC at which a day begins first: a day that is today anywhere


class Unprocessable(ValidationError):
    """A standpoint that cannot be, or a parameter that is not known."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class ListStandpoint:
    """The standpoint of a list of many patients; None is now."""

    as_of: date | None
    known_at: datetime | None


class _OfManyPatients(forms.Form):
    """The same two questions where no one centre gives the time zone."""

    as_of = IsoDayField(required=False)
    known_at = MomentField(required=False)


def standpoint_of(request: Request, patient: Patient, *others: str) -> Standpoint:
    """Return the standpoint asked for about one patient; `others` are the further parameters of this address."""
    check_names(request, *NAMES, *others)
    form = ChartDayForm(_asked(request), patient=patient, now=timezone.now())
    _check(form)
    return form.standpoint


def standpoint_now(patient: Patient) -> Standpoint:
    """Return the standpoint of now: that of an answer to which nothing was asked."""
    return Standpoint.of(patient, timezone.now())


def standpoint_of_list(request: Request, *others: str) -> ListStandpoint:
    """Return the standpoint asked for about many patients."""
    check_names(request, *NAMES, *PAGING, *others)
    form = _OfManyPatients(_asked(request))
    _check(form)
    now = timezone.now()
    asked = ListStandpoint(form.cleaned_data["as_of"], form.cleaned_data["known_at"])
    if asked.as_of is not None and asked.as_of > (now.astimezone(UTC) + EARLIEST_ZONE).date():
        raise Unprocessable({"as_of": "This day is in the future."})
    if asked.known_at is not None and asked.known_at > now:
        raise Unprocessable({"known_at": "This moment is in the future."})
    return asked


def is_asked(request: Request) -> bool:
    """Say whether a standpoint was asked for."""
    return any(name in request.query_params for name in NAMES)


def told(standpoint: Standpoint | ListStandpoint) -> dict[str, Any]:
    """Return the standpoint as an answer names it; null is now."""
    known_at = standpoint.known_at
    return {"as_of": standpoint.as_of, "known_at": known_at.isoformat() if known_at else None}


def tagged(request: Request, data: dict[str, Any]) -> HttpResponseBase:
    """Answer with a tag over the content, which names its standpoint; 304 where the caller has it already.

    `fields` narrows what is shown; the tag is still that of the whole, with an ending for what is left.
    """
    names = narrowing.asked_fields(request)
    shown, tag = narrowing.narrowed(data, names), conditions.tag_of(data)
    answer = Response(shown)
    ending = f"{conditions.NARROWED}{conditions.tag_of(sorted(names))[:8]}" if names else ""
    answer.headers["ETag"] = f'"{tag}{ending}"'
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Authorization"
    asking = cast(HttpRequest, request)  # what it wraps answers for it
    unchanged: HttpResponse | None = get_conditional_response(asking, etag=answer.headers["ETag"], response=answer)
    return unchanged or answer


def _asked(request: Request) -> dict[str, str]:
    """What was asked, each once: of two days neither can be taken for the one that was meant."""
    for name in NAMES:
        if len(request.query_params.getlist(name)) > 1:
            raise Unprocessable({name: "This is asked twice."})
    empty = [name for name in NAMES if request.query_params.get(name) == ""]
    if empty:
        raise Unprocessable(dict.fromkeys(empty, "This is empty; leave it out for now."))
    return {name: request.query_params[name] for name in NAMES if name in request.query_params}


def check_names(request: Request, *others: str) -> None:
    """Refuse a parameter that is not known here: a misspelt one must not give everything for a part.

    A standpoint is one of them where the answer has none: the present must not be given for the past.
    """
    unknown = set(request.query_params) - {FIELDS, *others}
    if unknown:
        raise Unprocessable(dict.fromkeys(sorted(unknown), "There is no such parameter here."))


def _check(form: forms.Form) -> None:
    if not form.is_valid():
        raise Unprocessable({name: [str(error) for error in errors] for name, errors in form.errors.items()})
