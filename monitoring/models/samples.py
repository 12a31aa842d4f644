"""Laboratories, their assays, and the samples that patients gave."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from monitoring.models.choices import (
    MarkerChoice,
    QuantificationModeChoice,
    TimepointChoice,
    TissueChoice,
    UndeterminedWellsChoice,
)
from monitoring.models.fields import ExactDecimalField, choices_only, finite_and_positive
from monitoring.models.pairs import absent_or_not_negative
from monitoring.models.patients import Patient
from monitoring.models.people import Centre, User


class Laboratory(models.Model):
    """A laboratory that measures, run by a centre."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="laboratories")
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    responsible_person = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class Assay(models.Model):
    """One version of one assay; values of the same `assay_key` may be compared."""

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="assays")
    marker = models.CharField(max_length=20, choices=MarkerChoice.choices)
    mutation_type = models.CharField(max_length=20, blank=True, default="")
    name = models.CharField(max_length=100)
    version = models.CharField(max_length=20)
    control_gene = models.CharField(max_length=10, default="ABL1")
    # The key that the laboratory gave it; `assay_key` is what it counts under, which follows the signed bridges (0005).
    own_key = models.CharField(max_length=120, blank=True, default="")
    assay_key = models.CharField(max_length=120)
    cq_cutoff = ExactDecimalField(default="40.0")
    limit_copies = ExactDecimalField(default=1)
    loq_copies = ExactDecimalField(default=10)
    # Below the limit of quantification: report the value all the same, or only that the target was detected.
    reports_below_loq = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # How the targets of this assay are called in the instrument's files, and the copies of its standards.
    target_names = models.JSONField(default=list, blank=True)
    standards = models.JSONField(default=list, blank=True)
    mode = models.CharField(
        max_length=20, choices=QuantificationModeChoice.choices, default=QuantificationModeChoice.STANDARD_CURVE
    )
    delta_cq_slope = ExactDecimalField(default="-3.4")
    undetermined = models.CharField(
        max_length=10, choices=UndeterminedWellsChoice.choices, default=UndeterminedWellsChoice.AS_ZERO
    )
    slope_steepest = ExactDecimalField(default="-3.9")
    slope_shallowest = ExactDecimalField(default="-3.0")
    r2_warns_below = ExactDecimalField(default="0.98")
    r2_fails_below = ExactDecimalField(default="0.95")
    limit_of_blank_copies = ExactDecimalField(null=True, blank=True)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    changed_because = models.CharField(max_length=500, blank=True, default="")
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )

    class Meta:
        constraints = [
            choices_only("assay_mode_known", "mode", QuantificationModeChoice),
            choices_only("assay_undetermined_known", "undetermined", UndeterminedWellsChoice),
            models.CheckConstraint(
                name="assay_slopes_in_order",
                condition=models.Q(slope_steepest__lt=models.F("slope_shallowest"), slope_shallowest__lt=0)
                & models.Q(slope_steepest__gt=-100, delta_cq_slope__lt=0, delta_cq_slope__gt=-100),
            ),
            models.CheckConstraint(
                name="assay_r2_in_order",
                condition=models.Q(r2_fails_below__gt=0, r2_warns_below__lte=1)
                & models.Q(r2_fails_below__lte=models.F("r2_warns_below")),
            ),
            absent_or_not_negative("assay_blank_not_negative", "limit_of_blank_copies"),
            choices_only("assay_marker_known", "marker", MarkerChoice),
            models.UniqueConstraint(fields=["laboratory", "name", "version"], name="assay_version_once"),
            models.UniqueConstraint(fields=["id", "assay_key"], name="assay_with_key"),
            models.CheckConstraint(
                name="assay_keys_in_one_line",
                condition=~models.Q(assay_key__regex="[[:cntrl:]]") & ~models.Q(own_key__regex="[[:cntrl:]]"),
            ),
            finite_and_positive("assay_cq_cutoff_positive", "cq_cutoff"),
            finite_and_positive("assay_limit_copies_positive", "limit_copies"),
            finite_and_positive("assay_loq_copies_positive", "loq_copies"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Sample(models.Model):
    """A tube of marrow or blood: when it was taken is the clinical clock."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="samples", db_index=False)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="samples", db_index=False)
    accession_number = models.CharField(_("accession number"), max_length=50)
    tissue = models.CharField(max_length=2, choices=TissueChoice.choices)
    collected_on = models.DateField()
    collected_time = models.TimeField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    timepoint = models.CharField(max_length=20, choices=TimepointChoice.choices, blank=True, default="")
    first_pull = models.BooleanField(null=True, blank=True)
    anticoagulant = models.CharField(max_length=20, blank=True, default="")
    hours_to_lysis = models.PositiveSmallIntegerField(null=True, blank=True)
    haemodilution_noted = models.BooleanField(default=False)
    quality_note = models.CharField(max_length=200, blank=True, default="")
    # Said by a person: this tube will not be measured, and why; it leaves the list of those that wait.
    not_measured_because = models.CharField(max_length=200, blank=True, default="", db_default="")
    constructed = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            choices_only("sample_tissue_known", "tissue", TissueChoice),
            choices_only("sample_timepoint_known", "timepoint", TimepointChoice),
            models.UniqueConstraint(
                fields=["laboratory", "accession_number"], name="sample_accession_once_per_laboratory"
            ),
            models.UniqueConstraint(
                fields=["id", "patient", "tissue", "collected_on", "timepoint"], name="sample_with_its_facts"
            ),
            models.UniqueConstraint(
                fields=["id", "patient", "tissue", "collected_on"], name="sample_with_tissue_and_day"
            ),
            models.CheckConstraint(
                name="sample_received_after_collection",
                condition=models.Q(received_on__isnull=True) | models.Q(received_on__gte=models.F("collected_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "collected_on"], name="sample_by_patient"),
            models.Index(fields=["laboratory", "collected_on"], name="sample_by_laboratory"),
        ]

    def __str__(self) -> str:
        return self.accession_number
