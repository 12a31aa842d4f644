"""What the rules said, kept with what they were computed from."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.choices import AlertStateChoice, RuleSetChoice
from monitoring.models.fields import choices_only
from monitoring.models.patients import Patient
from monitoring.models.people import User
from monitoring.models.results import MrdResult
from monitoring.models.series import MrdSeries


class StoredVerdict(models.Model):
    """The verdict of one rule set on one series; stale if revision, versions or day differ. Codes, never sentences."""

    series = models.ForeignKey(MrdSeries, on_delete=models.CASCADE, related_name="verdicts")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    ruleset = models.CharField(max_length=20, choices=RuleSetChoice.choices)
    state = models.CharField(max_length=20)
    content = models.JSONField()
    digest = models.CharField(max_length=32)
    revision = models.BigIntegerField()
    ruleset_version = models.CharField(max_length=20)
    engine_version = models.CharField(max_length=20)
    computed_for = models.DateField()
    computed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            choices_only("verdict_ruleset_known", "ruleset", RuleSetChoice),
            models.UniqueConstraint(fields=["series", "ruleset"], name="verdict_once_per_ruleset"),
        ]
        indexes = [models.Index(fields=["computed_for"], name="verdict_by_day")]


class StoredEpisode(models.Model):
    """One episode or candidate of a stored verdict, as a row for lists and cohorts."""

    series = models.ForeignKey(MrdSeries, on_delete=models.CASCADE, related_name="episodes")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    ruleset = models.CharField(max_length=20, choices=RuleSetChoice.choices)
    position = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(null=True)
    kind = models.CharField(max_length=30)
    rule = models.CharField(max_length=2)
    status = models.CharField(max_length=20)
    tissue = models.CharField(max_length=2)
    relapse_on = models.DateField()
    confirmed_on = models.DateField(null=True)
    late = models.BooleanField()
    waived = models.BooleanField()
    index_result = models.ForeignKey(MrdResult, on_delete=models.CASCADE, related_name="+")
    confirming_result = models.ForeignKey(MrdResult, on_delete=models.CASCADE, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "ruleset", "position"], name="episode_once"),
        ]


class StoredFigure(models.Model):
    """The trajectory of one series by one rule set, ready to be sent: gzipped JSON, language-neutral."""

    series = models.ForeignKey(MrdSeries, on_delete=models.CASCADE, related_name="figures")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    ruleset = models.CharField(max_length=20, choices=RuleSetChoice.choices)
    revision = models.BigIntegerField()
    chart_version = models.CharField(max_length=20)
    computed_for = models.DateField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "ruleset"], name="figure_once_per_ruleset"),
        ]


class Alert(models.Model):
    """Something that a person must see; follows its episode or flag, is retracted, never deleted."""

    series = models.ForeignKey(MrdSeries, on_delete=models.CASCADE, related_name="alerts")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="alerts")
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
    retracted_at = models.DateTimeField(null=True, blank=True)
    retracted_because = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            choices_only("alert_state_known", "state", AlertStateChoice),
            models.UniqueConstraint(fields=["series", "ruleset", "subject"], name="alert_once_per_subject"),
            models.CheckConstraint(name="alert_urgency_known", condition=Q(urgency__gte=1, urgency__lte=4)),
            models.CheckConstraint(
                name="alert_acknowledged_at_and_by",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_retracted_has_reason",
                condition=~Q(state="RETRACTED") | (Q(retracted_at__isnull=False) & ~Q(retracted_because="")),
            ),
        ]
        indexes = [
            models.Index(fields=["urgency", "raised_at"], name="alert_open_by_urgency", condition=Q(state="RAISED")),
            models.Index(fields=["patient"], name="alert_by_patient"),
        ]


class AlertChange(models.Model):
    """One step in the life of an alert: raised, updated, reopened, acknowledged, retracted."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="changes")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    action_taken = models.CharField(max_length=30, blank=True, default="")
    comment = models.CharField(max_length=1000, blank=True, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="alert_change_kind_known",
                condition=Q(kind__in=["RAISED", "UPDATED", "REOPENED", "ACKNOWLEDGED", "RESOLVED", "RETRACTED"]),
            )
        ]
