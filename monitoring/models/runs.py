"""Runs of the bench: the instrument's file, its reactions, what each target and each sample of it stands for."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.choices import FileFormatChoice, RunStateChoice, RunTargetChoice, WellRoleChoice
from monitoring.models.fields import ExactDecimalField, choices_only
from monitoring.models.pairs import absent_or_not_negative, absent_or_positive, pair
from monitoring.models.patients import Patient
from monitoring.models.people import User
from monitoring.models.samples import Assay, Laboratory, Sample


class QpcrRun(models.Model):
    """One file of one instrument; the same file is never taken in twice. `revision` rises with every edit."""

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="runs")
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=30, choices=FileFormatChoice.choices)
    instrument = models.CharField(max_length=200, blank=True, default="")
    printed_run_at = models.CharField(max_length=60, blank=True, default="")
    run_on = models.DateField(null=True, blank=True)
    cycles = models.PositiveSmallIntegerField(null=True, blank=True)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    file_content = models.BinaryField()
    notes = models.JSONField(default=list, blank=True)
    printed_curves = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=12, choices=RunStateChoice.choices, default=RunStateChoice.IN_REVIEW)
    revision = models.PositiveIntegerField(default=1)
    comment = models.CharField(max_length=500, blank=True, default="")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    uploaded_at = models.DateTimeField(db_default=Now())
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            choices_only("run_state_known", "state", RunStateChoice),
            choices_only("run_format_known", "format", FileFormatChoice),
            models.UniqueConstraint(
                fields=["laboratory", "file_sha256"], condition=~Q(state="DISCARDED"), name="run_file_once"
            ),
            pair("run_submitted_at_and_by", "submitted_at", "submitted_by"),
            pair("run_discarded_at_and_by", "discarded_at", "discarded_by"),
            models.CheckConstraint(
                name="run_discarded_has_reason",
                condition=~Q(state="DISCARDED") | (Q(discarded_at__isnull=False) & ~Q(discarded_because="")),
            ),
            models.CheckConstraint(
                name="run_submitted_has_submitter", condition=~Q(state="SUBMITTED") | Q(submitted_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["laboratory", "state", "uploaded_at"], name="run_by_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def made_on(self) -> date:
        """The day on which it ran; where the file prints none, the day at the laboratory when it was taken in."""
        return self.run_on or self.uploaded_at.astimezone(self.laboratory.centre.zone).date()


class RunReaction(models.Model):
    """One target in one well, as the instrument wrote it; a well that is left out keeps its Cq and says why."""

    run = models.ForeignKey(QpcrRun, on_delete=models.CASCADE, related_name="reactions")
    well = models.CharField(max_length=10)
    sample_name = models.CharField(max_length=120, blank=True, default="")
    target_name = models.CharField(max_length=80)
    role = models.CharField(max_length=20, choices=WellRoleChoice.choices)
    cq = ExactDecimalField(null=True, blank=True)
    standard_copies = ExactDecimalField(null=True, blank=True)
    printed_copies = ExactDecimalField(null=True, blank=True)
    omitted = models.BooleanField(default=False)
    marks = models.JSONField(default=list, blank=True)
    line = models.PositiveIntegerField(default=0)
    excluded_because = models.CharField(max_length=200, blank=True, default="")
    excluded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    excluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_only("reaction_role_known", "role", WellRoleChoice),
            models.UniqueConstraint(fields=["run", "well", "target_name"], name="reaction_once"),
            absent_or_positive("reaction_cq_positive", "cq"),
            absent_or_positive("reaction_standard_positive", "standard_copies"),
            absent_or_not_negative("reaction_printed_not_negative", "printed_copies"),
            pair("reaction_excluded_at_and_by", "excluded_at", "excluded_by"),
            models.CheckConstraint(
                name="reaction_excluded_has_reason",
                condition=Q(excluded_because="", excluded_at__isnull=True)
                | (~Q(excluded_because="") & Q(excluded_at__isnull=False)),
            ),
        ]


class RunTarget(models.Model):
    """What a name of the file stands for: an assay of the laboratory, the control gene, or nothing of interest."""

    run = models.ForeignKey(QpcrRun, on_delete=models.CASCADE, related_name="targets")
    target_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=RunTargetChoice.choices)
    assay = models.ForeignKey(Assay, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            choices_only("run_target_kind_known", "kind", RunTargetChoice),
            models.UniqueConstraint(fields=["run", "target_name"], name="run_target_once"),
            models.CheckConstraint(
                name="run_target_of_assay",
                condition=Q(kind="ASSAY", assay__isnull=False) | (~Q(kind="ASSAY") & Q(assay__isnull=True)),
            ),
        ]


class RunSample(models.Model):
    """Whose a sample name of the file is: confirmed by a person on the accession number, set aside, or in the tray."""

    run = models.ForeignKey(QpcrRun, on_delete=models.CASCADE, related_name="run_samples")
    sample_name = models.CharField(max_length=120)
    # What a person says the name stands for, where the file does not: a sample, or one of the controls.
    role = models.CharField(max_length=20, choices=WellRoleChoice.choices, default=WellRoleChoice.SAMPLE)
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="run_samples", null=True, blank=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    matched_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    matched_at = models.DateTimeField(null=True, blank=True)
    set_aside_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            choices_only("run_sample_role_known", "role", WellRoleChoice),
            models.UniqueConstraint(fields=["run", "sample_name"], name="run_sample_once"),
            pair("run_sample_matched_at_and_by", "matched_at", "matched_by"),
            models.CheckConstraint(
                name="run_sample_matched_or_not",
                condition=Q(sample__isnull=True, patient__isnull=True, matched_at__isnull=True)
                | Q(sample__isnull=False, patient__isnull=False, matched_at__isnull=False, set_aside_because=""),
            ),
        ]


class RepeatRequest(models.Model):
    """A sample that is to be measured again: from the same cDNA, from new cDNA, or a new tube."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="repeat_requests")
    assay = models.ForeignKey(Assay, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(db_default=Now())
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "assay"], condition=Q(closed_at__isnull=True), name="repeat_asked_once"
            ),
            pair("repeat_closed_at_and_by", "closed_at", "closed_by"),
        ]
