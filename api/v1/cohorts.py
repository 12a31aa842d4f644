"""Cohorts of the bearer's centres: the list, one with its flow of patients, a new one, a new version."""

from typing import Any

from django.http import Http404, HttpResponseBase
from rest_framework import status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import paging, standpoints
from api.v1.cohort_fields import CohortFields, VersionFields, definition_of
from api.v1.named_json import named
from monitoring import permissions
from monitoring.actions import cohorts as actions
from monitoring.domain.cohorts import definition_json
from monitoring.models import Centre, Cohort, CohortVersion
from monitoring.queries import cohort_answers, cohort_data
from monitoring.queries import cohorts as queries
from monitoring.queries.cohorts import CohortLine, VersionLine

NOT_YOURS = "Cohorts are read by clinicians, data managers and auditors."
LONGEST_VERSION = 9  # digits


class CohortList(APIView):
    """The cohorts of the bearer's centres."""

    def get(self, request: Request) -> HttpResponseBase:
        """List the cohorts that were not put away, with the definition in force."""
        check_names(request, *standpoints.PAGING)
        centres = readable_centres(request)
        rows, next_after = paging.cut(request, Cohort.objects.filter(centre__in=centres, archived_at=None))
        lines = {line.cohort_id: line for line in queries.read_cohorts(centres)}
        shown = [_shown(lines[row.pk]) for row in rows]
        return standpoints.tagged(request, {"results": shown, "next_after": next_after})

    def post(self, request: Request) -> Response:
        """Name a cohort of a centre and define it."""
        check_names(request)
        sent = CohortFields(data=request.data)
        sent.is_valid(raise_exception=True)
        definition, centre_id = definition_of(request.data), sent.validated_data["centre"]
        if centre_id not in readable_centres(request):
            raise ValidationError({"centre": "There is no such centre here."})
        made = actions.define(
            by=bearer(request), centre=Centre.objects.get(pk=centre_id), name=sent.validated_data["name"],
            definition=definition,
        )  # fmt: skip
        return Response(_whole(cohort_of(request, made.cohort_id)), status=status.HTTP_201_CREATED)


class CohortDetail(APIView):
    """One cohort."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the cohort with its versions, and how many patients its definition in force takes today, and why."""
        check_names(request)
        return standpoints.tagged(request, _whole(cohort_of(request, pk)))


class CohortVersions(APIView):
    """The versions of a cohort."""

    def post(self, request: Request, pk: int) -> Response:
        """Define a cohort anew as its next version; 409 where somebody did so since `seen_version`."""
        check_names(request)
        cohort_of(request, pk)
        sent = VersionFields(data=request.data)
        sent.is_valid(raise_exception=True)
        actions.define_anew(
            by=bearer(request), cohort_id=pk, seen_version=sent.validated_data["seen_version"],
            definition=definition_of(request.data), because=sent.validated_data["because"],
        )  # fmt: skip
        return Response(_whole(cohort_of(request, pk)), status=status.HTTP_201_CREATED)


def readable_centres(request: Request) -> list[int]:
    """Return the centres whose cohorts the bearer reads; raises PermissionDenied where there is none."""
    user = bearer(request)
    found = [
        one.centre_id for one in permissions.memberships_of(user) if permissions.can_read_cohorts(user, one.centre_id)
    ]
    if not found:
        raise PermissionDenied(NOT_YOURS)
    return list(dict.fromkeys(found))


def cohort_of(request: Request, pk: int) -> CohortLine:
    """Return a cohort of the bearer's centres; 404 for any other, and for one that is not there."""
    found = queries.read_cohort(pk, readable_centres(request))
    if found is None:
        raise Http404
    return found


def version_of(request: Request, line: CohortLine) -> CohortVersion:
    """Return the version that was asked for, by default the one in force; 404 for one that there is not."""
    asked = request.query_params.get("version")
    if asked is not None and not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_VERSION):
        raise ValidationError({"version": "This must be a whole number."})
    wanted = line.latest if asked is None else next((v for v in line.versions if v.number == int(asked)), None)
    if wanted is None:
        raise Http404
    return cohort_answers.version_row(wanted.version_id)


def check_names(request: Request, *others: str) -> None:
    """Refuse a parameter that is not known here; a cohort is of today, and has no standpoint in the past."""
    standpoints.check_names(request, *others)
    past = [name for name in standpoints.NAMES if name in request.query_params]
    if past:
        raise standpoints.Unprocessable(dict.fromkeys(past, "A cohort is of today; there is no such parameter here."))


def _shown(line: CohortLine) -> dict[str, Any]:
    return {
        "id": line.cohort_id, "name": line.name, "centre": line.centre_id, "is_synthetic": line.is_synthetic,
        "version": line.latest.number, "definition": definition_json.to_json(line.latest.definition),
    }  # fmt: skip


def _whole(line: CohortLine) -> dict[str, Any]:
    definition = line.latest.definition
    flow, data = cohort_data.preview(line.centre_id, definition), cohort_data.state_of(line.centre_id, definition)
    return {
        **_shown(line),
        "versions": [_version(each) for each in line.versions],
        "flow": {
            "considered": flow.considered,
            "included": len(flow.included),
            "left_out": [named(step) for step in flow.steps],
        },
        "data": {"revision": data.revision, "patients": data.patients, "pending": data.pending},
    }


def _version(version: VersionLine) -> dict[str, Any]:
    return {
        "number": version.number, "definition": definition_json.to_json(version.definition),
        "made_by": version.made_by, "made_at": version.made_at, "because": version.because,
    }  # fmt: skip
