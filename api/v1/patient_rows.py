"""Rows of a patient's record over the API: read from a standpoint, written by the same actions as the pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import conditions, standpoints
from api.v1.exact_text import TextField
from monitoring import permissions
from monitoring.actions import reading
from monitoring.models import Patient, User
from monitoring.queries.known_rows import on_record
from monitoring.queries.patient_record import Standpoint


class ChangeFields(serializers.Serializer[Any]):
    """Why a row is changed or removed, and when the row was recorded that the caller saw."""

    reason = TextField(max_length=500)
    seen = serializers.DateTimeField(required=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the record: what is asked, how it is named in an answer, and the actions that write it.

    `names`: column of the row to name in the API, with its unit where it is a number; `day` is the column that says
    when it was. `add` gets person, patient, values and moment; `change` person, row, values, fields and moment;
    `remove` person, row, reason and the moment of the row that was seen.
    """

    model: type[Any]
    fields: type[serializers.Serializer[Any]]
    names: Mapping[str, str]
    day: str
    add: Callable[[User, Patient, dict[str, Any], datetime], Any]
    change: Callable[[User, Any, dict[str, Any], dict[str, Any], datetime], Any]
    remove: Callable[[User, Any, str, datetime | None], None]

    def show(self, row: Any) -> dict[str, Any]:
        """Return a row as the API shows it: exact numbers as text."""
        return shown(row, self.names)

    def columns(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was sent as columns of the row; what was not sent is not among them."""
        return {column: data[name] for column, name in self.names.items() if name in data}


class PatientRows(APIView):
    """The rows of one table of a patient."""

    table: ClassVar[Table]

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """List the rows as of a day (`as_of`) and as recorded by a moment (`known_at`), by day."""
        patient = readable_patient(request, pk)
        at = standpoints.standpoint_of(request, patient)
        rows = [row for row in on_record(self.table.model, [pk], at.known_at) if self._day(row) <= at.as_of]
        found = [self.table.show(row) for row in sorted(rows, key=self._day)]
        return standpoints.tagged(request, {"results": found, **standpoints.told(at)})

    def post(self, request: Request, pk: int) -> Response:
        """Record a row."""
        patient = readable_patient(request, pk)
        fields = self.table.fields(data=request.data)
        fields.is_valid(raise_exception=True)
        row = self.table.add(bearer(request), patient, dict(fields.validated_data), timezone.now())
        row.refresh_from_db()
        return Response(self.table.show(row), status=status.HTTP_201_CREATED)

    def _day(self, row: Any) -> date:
        found: date = getattr(row, self.table.day)
        return found


class PatientRow(APIView):
    """One row of a patient's record, as it is now."""

    table: ClassVar[Table]

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the row, with its tag: sent back as If-Match, it says which row was seen.

        With `known_at` as it was on record then; 404 where it was not, or, with `as_of`, where it is of a later day.
        What was removed since is among the rows of its patient.
        """
        row = self._row(request, pk)
        at = standpoints.standpoint_of(request, row.patient)
        found = row_at(row, at, self.table.day) if standpoints.is_asked(request) else row
        return standpoints.tagged(request, self.table.show(found))

    def patch(self, request: Request, pk: int) -> Response:
        """Correct what is sent, with its `reason`.

        412 where the row is no longer the one of If-Match, 409 where it is not the one of `seen`.
        """
        row = self._row(request, pk)
        asked, fields = ChangeFields(data=request.data), self.table.fields(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        fields.is_valid(raise_exception=True)
        is_seen = conditions.seen_as_is(request, self.table.show(row))
        changes = self.table.columns(fields.validated_data)
        seen = {"seen": row.recorded_at} if is_seen else {}
        self.table.change(bearer(request), row, changes, {**seen, **asked.validated_data}, timezone.now())
        row.refresh_from_db()
        return Response(self.table.show(row))

    def delete(self, request: Request, pk: int) -> Response:
        """Remove the row, with its `reason`; what it was stays in the history.

        412 where it is no longer the row of If-Match, 409 where it is not the one of `seen`.
        """
        row = self._row(request, pk)
        asked = ChangeFields(data=request.data)
        asked.is_valid(raise_exception=True)
        is_seen = conditions.seen_as_is(request, self.table.show(row))
        seen = row.recorded_at if is_seen else asked.validated_data.get("seen")
        self.table.remove(bearer(request), row, asked.validated_data["reason"], seen)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _row(self, request: Request, pk: int) -> Any:
        row = get_object_or_404(self.table.model.objects.select_related("patient__centre"), pk=pk)
        readable_patient(request, row.patient_id)
        return row


def row_at(row: Any, at: Standpoint, day: str) -> Any:
    """Return a row as it was on record from a standpoint; raises NotFound where it was not, or is of a later day."""
    for found in on_record(type(row), [row.patient_id], at.known_at):
        if found.pk == row.pk and getattr(found, day) <= at.as_of:
            return found
    raise NotFound


def readable_patient(request: Request, pk: int) -> Patient:
    """Return a patient whose chart the bearer may read, and note the reading."""
    patient = get_object_or_404(Patient.objects.select_related("centre"), pk=pk)
    if not permissions.can_read_chart(bearer(request), patient.pk):
        raise NotFound
    reading.note(by=bearer(request), patient=patient, channel="api", now=timezone.now())
    return patient


def shown(row: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of the record as the API shows it: each column by its name, exact numbers as text."""
    told = {name: _plain(getattr(row, column)) for column, name in names.items()}
    return {"id": row.pk, "patient": row.patient_id, **told, "recorded_at": row.recorded_at.isoformat()}


def _plain(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value
