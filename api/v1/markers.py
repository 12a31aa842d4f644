"""What is followed in a patient, and the levels at diagnosis, by the same actions as the pages."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import conditions, standpoints
from api.v1.exact_numbers import ExactNumberField
from api.v1.exact_text import TextField
from api.v1.patient_rows import ChangeFields, readable_patient, shown
from api.v1.results import LIMIT_SCALES
from monitoring.actions import baselines, markers
from monitoring.domain.typed_numbers import MAX_PCT_ABL1
from monitoring.domain.units import Scale, to_pct_abl1
from monitoring.models import Baseline, MrdSeries
from monitoring.models.choices import MarkerChoice, TissueChoice
from monitoring.queries import known_inputs
from monitoring.queries.known_rows import on_record

LEVEL_NAMES = {
    "series_id": "series", "tissue": "tissue", "pct_abl1": "pct_abl1", "abl1_copies": "abl1_copies",
    "collected_on": "collected_on", "constructed": "constructed",
}  # fmt: skip
OF_MARKER = ("tissue", "pct_abl1", "abl1_copies", "collected_on", "constructed")


class MarkerFields(serializers.Serializer[Any]):
    """A marker to be followed; the mutation or transcript type as assays name it, empty where it has none."""

    marker = serializers.ChoiceField(MarkerChoice.values)
    mutation_type = TextField(max_length=20, required=False, allow_blank=True, default="")


class MarkerChange(ChangeFields):
    """What is corrected of a followed marker, and why; the marker itself only while nothing was measured of it."""

    seen = None  # type: ignore[assignment] # a series has no moment of its own: If-Match says what was seen
    marker = serializers.ChoiceField(MarkerChoice.values, required=False)
    mutation_type = TextField(max_length=20, required=False, allow_blank=True)


class LevelFields(serializers.Serializer[Any]):
    """A level at diagnosis on the scale of its report; a number without a scale is refused.

    `reason` is needed where a level is on record. `sure`: somebody looked at a level that is asked about.
    """

    value = ExactNumberField(above_zero=True)
    scale = serializers.ChoiceField(
        LIMIT_SCALES, error_messages={"required": "A value without a scale is refused, never guessed."}
    )
    abl1_copies = ExactNumberField(required=False, allow_null=True, above_zero=True)
    collected_on = serializers.DateField()
    reason = TextField(max_length=500, required=False, allow_blank=True, default="")
    sure = serializers.BooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a level that nothing can have, whatever its scale."""
        attrs["pct_abl1"] = to_pct_abl1(attrs["value"], Scale(attrs["scale"]))
        if attrs["pct_abl1"] > MAX_PCT_ABL1:
            raise ValidationError({"value": "This is no number that can have been measured."})
        return attrs


class Markers(APIView):
    """What is followed in a patient."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """List the markers that are followed, each with its levels at diagnosis in per cent of ABL1."""
        patient = readable_patient(request, pk)
        at = standpoints.standpoint_of(request, patient)
        levels = on_record(Baseline, [pk], at.known_at)
        found = [_shown(row, levels) for row in known_inputs.followed_series(patient, at.known_at)]
        return standpoints.tagged(request, {"results": found, **standpoints.told(at)})

    def post(self, request: Request, pk: int) -> Response:
        """Begin to follow a marker."""
        patient = readable_patient(request, pk)
        fields = MarkerFields(data=request.data)
        fields.is_valid(raise_exception=True)
        told = fields.validated_data
        row = markers.follow(
            by=bearer(request), patient=patient, marker=MarkerChoice(told["marker"]),
            mutation_type=told["mutation_type"].upper(),
        )  # fmt: skip
        return Response(_shown(row, []), status=status.HTTP_201_CREATED)


class MarkerDetail(APIView):
    """One followed marker."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the marker with its levels at diagnosis, and its tag; 404 where it was not followed by `known_at`."""
        series = _series(request, pk)
        at = standpoints.standpoint_of(request, series.patient)
        levels = on_record(Baseline, [series.patient_id], at.known_at)
        for row in known_inputs.followed_series(series.patient, at.known_at):
            if row.pk == pk:
                return standpoints.tagged(request, _shown(row, levels))
        raise NotFound

    def patch(self, request: Request, pk: int) -> Response:
        """Correct marker or mutation type, with the `reason`; 422 for the marker where results are on record."""
        series = _series(request, pk)
        fields = MarkerChange(data=request.data)
        fields.is_valid(raise_exception=True)
        changes, reason = dict(fields.validated_data), fields.validated_data["reason"]
        changes.pop("reason")
        if "mutation_type" in changes:
            changes["mutation_type"] = changes["mutation_type"].upper()
        levels = on_record(Baseline, [series.patient_id], None)
        is_seen = conditions.seen_as_is(request, _shown(series, levels))
        corrected = markers.correct(
            by=bearer(request), series=series, changes=changes, now=timezone.now(), reason=reason,
            seen=markers.seen_of(series) if is_seen else None,
        )  # fmt: skip
        return Response(_shown(corrected, levels))


