"""One row a series for lists: where it stands and what is due, ready to be sorted."""

from django.db import models

from monitoring.models.patients import Patient
from monitoring.models.series import MrdSeries


class SeriesSummary(models.Model):
    """State by the centre's rule set, the next due sample, the last results and the small curve of a series."""

    # Series and patient are held together by one foreign key (migrations/sql/rows_repeat_their_sources.sql).
    series = models.OneToOneField(
        MrdSeries, on_delete=models.CASCADE, related_name="summary", primary_key=True, db_constraint=False
    )
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    ruleset = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    revision = models.BigIntegerField()
    computed_for = models.DateField()
    suspected_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    overdue_from = models.DateField(null=True)
    content = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["due_on"], name="summary_by_due_day", condition=models.Q(due_on__isnull=False)),
            models.Index(
                fields=["suspected_on"], name="summary_suspected", condition=models.Q(suspected_on__isnull=False)
            ),
        ]
        verbose_name_plural = "series summaries"
