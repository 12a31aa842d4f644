"""Who is told of an alert, by which way, and whether it arrived. No table here holds a word about the patient."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.alerts import Alert, AlertChange
from monitoring.models.choices import NotificationChannelChoice, NotificationStateChoice
from monitoring.models.fields import choices_only
from monitoring.models.patients import Patient
from monitoring.models.people import Centre, User

NO_EMAIL = 0  # the urgency up to which a person is written to; 0 is none


class NotificationPreference(models.Model):
    """What a person wants to be told by e-mail, and when not; urgency 1 passes the quiet hours."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notification_preference")
    email_up_to_urgency = models.PositiveSmallIntegerField(default=2, db_default=2)
    only_my_patients = models.BooleanField(default=False, db_default=False)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_weekends = models.BooleanField(default=False, db_default=False)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="preference_urgency_known",
                condition=Q(email_up_to_urgency__gte=NO_EMAIL, email_up_to_urgency__lte=3),
            ),
            models.CheckConstraint(
                name="preference_quiet_from_and_until",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]


class WebhookEndpoint(models.Model):
    """An address of a centre's own systems. Its secret is derived, not stored: see docs/methods/notifications.md."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="webhook_endpoints")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    key_number = models.PositiveIntegerField(default=1)
    previous_key_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "url"], name="webhook_once_per_centre"),
            models.CheckConstraint(name="webhook_by_http", condition=Q(url__startswith="http")),
            models.CheckConstraint(name="webhook_key_number_positive", condition=Q(key_number__gte=1)),
        ]


class AlertToTell(models.Model):
    """A step of an alert that nobody was told of yet: written by the database, taken off by the worker."""

    change = models.OneToOneField(AlertChange, on_delete=models.CASCADE, related_name="to_tell", primary_key=True)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "alerts to tell"


class Notification(models.Model):
    """One message about one step of an alert to one receiver: written with the step, sent afterwards, never doubled."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    change = models.ForeignKey(AlertChange, on_delete=models.CASCADE, related_name="notifications")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=NotificationChannelChoice.choices)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    message_id = models.UUIDField(unique=True)
    state = models.CharField(
        max_length=10, choices=NotificationStateChoice.choices, default=NotificationStateChoice.WAITING
    )
    not_before = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            choices_only("notification_channel_known", "channel", NotificationChannelChoice),
            choices_only("notification_state_known", "state", NotificationStateChoice),
            models.UniqueConstraint(
                fields=["change", "user", "channel"],
                condition=Q(user__isnull=False),
                name="notification_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["change", "endpoint"],
                condition=Q(endpoint__isnull=False),
                name="notification_once_per_endpoint",
            ),
            models.CheckConstraint(
                name="notification_has_one_receiver",
                condition=Q(channel="EMAIL", user__isnull=False, endpoint__isnull=True)
                | Q(channel="WEBHOOK", user__isnull=True, endpoint__isnull=False),
            ),
            models.CheckConstraint(
                name="notification_sent_at_when_sent",
                condition=Q(state="SENT", sent_at__isnull=False) | (~Q(state="SENT") & Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], name="notification_waiting", condition=Q(state="WAITING")),
            models.Index(fields=["alert"], name="notification_by_alert"),
        ]