class LevelAtDiagnosis(APIView):
    """The level at diagnosis of a series in one tissue."""

    tissue: ClassVar[TissueChoice]

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the level in per cent of ABL1, with its tag; 404 where there was none from the standpoint."""
        series = _series(request, pk)
        at = standpoints.standpoint_of(request, series.patient)
        for row in on_record(Baseline, [series.patient_id], at.known_at):
            if (row.series_id, row.tissue) == (pk, self.tissue) and row.collected_on <= at.as_of:
                return standpoints.tagged(request, _level(row))
        raise NotFound

    def put(self, request: Request, pk: int) -> Response:
        """Record the level (201), or correct the one on record (200): with the `reason` and as it was seen.

        428 where a level is on record and nothing says which one was seen, 412 where it is no longer that one. 422 at
        `value` asks about a level of an unusual size; with `sure` it is taken.
        """
        series, now = _series(request, pk), timezone.now()
        fields = LevelFields(data=request.data)
        fields.is_valid(raise_exception=True)
        standing = self._standing(series)
        try:
            if standing is None:
                return Response(_level(self._record(request, series, fields, now)), status=status.HTTP_201_CREATED)
            return Response(_level(_change(request, standing, fields, now)))
        except baselines.DoubtfulLevel as doubtful:
            raise standpoints.Unprocessable({"value": f"{doubtful} Send sure: true where it is."}) from doubtful

    def delete(self, request: Request, pk: int) -> Response:
        """Remove the level, with its `reason`; what it was stays in the history. 412 where it is not the one seen."""
        series = _series(request, pk)
        standing = self._standing(series)
        if standing is None:
            raise NotFound
        asked = ChangeFields(data=request.data)
        asked.is_valid(raise_exception=True)
        is_seen = conditions.seen_as_is(request, _level(standing))
        seen = standing.recorded_at if is_seen else asked.validated_data.get("seen")
        baselines.remove(by=bearer(request), baseline=standing, reason=asked.validated_data["reason"], seen=seen)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _standing(self, series: MrdSeries) -> Baseline | None:
        rows = Baseline.objects.select_related("series__patient__centre")
        return rows.filter(series=series, tissue=self.tissue).first()

    def _record(self, request: Request, series: MrdSeries, fields: LevelFields, now: datetime) -> Baseline:
        told = fields.validated_data
        if request.headers.get("If-Match", "").strip():
            raise conditions.ChangedMeanwhile  # what was seen is there no longer
        with transaction.atomic():
            row = baselines.record(
                by=bearer(request), series=series, tissue=self.tissue, now=now, sure=told["sure"], **_columns(told)
            )
        row.refresh_from_db()
        return row


class MarrowLevel(LevelAtDiagnosis):
    """The level at diagnosis in the marrow."""

    tissue = TissueChoice.BONE_MARROW


class BloodLevel(LevelAtDiagnosis):
    """The level at diagnosis in the blood."""

    tissue = TissueChoice.PERIPHERAL_BLOOD


def _change(request: Request, standing: Baseline, fields: LevelFields, now: datetime) -> Baseline:
    told = fields.validated_data
    conditions.seen_as_is(request, _level(standing), required=True)
    if not told["reason"].strip():
        raise ValidationError({"reason": "Say why it is corrected."})
    row = baselines.change(
        by=bearer(request), baseline=standing, changes=_columns(told), now=now, reason=told["reason"],
        seen=standing.recorded_at, sure=told["sure"],
    )  # fmt: skip
    row.refresh_from_db()
    return row


def _columns(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "pct_abl1": told["pct_abl1"], "abl1_copies": told.get("abl1_copies"), "collected_on": told["collected_on"],
    }  # fmt: skip


def _series(request: Request, pk: int) -> MrdSeries:
    series = get_object_or_404(MrdSeries.objects.select_related("patient__centre"), pk=pk)
    readable_patient(request, series.patient_id)
    return series


def _shown(row: MrdSeries, levels: list[Baseline]) -> dict[str, Any]:
    own = [_level(one) for one in levels if one.series_id == row.pk]
    return {
        "id": row.pk, "series": row.pk, "marker": row.marker, "mutation_type": row.mutation_type,
        "baselines": [{name: level[name] for name in OF_MARKER} for level in own],
    }  # fmt: skip


def _level(row: Baseline) -> dict[str, Any]:
    return shown(row, LEVEL_NAMES)
