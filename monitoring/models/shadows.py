"""A change of rules is looked at in shadow, over all series, and signed before it raises alerts."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.choices import RuleSetChoice
from monitoring.models.fields import choices_only
from monitoring.models.pairs import pair
from monitoring.models.patients import Patient
from monitoring.models.people import Centre, User
from monitoring.models.series import MrdSeries


class ShadowRun(models.Model):
    """One comparison of the verdicts and alerts in force with those that a change would bring.

    `centre` and `alerting_ruleset`: the rule set that a centre would let raise alerts. Without a centre: the editions
    of the engine and the rule sets in `editions` instead of those in force.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="shadow_runs", null=True, blank=True)
    alerting_ruleset = models.CharField(max_length=20, blank=True, default="")
    editions = models.JSONField(default=dict)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_because = models.CharField(max_length=500, blank=True, default="")
    series_compared = models.BigIntegerField(default=0)
    series_differing = models.BigIntegerField(default=0)
    decision = models.CharField(max_length=10, blank=True, default="")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        constraints = [
            pair("shadow_run_decided_at_and_by", "decided_at", "decided_by"),
            models.CheckConstraint(
                name="shadow_run_decision_known",
                condition=Q(decision="", decided_by__isnull=True)
                | (
                    Q(decision__in=["SIGNED", "REFUSED"])
                    & Q(decided_by__isnull=False, finished_at__isnull=False)
                    & ~Q(comment="")
                ),
            ),
            models.CheckConstraint(
                name="shadow_run_of_a_centre_or_of_editions",
                condition=Q(centre__isnull=False, alerting_ruleset__in=RuleSetChoice.values)
                | Q(centre__isnull=True, alerting_ruleset=""),
            ),
        ]


class ShadowDifference(models.Model):
    """One series whose verdict or alerts the change would alter; codes and numbers, never sentences."""

    run = models.ForeignKey(ShadowRun, on_delete=models.CASCADE, related_name="differences")
    series = models.ForeignKey(MrdSeries, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    ruleset = models.CharField(max_length=20, choices=RuleSetChoice.choices)
    weight = models.PositiveSmallIntegerField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints = [
            choices_only("shadow_difference_ruleset_known", "ruleset", RuleSetChoice),
            models.UniqueConstraint(fields=["run", "series", "ruleset"], name="shadow_difference_once"),
        ]
        indexes = [models.Index(fields=["run", "weight", "id"], name="shadow_difference_by_weight")]


class SignedEdition(models.Model):
    """An edition of the engine or of a rule set that may raise alerts here, with the run that showed its effect."""

    name = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    run = models.ForeignKey(ShadowRun, on_delete=models.PROTECT, related_name="signed", null=True, blank=True)
    signed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="signed_edition_once"),
            models.CheckConstraint(
                name="signed_edition_name_known", condition=Q(name__in=["ENGINE", *RuleSetChoice.values])
            ),
        ]
