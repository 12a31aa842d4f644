"""Corrections of what a sample is, where results of it are signed or wait for a signature: two people's act."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from monitoring.models.choices import TimepointChoice, TissueChoice
from monitoring.models.fields import choices_only
from monitoring.models.pairs import pair
from monitoring.models.patients import Patient
from monitoring.models.people import User
from monitoring.models.samples import Sample


class CorrectionStateChoice(models.TextChoices):
    """What became of a proposal."""

    PROPOSED = "PROPOSED", "proposed"
    SIGNED = "SIGNED", "signed"
    RETURNED = "RETURNED", "returned"
    WITHDRAWN = "WITHDRAWN", "withdrawn"


class SampleCorrection(models.Model):
    """Material, day and time point as one person proposes them, beside what they saw; a second person signs.

    Signing is what changes the sample: the database does both in one statement (migrations/sql/sample_corrections.sql).
    """

    State = CorrectionStateChoice

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="corrections", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    was_tissue = models.CharField(max_length=2, choices=TissueChoice.choices)
    was_collected_on = models.DateField()
    was_timepoint = models.CharField(max_length=20, choices=TimepointChoice.choices, blank=True, default="")
    tissue = models.CharField(max_length=2, choices=TissueChoice.choices)
    collected_on = models.DateField()
    timepoint = models.CharField(max_length=20, choices=TimepointChoice.choices, blank=True, default="")
    reason = models.CharField(max_length=500)
    state = models.CharField(
        max_length=10, choices=CorrectionStateChoice.choices, default=CorrectionStateChoice.PROPOSED
    )
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField(db_default=Now())
    signed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    # The one update of the sample that this signature covered; written by the database alone.
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            choices_only("correction_state_known", "state", CorrectionStateChoice),
            choices_only("correction_tissue_known", "tissue", TissueChoice),
            choices_only("correction_timepoint_known", "timepoint", TimepointChoice),
            models.UniqueConstraint(fields=["sample"], condition=Q(state="PROPOSED"), name="correction_one_open"),
            pair("correction_signed_at_and_by", "signed_at", "signed_by"),
            pair("correction_closed_at_and_by", "closed_at", "closed_by"),
            models.CheckConstraint(name="correction_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="correction_changes_something",
                condition=~Q(tissue=F("was_tissue"), collected_on=F("was_collected_on"), timepoint=F("was_timepoint")),
            ),
            models.CheckConstraint(
                name="correction_signed_by_another",
                condition=Q(state="SIGNED", signed_by__isnull=False, closed_by__isnull=True)
                & ~Q(signed_by=F("proposed_by"))
                | Q(state__in=["PROPOSED", "RETURNED", "WITHDRAWN"], signed_by__isnull=True, applied_at__isnull=True),
            ),
            models.CheckConstraint(
                name="correction_closed_with_reason",
                condition=Q(state__in=["RETURNED", "WITHDRAWN"], closed_by__isnull=False) & ~Q(comment="")
                | Q(state__in=["PROPOSED", "SIGNED"], closed_by__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["sample", "state"], name="correction_by_sample")]
