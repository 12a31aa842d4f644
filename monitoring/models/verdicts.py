"""What the rules said, kept with what they were computed from."""

from django.db import models
from django.db.models.functions import Now

from monitoring.models.choices import RuleSetChoice
from monitoring.models.fields import WrittenJSONField, choices_only
from monitoring.models.patients import Patient
from monitoring.models.results import MrdResult
from monitoring.models.series import MrdSeries


class StoredVerdict(models.Model):
    """The verdict of one rule set on one series; stale if revision, versions or day differ. Codes, never sentences."""

    # Series and patient are held together by one foreign key (migrations/sql/rows_repeat_their_sources.sql).
    series = models.ForeignKey(
        MrdSeries, on_delete=models.CASCADE, related_name="verdicts", db_index=False, db_constraint=False
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    ruleset = models.CharField(max_length=20, choices=RuleSetChoice.choices)
    state = models.CharField(max_length=20)
    content = WrittenJSONField()
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

    # Series and patient are held together by one foreign key (migrations/sql/rows_repeat_their_sources.sql).
    series = models.ForeignKey(
        MrdSeries, on_delete=models.CASCADE, related_name="episodes", db_index=False, db_constraint=False
    )
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
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
    # No foreign keys: results are never deleted, and each would lock a row of them at every computation (ADR 0013).
    index_result = models.ForeignKey(
        MrdResult, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    confirming_result = models.ForeignKey(
        MrdResult, on_delete=models.CASCADE, related_name="+", null=True, db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "ruleset", "position"], name="episode_once"),
        ]


class StoredFigure(models.Model):
    """The trajectory of one series by one rule set, ready to be sent: gzipped JSON, language-neutral."""

    # Series and patient are held together by one foreign key (migrations/sql/rows_repeat_their_sources.sql).
    series = models.ForeignKey(
        MrdSeries, on_delete=models.CASCADE, related_name="figures", db_index=False, db_constraint=False
    )
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    ruleset = models.CharField(max_length=20, choices=RuleSetChoice.choices)
    revision = models.BigIntegerField()
    chart_version = models.CharField(max_length=20)
    computed_for = models.DateField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "ruleset"], name="figure_once_per_ruleset"),
        ]
