"""The life of a result over the API, by the same actions as the pages: what needs two people there needs two here.

Each step may carry If-Match with the tag of a GET; where it does, 412 says that the result has changed since. Writing a
draft anew demands it: two people may have it open.
"""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import conditions, standpoints
from api.v1.exact_text import TextField
from api.v1.results import MeasurementFields, copies_of, reading_of, refusing, result_of, results_at, show_result
from monitoring.actions import reading, results
from monitoring.actions.refusals import ActionRefused
from monitoring.models import MrdResult
from monitoring.models.choices import ResultStateChoice
from monitoring.queries.result_versions import read_by_instrument, stated_loq


class ResultDetail(APIView):
    """One version of a result."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the version.

        `known_at` gives it as it stood at that moment; 404 where it was not signed by then, or, with `as_of`, where its
        sample was collected later.
        """
        patient = result_of(request, pk).patient
        reading.note(by=bearer(request), patient=patient, channel="api", now=timezone.now())
        at = standpoints.standpoint_of(request, patient)
        asked = standpoints.ListStandpoint(None if at.is_today else at.as_of, at.known_at)
        rows, show = results_at(MrdResult.objects.select_related("sample", "assay").filter(pk=pk), asked, None)
        row = get_object_or_404(rows)
        return standpoints.tagged(request, {**show(row), "copies": copies_of(row), **standpoints.told(at)})

    def put(self, request: Request, pk: int) -> Response:
        """Write a draft anew, whole: what is not sent is no longer there. Whoever does so cannot authorise it.

        The ETag of a GET comes back as If-Match: 428 without it, 412 where the draft has changed since, 409 where it
        is no draft any more. What an instrument read is not typed over (422): discard it, and import the run again.
        """
        fields = MeasurementFields(data=request.data)
        fields.is_valid(raise_exception=True)
        data, row = fields.validated_data, _seen(request, pk, required=True)
        if row.state == ResultStateChoice.DRAFT and read_by_instrument(row):
            raise ActionRefused(_("This draft was read by an instrument. Discard it and import the run again."))
        seen = results.Seen(row.version, row.submitted_at)
        edited = refusing(
            lambda: results.edit(
                by=bearer(request), result=row, reading=reading_of(data), seen=seen, comment=data["comment"]
            )
        )
        edited.refresh_from_db()
        return Response(show_result(edited))


class ReasonFields(serializers.Serializer[Any]):
    """Why."""

    reason = TextField(max_length=500)


class SignedFields(serializers.Serializer[Any]):
    """What the person had before their eyes when they signed."""

    version = serializers.IntegerField(min_value=1)
    submitted_at = serializers.DateTimeField()

    @property
    def seen(self) -> results.Seen:
        """The version and the submission that the person decided on."""
        return results.Seen(self.validated_data["version"], self.validated_data["submitted_at"])


class RejectFields(SignedFields, ReasonFields):
    """What was seen, and why it goes back."""


class AmendFields(MeasurementFields, ReasonFields):
    """The measurement of the next version, and why there is one."""


class ResultSubmit(APIView):
    """Handing a draft to a second person."""

    def post(self, request: Request, pk: int) -> Response:
        """Submit the draft; 409 where it is none."""
        row = _seen(request, pk)
        return Response(show_result(results.submit(by=bearer(request), result=row, now=timezone.now())))


class ResultAuthorise(APIView):
    """Signing as the second person."""

    def post(self, request: Request, pk: int) -> Response:
        """Authorise what was seen; 409 when it has changed since, 403 for whoever had a hand in it."""
        fields = SignedFields(data=request.data)
        fields.is_valid(raise_exception=True)
        row = _seen(request, pk)
        return Response(
            show_result(results.authorise(by=bearer(request), result=row, seen=fields.seen, now=timezone.now()))
        )


class ResultReject(APIView):
    """Giving back what waits for a signature."""

    def post(self, request: Request, pk: int) -> Response:
        """Return a submitted result to draft, with the reason; 409 when it has changed since."""
        fields = RejectFields(data=request.data)
        fields.is_valid(raise_exception=True)
        row, reason = _seen(request, pk), fields.validated_data["reason"]
        return Response(show_result(results.reject(by=bearer(request), result=row, reason=reason, seen=fields.seen)))


class ResultAmend(APIView):
    """The next version of an authorised result."""

    def post(self, request: Request, pk: int) -> Response:
        """Begin the next version as a draft; the authorised one counts until that is signed by two people.

        The limit of quantification that was told with a reported value stays unless `loq` is given; null ends it.
        """
        fields = AmendFields(data=request.data)
        fields.is_valid(raise_exception=True)
        data, row = fields.validated_data, _seen(request, pk)
        draft = refusing(
            lambda: results.amend(
                by=bearer(request),
                result=row,
                reading=reading_of(data, stated_loq(row)),
                reason=data["reason"],
                comment=data["comment"],
            )
        )
        draft.refresh_from_db()
        return Response(show_result(draft), status=status.HTTP_201_CREATED)


class ResultWithdraw(APIView):
    """Taking a result out of its series."""

    def post(self, request: Request, pk: int) -> Response:
        """Withdraw an authorised result, or discard a draft, with the reason; it stays on record."""
        fields = ReasonFields(data=request.data)
        fields.is_valid(raise_exception=True)
        row, reason = _seen(request, pk), fields.validated_data["reason"]
        withdrawn = results.withdraw(by=bearer(request), result=row, reason=reason, now=timezone.now())
        return Response(show_result(withdrawn))


def _seen(request: Request, pk: int, *, required: bool = False) -> MrdResult:
    """The version, locked where the caller says what was seen, so that it cannot change between look and step."""
    row = result_of(request, pk)
    if required or request.headers.get("If-Match"):
        MrdResult.objects.select_for_update(no_key=True).get(pk=pk)
        row = result_of(request, pk)
        at = standpoints.told(standpoints.standpoint_now(row.patient))
        conditions.seen_as_is(request, {**show_result(row), "copies": copies_of(row), **at}, required=required)
    return row
