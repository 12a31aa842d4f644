"""Results over the API: the same actions as the pages, so the same two people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import narrowing, paging, sight, standpoints
from api.v1.exact_numbers import ExactNumberField
from api.v1.exact_text import TextField
from api.v1.problems import DOMAIN_REFUSALS
from monitoring.actions import reading, results, samples
from monitoring.actions.refusals import ActionRefused
from monitoring.domain.readings import CopiesReading, Reading, ReportedReading
from monitoring.domain.terms import Call
from monitoring.domain.units import PCT_ABL1_EXPONENT, Scale, to_pct_abl1
from monitoring.models import Assay, MrdResult, MrdSeries, ResultWell, Sample
from monitoring.models.choices import ResultStateChoice, ScaleChoice, TimepointChoice, TissueChoice
from monitoring.queries import known_results

LARGEST_ID = 2**63 - 1  # of a bigint
LIMIT_SCALES = [scale.value for scale in PCT_ABL1_EXPONENT]  # a limit is the assay's: never in % of diagnosis


class SampleFields(serializers.Serializer[Any]):
    """A sample by its accession number; the other facts are needed when it is new."""

    accession_number = TextField(max_length=50)
    tissue = serializers.ChoiceField(TissueChoice.choices, required=False)
    collected_on = serializers.DateField(required=False)
    received_on = serializers.DateField(required=False)
    timepoint = serializers.ChoiceField(TimepointChoice.choices, required=False, default="")


class CopiesFields(serializers.Serializer[Any]):
    """Copies of each valid well, 0 where nothing amplified."""

    target = serializers.ListField(child=ExactNumberField(), max_length=12)
    abl1 = serializers.ListField(child=ExactNumberField(), max_length=12)


class ReportedFields(serializers.Serializer[Any]):
    """A call with, where quantified, a value and its scale. A number without a scale is refused.

    `loq` is the limit of quantification that the laboratory states, on `loq_scale`.
    """

    call = serializers.ChoiceField([call.value for call in Call])
    value = ExactNumberField(required=False)
    scale = serializers.ChoiceField([scale.value for scale in Scale], required=False)
    abl1_copies = ExactNumberField(required=False)
    lod_pct_abl1 = ExactNumberField(required=False, above_zero=True)
    loq = ExactNumberField(required=False, allow_null=True, above_zero=True)
    loq_scale = serializers.ChoiceField(LIMIT_SCALES, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a value or a limit without a scale."""
        if "value" in attrs and "scale" not in attrs:
            raise serializers.ValidationError({"scale": "A value without a scale is refused, never guessed."})
        if attrs.get("loq") is not None and "loq_scale" not in attrs:
            raise serializers.ValidationError({"loq_scale": "A limit without a scale is refused, never guessed."})
        return attrs


