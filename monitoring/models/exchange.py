"""What hospital systems sent and are sent: identifiers, raw messages, versions, quarantine, subscriptions."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.alerts import AlertChange
from monitoring.models.choices import AckModeChoice, MessageStateChoice
from monitoring.models.clients import ApiClient
from monitoring.models.fields import choices_only
from monitoring.models.pairs import pair
from monitoring.models.patients import Patient
from monitoring.models.people import Centre, User
from monitoring.models.results import MrdResult
from monitoring.models.samples import Laboratory


class ExternalIdentifier(models.Model):
    """The name that a sender gave to something of ours. Unique per centre, so that a conflict reveals nothing."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    resource_type = models.CharField(max_length=40)
    system = models.CharField(max_length=300)
    value = models.CharField(max_length=200)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="external_identifiers")
    row_id = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "resource_type", "system", "value"], name="external_identifier_once"
            )
        ]
        indexes = [models.Index(fields=["resource_type", "row_id"], name="external_identifier_by_row")]


class ReceivedResource(models.Model):
    """One version of a FHIR resource as it was received, to the letter, and what became of it."""

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    resource_type = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    body = models.TextField()
    digest = models.CharField(max_length=64)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource_type", "row_id", "version"], name="received_version_once")
        ]


class SenderProfile(models.Model):
    """How one sender of HL7 v2 writes: its codes, units, decimal mark, time zone, and how it wants to be answered."""

    name = models.CharField(max_length=100)
    sending_application = models.CharField(max_length=180)
    sending_facility = models.CharField(max_length=180)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="sender_profiles")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    identifier_authority = models.CharField(max_length=200, blank=True, default="")
    ack_mode = models.CharField(max_length=10, choices=AckModeChoice.choices, default=AckModeChoice.STANDARD)
    decimal_comma = models.BooleanField(default=False)
    encoding = models.CharField(max_length=20, default="utf-8")
    time_zone = models.CharField(max_length=50, default="Europe/Paris")
    codes = models.JSONField(default=dict)
    units = models.JSONField(default=dict)
    words = models.JSONField(default=dict)
    silent_after_hours = models.PositiveIntegerField(null=True, blank=True)
    # The silence that was told, by the moment of the last message before it: each is told once.
    silence_told_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sending_application", "sending_facility"],
                condition=Q(is_active=True),
                name="sender_profile_once",
            ),
            choices_only("sender_profile_ack_known", "ack_mode", AckModeChoice),
        ]


class InboundMessage(models.Model):
    """A message of HL7 v2, or a FHIR resource that was refused for its patient, stored as it came.

    It was stored before it was answered; nothing of it is ever changed but its fate.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    profile = models.ForeignKey(SenderProfile, on_delete=models.PROTECT, related_name="messages", null=True, blank=True)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    peer = models.CharField(max_length=100)
    raw = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    body_sha256 = models.CharField(max_length=64)
    sending_application = models.CharField(max_length=180, blank=True, default="")
    sending_facility = models.CharField(max_length=180, blank=True, default="")
    control_id = models.CharField(max_length=199, blank=True, default="")
    message_type = models.CharField(max_length=20, blank=True, default="")
    received_at = models.DateTimeField(db_default=Now())
    ack_code = models.CharField(max_length=2, blank=True, default="")
    state = models.CharField(max_length=12, choices=MessageStateChoice.choices, default=MessageStateChoice.STORED)
    problems = models.JSONField(default=list)
    patient = models.ForeignKey(Patient, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    processed_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            choices_only("message_state_known", "state", MessageStateChoice),
            pair("message_settled_at_and_by", "settled_at", "settled_by"),
            models.UniqueConstraint(
                fields=["sending_application", "sending_facility", "control_id", "body_sha256"],
                condition=~Q(state__in=["DUPLICATE", "REFUSED"]),
                name="message_taken_once",
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], name="message_to_process", condition=Q(state="STORED")),
            models.Index(fields=["received_at", "id"], name="message_by_arrival"),
            models.Index(fields=["profile", "received_at"], name="message_by_sender"),
        ]


class ReportedResult(models.Model):
    """The clock of one result of a sender: which message holds, so that late and repeated ones change nothing."""

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="+")
    authority = models.CharField(max_length=200)
    filler_number = models.CharField(max_length=199)
    code = models.CharField(max_length=199)
    sub_id = models.CharField(max_length=20, blank=True, default="")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    result = models.ForeignKey(MrdResult, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    clock = models.DateTimeField()
    rank = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=1)
    digest = models.CharField(max_length=64)
    message = models.ForeignKey(InboundMessage, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["laboratory", "authority", "filler_number", "code", "sub_id"], name="reported_result_once"
            )
        ]


class UnknownSender(models.Model):
    """A system that sent messages and is not registered: whence and how often, nothing of what they said."""

    sending_application = models.CharField(max_length=180, blank=True, default="")
    sending_facility = models.CharField(max_length=180, blank=True, default="")
    peer = models.CharField(max_length=100)
    first_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())
    messages = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sending_application", "sending_facility", "peer"], name="unknown_sender_once"
            )
        ]


class Subscription(models.Model):
    """A system that wants to hear of alerts (R4 backport of topic-based subscriptions)."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="subscriptions")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=300)
    filters = models.JSONField(default=list)
    endpoint = models.CharField(max_length=500)
    headers = models.JSONField(default=list)
    payload = models.CharField(max_length=15, default="id-only")
    heartbeat_seconds = models.PositiveIntegerField(null=True, blank=True)
    timeout_seconds = models.PositiveIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, default="requested")
    error = models.CharField(max_length=500, blank=True, default="")
    ends_at = models.DateTimeField(null=True, blank=True)
    last_number = models.BigIntegerField(default=0)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True, default="")
    max_count = models.PositiveIntegerField(null=True, blank=True)
    # Failures in a row, when it is to be tried again, and by which worker it is being tried.
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subscription_status_known", condition=Q(status__in=["requested", "active", "error", "off"])
            ),
            models.CheckConstraint(
                name="subscription_payload_known", condition=Q(payload__in=["empty", "id-only", "full-resource"])
            ),
        ]


class AlertToPublish(models.Model):
    """A step of an alert that no subscriber was numbered for yet: written by the database, taken off by the worker."""

    change = models.OneToOneField(AlertChange, on_delete=models.CASCADE, related_name="to_publish", primary_key=True)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "alerts to publish"


class SubscriptionEvent(models.Model):
    """One thing to tell one subscriber, numbered without a gap; sent, retried, never forgotten."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="events")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    change = models.ForeignKey(AlertChange, on_delete=models.CASCADE, related_name="+")
    number = models.BigIntegerField()
    focus = models.CharField(max_length=100)
    happened_at = models.DateTimeField()
    not_before = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "number"], name="subscription_event_once"),
            models.UniqueConstraint(fields=["subscription", "change"], name="subscription_event_once_per_change"),
        ]
        indexes = [
            models.Index(fields=["not_before"], name="subscription_event_to_send", condition=Q(sent_at__isnull=True))
        ]
