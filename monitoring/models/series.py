"""A marker followed in a patient, its baselines, and the requests to compute its verdicts anew."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from monitoring.models.choices import MarkerChoice, TissueChoice
from monitoring.models.fields import ExactDecimalField, choices_only, finite_and_positive
from monitoring.models.patients import Patient


class MrdSeries(models.Model):
    """One patient, one marker. Every change to its inputs raises `revision`."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="mrd_series", db_index=False)
    marker = models.CharField(max_length=20, choices=MarkerChoice.choices)
    mutation_type = models.CharField(max_length=20, blank=True, default="")
    revision = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            choices_only("series_marker_known", "marker", MarkerChoice),
            models.UniqueConstraint(fields=["patient", "marker"], name="series_once_per_marker"),
            models.UniqueConstraint(fields=["id", "patient"], name="series_with_patient"),
        ]
        verbose_name_plural = "MRD series"

    def __str__(self) -> str:
        return f"{self.marker} {self.mutation_type}".strip()


class Baseline(models.Model):
    """The level at diagnosis in one tissue: what `% of diagnosis` is counted against."""

    # One key in the database names series and patient together.
    series = models.ForeignKey(
        MrdSeries, on_delete=models.CASCADE, related_name="baselines", db_index=False, db_constraint=False
    )
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    tissue = models.CharField(max_length=2, choices=TissueChoice.choices)
    pct_abl1 = ExactDecimalField()
    abl1_copies = ExactDecimalField(null=True, blank=True)
    collected_on = models.DateField()
    constructed = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            choices_only("baseline_tissue_known", "tissue", TissueChoice),
            models.UniqueConstraint(fields=["series", "tissue"], name="baseline_once_per_tissue"),
            finite_and_positive("baseline_value_positive", "pct_abl1"),
            models.CheckConstraint(
                name="baseline_abl1_positive",
                condition=Q(abl1_copies__isnull=True) | Q(abl1_copies__gt=0, abl1_copies__lt=10**12),
            ),
        ]


class RecomputeRequest(models.Model):
    """A series whose verdicts are to be computed: this table is the queue, the broker only wakes the worker."""

    # Series and patient are held together by one foreign key (migrations/sql/rows_repeat_their_sources.sql).
    series = models.OneToOneField(
        MrdSeries, on_delete=models.CASCADE, related_name="recompute_request", primary_key=True, db_constraint=False
    )
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    revision = models.BigIntegerField()
    reason = models.CharField(max_length=60)
    requested_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    failed_because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(F("requested_at"), name="recompute_request_by_age")]