class MeasurementFields(serializers.Serializer[Any]):
    """What was measured: either copies or a reported value."""

    copies = CopiesFields(required=False)
    reported = ReportedFields(required=False)
    comment = TextField(max_length=500, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Demand exactly one form of the measurement."""
        if ("copies" in attrs) == ("reported" in attrs):
            raise serializers.ValidationError({"copies": "Give either copies or reported, not both and not neither."})
        return attrs


class ResultFields(MeasurementFields):
    """A result to be entered: series, assay, sample, and what was measured."""

    series = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    assay = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    sample = SampleFields()


class ResultList(APIView):
    """Results."""

    def get(self, request: Request) -> HttpResponseBase:
        """List the results that the bearer sees; `state` and `series` narrow.

        `as_of` narrows to samples collected by that day. `known_at` gives the versions signed by that moment, in the
        state they were in and with the facts of their samples as on record then; drafts were nothing known.
        """
        asked = standpoints.standpoint_of_list(request, "state", "series")
        rows = sight.results(request)
        if (series := narrowing.number(request, "series")) is not None:
            rows = rows.filter(series_id=series)
        state = narrowing.one_of(request, "state", ResultStateChoice.values)
        rows, show = results_at(rows, asked, state)
        found, next_after = paging.cut(request, rows)
        patient_ids = [row.patient_id for row in found]
        reading.note_all(by=bearer(request), patient_ids=patient_ids, channel="api", now=timezone.now())
        content = {"results": [show(row) for row in found], "next_after": next_after}
        return standpoints.tagged(request, {**content, **standpoints.told(asked)})

    def post(self, request: Request) -> Response:
        """Enter a result as a draft; a person of the measuring laboratory does."""
        fields = ResultFields(data=request.data)
        fields.is_valid(raise_exception=True)
        data = fields.validated_data
        series = _named(MrdSeries, data["series"], "series")
        assay = _named(Assay, data["assay"], "assay")
        result = refusing(
            lambda: results.enter(
                by=bearer(request),
                series=series,
                sample=_sample(request, series, assay, data["sample"]),
                assay=assay,
                reading=reading_of(data),
                comment=data["comment"],
            )
        )
        result.refresh_from_db()
        return Response(show_result(result), status=status.HTTP_201_CREATED)


def results_at(
    rows: QuerySet[MrdResult], asked: standpoints.ListStandpoint, state: str | None
) -> tuple[QuerySet[MrdResult], Callable[[MrdResult], dict[str, Any]]]:
    """Narrow results to a standpoint and a state, and say how one of them is shown from there."""
    as_of, known_at = asked.as_of, asked.known_at
    if known_at is None:
        rows = rows.filter(collected_on__lte=as_of) if as_of else rows
        return rows.filter(state=state) if state else rows, show_result
    moment = known_at
    rows = known_results.signed_by(rows, moment)
    rows = known_results.in_state(rows, moment, state) if state else rows
    rows = known_results.collected_by(rows, as_of, moment) if as_of else rows
    return rows, lambda row: show_result(known_results.as_recorded(row, moment))


def show_result(result: MrdResult) -> dict[str, Any]:
    """Return a result as the API shows it: exact numbers as text, each with its unit in its name."""
    return {
        "id": result.pk,
        "series": result.series_id,
        "sample": {"id": result.sample_id, "accession_number": result.sample.accession_number},
        "assay": result.assay_id,
        "assay_key": result.assay_key,
        "version": result.version,
        "state": result.state,
        "collected_on": result.collected_on,
        "tissue": result.tissue,
        "timepoint": result.timepoint or None,
        "call": result.call,
        "pct_abl1": _text(result.pct_abl1),
        "target_copies": _text(result.target_copies),
        "abl1_copies": _text(result.abl1_copies),
        "lod_pct_abl1": _text(result.lod_pct_abl1),
        "loq_pct_abl1": _text(result.loq_pct_abl1),
        "entered": {"value": _text(result.entered_value), "scale": result.entered_scale or None},
        "problems": result.problems,
        "comment": result.comment,
        "constructed": result.constructed,
        "submitted_at": _moment(result.submitted_at),
        "authorised_at": _moment(result.authorised_at),
        "authorisation_basis": result.authorisation_basis or None,
    }


def copies_of(result: MrdResult) -> dict[str, list[str | None]] | None:
    """Return the copies of each well, null where its curve gave none; None for a value that was reported."""
    if result.entered_scale != ScaleChoice.COPIES:
        return None
    wells = list(ResultWell.objects.filter(result=result).order_by("position"))
    named = (("target", ResultWell.Target.MARKER), ("abl1", ResultWell.Target.CONTROL))
    return {name: [_text(well.copies) for well in wells if well.target == target] for name, target in named}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def result_of(request: Request, pk: int) -> MrdResult:
    """Return a version that the bearer sees; 404 where there is none."""
    return get_object_or_404(sight.results(request), pk=pk)


def _named(model: Any, pk: int, path: str) -> Any:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise ValidationError({path: "There is none with this number that you may see."})
    return row


def _sample(request: Request, series: MrdSeries, assay: Assay, data: dict[str, Any]) -> Sample:
    """Return the sample of this accession number, taken in when it is new; never one of another patient."""
    known = Sample.objects.filter(laboratory=assay.laboratory, accession_number=data["accession_number"]).first()
    if known is not None:
        if known.patient_id != series.patient_id:
            raise ValidationError({"sample.accession_number": "This sample belongs to another patient."})
        told = {name: data[name] for name in ("tissue", "collected_on") if name in data}
        differing = [name for name, value in told.items() if value != getattr(known, name)]
        if differing:  # it may be another tube: its result is not put on this one without a word
            sentence = "This sample is on record with another value; correct it first."
            raise ValidationError({f"sample.{name}": sentence for name in differing})
        return known
    missing = {f"sample.{name}": "Needed for a new sample." for name in ("tissue", "collected_on") if name not in data}
    if missing:
        raise ValidationError(missing)
    sample = Sample(patient=series.patient, laboratory=assay.laboratory, **data)
    return samples.register(by=bearer(request), sample=sample, now=timezone.now())


def reading_of(data: Mapping[str, Any], kept_loq: Decimal | None = None) -> Reading:
    """Return the measurement that a caller tells, in one of the two forms.

    `kept_loq`, in % of ABL1, is the limit of quantification that stays where a reported value says nothing of it.
    """
    if "copies" in data:
        return CopiesReading(tuple(data["copies"]["target"]), tuple(data["copies"]["abl1"]))
    told = data["reported"]
    return ReportedReading(
        call=Call(told["call"]),
        value=told.get("value"),
        scale=Scale(told["scale"]) if "scale" in told else None,
        abl1_copies=told.get("abl1_copies"),
        lod_pct_abl1=told.get("lod_pct_abl1"),
        loq_pct_abl1=_limit(told) if "loq" in told else kept_loq,
    )


def _limit(told: Mapping[str, Any]) -> Decimal | None:
    return None if told["loq"] is None else to_pct_abl1(told["loq"], Scale(told["loq_scale"]))


def refusing(do: Callable[[], MrdResult]) -> MrdResult:
    """Turn the named errors of the domain into sentences at the field."""
    try:
        return do()
    except ActionRefused:
        raise
    except tuple(DOMAIN_REFUSALS) as error:
        path, message = DOMAIN_REFUSALS[type(error)]
        raise ValidationError({path: message}) from error
