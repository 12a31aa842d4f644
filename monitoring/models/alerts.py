"""What a person must see, the steps of its life, and by when it is answered."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.choices import AlertStateChoice, AlertStepChoice, RuleSetChoice
from monitoring.models.fields import choices_only
from monitoring.models.pairs import pair
from monitoring.models.patients import Patient
from monitoring.models.people import Centre, User
from monitoring.models.results import MrdResult
from monitoring.models.series import MrdSeries


class Alert(models.Model):
    """Something that a person must see; follows its episode or flag, is retracted, never deleted.

    `held_by` has it in hand; `escalation` counts how often nobody answered in time (1: second clinician, 2: lead).
    """

    # Series and patient are held together by one foreign key (migrations/sql/rows_repeat_their_sources.sql).
    series = models.ForeignKey(
        MrdSeries, on_delete=models.CASCADE, related_name="alerts", db_index=False, db_constraint=False
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="alerts", db_index=False, db_constraint=False
    )
    ruleset = models.CharField(max_length=20, choices=RuleSetChoice.choices)
    subject = models.CharField(max_length=60)
    code = models.CharField(max_length=30)
    urgency = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=AlertStateChoice.choices, default=AlertStateChoice.RAISED)
    index_result = models.ForeignKey(MrdResult, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    index_on = models.DateField(null=True, blank=True)
    detail = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=200)
    raised_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(db_default=Now())
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    escalation = models.PositiveSmallIntegerField(default=0, db_default=0)
    escalated_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    retracted_at = models.DateTimeField(null=True, blank=True)
    retracted_because = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            choices_only("alert_state_known", "state", AlertStateChoice),
            models.UniqueConstraint(fields=["series", "ruleset", "subject"], name="alert_once_per_subject"),
            models.CheckConstraint(name="alert_urgency_known", condition=Q(urgency__gte=1, urgency__lte=4)),
            pair("alert_acknowledged_at_and_by", "acknowledged_at", "acknowledged_by"),
            pair("alert_resolved_at_and_by", "resolved_at", "resolved_by"),
            models.CheckConstraint(
                name="alert_resolved_by_a_person_is_resolved",
                condition=Q(resolved_by__isnull=True) | Q(state="RESOLVED"),
            ),
            models.CheckConstraint(
                name="alert_escalated_at_and_how_far",
                condition=Q(escalation=0, escalated_at__isnull=True) | Q(escalation__gte=1, escalated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_retracted_has_reason",
                condition=~Q(state="RETRACTED") | (Q(retracted_at__isnull=False) & ~Q(retracted_because="")),
            ),
        ]
        indexes = [
            models.Index(fields=["urgency", "raised_at"], name="alert_open_by_urgency", condition=Q(state="RAISED")),
            models.Index(
                fields=["due_at"], name="alert_open_by_due", condition=Q(state="RAISED", due_at__isnull=False)
            ),
            models.Index(fields=["patient"], name="alert_by_patient"),
        ]


class AlertChange(models.Model):
    """One step in the life of an alert; a step is added, never changed."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="changes")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=AlertStepChoice.choices)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    action_taken = models.CharField(max_length=30, blank=True, default="")
    comment = models.CharField(max_length=1000, blank=True, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            choices_only("alert_change_kind_known", "kind", AlertStepChoice),
            models.CheckConstraint(
                name="alert_handed_to_somebody",
                condition=~Q(kind="HANDED_OVER") | Q(by__isnull=False, to__isnull=False),
            ),
        ]


class AlertTime(models.Model):
    """A centre's own time to acknowledge for one urgency; where none is recorded the product's default holds."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="alert_times")
    urgency = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    working_days = models.BooleanField()
    because = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "urgency"], name="alert_time_once_per_urgency"),
            models.CheckConstraint(name="alert_time_urgency_known", condition=Q(urgency__gte=1, urgency__lte=3)),
            models.CheckConstraint(name="alert_time_days_in_range", condition=Q(days__gte=1, days__lte=60)),
            models.CheckConstraint(name="alert_time_has_reason", condition=~Q(because="")),
        ]
