"""What a clinician does with an alert over the API: the same actions as the pages, on what was seen."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth.tokens import bearer
from api.v1 import conditions
from api.v1.alerts import show_with_steps
from api.v1.exact_text import TextField
from monitoring import permissions
from monitoring.actions import acknowledging, handing_over, resolving
from monitoring.actions.acknowledging import ActionTaken, Decision, NextSampleTissue
from monitoring.actions.alert_turns import SeenAlert
from monitoring.models import Alert, User


class SeenFields(serializers.Serializer[Any]):
    """What the person had before their eyes: its tag as If-Match, or both of these as a GET of the alert shows them."""

    revision = serializers.IntegerField(min_value=0, required=False)
    changed_at = serializers.DateTimeField(required=False)
    comment = TextField(max_length=1000, allow_blank=True)

    def seen_by(self, request: Request, alert: Alert) -> SeenAlert:
        """The state of the alert that the person decided on.

        Raises NothingSeen where neither says it, and ChangedMeanwhile where the tag is another.
        """
        told = self.validated_data
        in_body = "revision" in told and "changed_at" in told
        current = {**show_with_steps(alert), "known_at": None} if request.headers.get("If-Match") else {}
        conditions.seen_as_is(request, current, required=not in_body)
        if in_body:
            return SeenAlert(told["revision"], told["changed_at"])
        return SeenAlert(alert.series.revision, alert.changed_at)


class DecisionFields(SeenFields):
    """What is done, why, and when the next sample is taken."""

    action_taken = serializers.ChoiceField(ActionTaken.values)
    next_sample_on = serializers.DateField(required=False, allow_null=True, default=None)
    next_sample_tissue = serializers.ChoiceField(NextSampleTissue.values)

    @property
    def decision(self) -> Decision:
        """What was decided."""
        given = self.validated_data
        return Decision(
            ActionTaken(given["action_taken"]), given["comment"], given["next_sample_on"],
            NextSampleTissue(given["next_sample_tissue"]),
        )  # fmt: skip


class HandOverFields(SeenFields):
    """To whom, and why."""

    to = TextField(max_length=150)


class AlertAcknowledge(APIView):
    """Taking an alert on."""

    def post(self, request: Request, pk: int) -> Response:
        """Acknowledge what was seen; 409 when the alert or its samples have changed since."""
        alert = _alert(request, pk)
        fields = DecisionFields(data=request.data)
        fields.is_valid(raise_exception=True)
        done = acknowledging.acknowledge(
            by=bearer(request),
            alert=alert,
            seen=fields.seen_by(request, alert),
            decision=fields.decision,
            now=timezone.now(),
        )
        return Response(show_with_steps(done))


class AlertHandOver(APIView):
    """Handing an alert to another clinician."""

    def post(self, request: Request, pk: int) -> Response:
        """Hand it over to a person by user name; the day by which it is to be acknowledged stays."""
        alert = _alert(request, pk)
        fields = HandOverFields(data=request.data)
        fields.is_valid(raise_exception=True)
        to = User.objects.filter(username=fields.validated_data["to"]).first()
        if to is None:
            raise ValidationError({"to": "There is nobody of this name to whom it can be handed over."})
        seen = fields.seen_by(request, alert)
        done = handing_over.hand_over(
            by=bearer(request), alert=alert, seen=seen, to=to, comment=fields.validated_data["comment"],
            now=timezone.now(),
        )  # fmt: skip
        return Response(show_with_steps(done))


class AlertResolve(APIView):
    """Closing an alert that was acknowledged."""

    def post(self, request: Request, pk: int) -> Response:
        """Resolve it with its outcome; 409 when it was not acknowledged or has changed since."""
        alert = _alert(request, pk)
        fields = SeenFields(data=request.data)
        fields.is_valid(raise_exception=True)
        seen = fields.seen_by(request, alert)
        done = resolving.resolve(
            by=bearer(request), alert=alert, seen=seen, comment=fields.validated_data["comment"],
            now=timezone.now(),
        )  # fmt: skip
        return Response(show_with_steps(done))


def _alert(request: Request, pk: int) -> Alert:
    found = get_object_or_404(Alert.objects.select_related("patient__centre", "series"), pk=pk)
    permissions.check_can_acknowledge(bearer(request), found.patient_id)
    return found
