"""What a sample with signed results is corrected to: proposed by one person of the laboratory, signed by another."""

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import sight, standpoints
from api.v1.exact_text import TextField
from api.v1.result_turns import ReasonFields
from monitoring.actions import sample_corrections
from monitoring.models import Sample, SampleCorrection
from monitoring.models.choices import TimepointChoice, TissueChoice
from monitoring.queries import sample_corrections as queries
from monitoring.queries.laboratory import laboratory_centres


class ProposalFields(ReasonFields):
    """What the sample is proposed to be, and why; what is not sent stays."""

    tissue = serializers.ChoiceField(TissueChoice.values, required=False)
    collected_on = serializers.DateField(required=False)
    timepoint = serializers.ChoiceField(TimepointChoice.values, required=False, allow_blank=True)


class SignatureFields(serializers.Serializer[Any]):
    """What the person had before their eyes: the `effect` of a GET."""

    effect = TextField(max_length=queries.FINGERPRINT_LENGTH)


class SampleCorrections(APIView):
    """Corrections of one sample: read by whoever reads the sample, proposed by people of its laboratory."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """List every correction that was proposed for the sample, the latest first."""
        standpoints.check_names(request)
        sample = get_object_or_404(sight.samples(request), pk=pk)
        rows = SampleCorrection.objects.filter(sample=sample).order_by("-proposed_at", "-pk")
        return standpoints.tagged(request, {"results": [_show(row) for row in rows]})

    def post(self, request: Request, pk: int) -> Response:
        """Propose material, day of collection or time point of a sample whose results are signed or wait for it.

        409 where another proposal waits; 422 where no result is signed: PATCH /samples/{id}/ corrects it.
        """
        fields = ProposalFields(data=request.data)
        fields.is_valid(raise_exception=True)
        changes = dict(fields.validated_data)
        reason, sample = changes.pop("reason"), _sample(request, pk)
        proposal = sample_corrections.propose(
            by=bearer(request), sample=sample, changes=changes, reason=reason, now=timezone.now()
        )
        return Response(_shown_whole(proposal), status=status.HTTP_201_CREATED)


class CorrectionDetail(APIView):
    """One correction."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return the correction with what signing it would change today; `effect` is sent back with the signature."""
        standpoints.check_names(request)
        row = get_object_or_404(SampleCorrection.objects.filter(sample__in=sight.samples(request)), pk=pk)
        return standpoints.tagged(request, _shown_whole(row))


class CorrectionSign(APIView):
    """Signing as the second person."""

    def post(self, request: Request, pk: int) -> Response:
        """Sign what was seen: the sample changes, its results and verdicts follow.

        403 for whoever proposed it; 409 where it is not open any more, the sample has changed since, or signing would
        now do something else.
        """
        fields = SignatureFields(data=request.data)
        fields.is_valid(raise_exception=True)
        row, effect = _row(request, pk), fields.validated_data["effect"]
        sample_corrections.sign(by=bearer(request), correction=row, effect=effect, now=timezone.now())
        return Response(_shown_whole(_row(request, pk)))


class CorrectionReturn(APIView):
    """Giving back what was proposed."""

    def post(self, request: Request, pk: int) -> Response:
        """Return the correction with the reason; the sample stays as it is."""
        fields = ReasonFields(data=request.data)
        fields.is_valid(raise_exception=True)
        row, reason = _row(request, pk), fields.validated_data["reason"]
        return Response(
            _shown_whole(
                sample_corrections.send_back(by=bearer(request), correction=row, reason=reason, now=timezone.now())
            )
        )


class CorrectionWithdraw(APIView):
    """Taking one's own proposal back."""

    def post(self, request: Request, pk: int) -> Response:
        """Withdraw one's own proposal with the reason; the sample stays as it is."""
        fields = ReasonFields(data=request.data)
        fields.is_valid(raise_exception=True)
        row, reason = _row(request, pk), fields.validated_data["reason"]
        return Response(
            _shown_whole(
                sample_corrections.withdraw(by=bearer(request), correction=row, reason=reason, now=timezone.now())
            )
        )


def _sample(request: Request, pk: int) -> Sample:
    of_laboratory = Sample.objects.filter(laboratory__centre_id__in=laboratory_centres(bearer(request)))
    return get_object_or_404(of_laboratory.select_related("laboratory", "patient__centre"), pk=pk)


def _row(request: Request, pk: int) -> SampleCorrection:
    row = queries.row_of(pk, bearer(request))
    if row is None:
        raise Http404
    return row


def _shown_whole(row: SampleCorrection) -> dict[str, Any]:
    effects = queries.effects_of(row, now=timezone.now()) if row.state == SampleCorrection.State.PROPOSED else ()
    changes = [
        {
            "marker": each.marker, "ruleset": each.ruleset.value, "now": each.now.state, "then": each.then.state,
            "changes": [one.kind.value for one in each.change.changes], "samples_reclassed": each.reclassed,
        }
        for each in effects
    ]  # fmt: skip
    return _show(row) | {"effects": changes, "effect": queries.fingerprint_of(effects)}


def _show(row: SampleCorrection) -> dict[str, Any]:
    was = queries.Facts(row.was_tissue, row.was_collected_on, row.was_timepoint)
    return {
        "id": row.pk,
        "sample": row.sample_id,
        "patient": row.patient_id,
        "state": row.state,
        "was": asdict(was),
        "becomes": asdict(queries.Facts(row.tissue, row.collected_on, row.timepoint)),
        "reason": row.reason,
        "proposed_by": row.proposed_by_id,
        "proposed_at": row.proposed_at.isoformat(),
        "signed_by": row.signed_by_id,
        "signed_at": row.signed_at.isoformat() if row.signed_at else None,
        "closed_by": row.closed_by_id,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "comment": row.comment or None,
    }
