"""What happened to the patient: remission, transplant, relapse, death."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.choices import EventKindChoice
from monitoring.models.fields import choices_only
from monitoring.models.patients import Patient


class ClinicalEvent(models.Model):
    """An event on a day. HSCT and haematological relapse begin a new course; death ends the series."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=30, choices=EventKindChoice.choices)
    happened_on = models.DateField()
    donor = models.CharField(max_length=100, blank=True, default="")
    conditioning = models.CharField(max_length=100, blank=True, default="")
    conditioning_starts_on = models.DateField(null=True, blank=True)
    mrd_at_hsct = models.CharField(max_length=20, blank=True, default="")
    cause = models.CharField(max_length=200, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    constructed = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            choices_only("event_kind_known", "kind", EventKindChoice),
            models.UniqueConstraint(fields=["patient"], condition=Q(kind="DEATH"), name="event_one_death_per_patient"),
            models.UniqueConstraint(fields=["patient", "kind", "happened_on"], name="event_once_per_day"),
        ]
        indexes = [models.Index(fields=["patient", "happened_on"], name="event_by_patient")]
