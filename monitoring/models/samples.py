"""Laboratories, their assays, and the samples that patients gave."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from monitoring.models.choices import MarkerChoice, TimepointChoice, TissueChoice
from monitoring.models.fields import ExactDecimalField, choices_only, finite_and_positive
from monitoring.models.patients import Patient
from monitoring.models.people import Centre


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
    assay_key = models.CharField(max_length=120)
    cq_cutoff = ExactDecimalField(default="40.0")
    limit_copies = ExactDecimalField(default=1)
    loq_copies = ExactDecimalField(default=10)
    # Below the limit of quantification: report the value all the same, or only that the target was detected.
    reports_below_loq = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            choices_only("assay_marker_known", "marker", MarkerChoice),
            models.UniqueConstraint(fields=["laboratory", "name", "version"], name="assay_version_once"),
            models.UniqueConstraint(fields=["id", "assay_key"], name="assay_with_key"),
            finite_and_positive("assay_cq_cutoff_positive", "cq_cutoff"),
            finite_and_positive("assay_limit_copies_positive", "limit_copies"),
            finite_and_positive("assay_loq_copies_positive", "loq_copies"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Sample(models.Model):
    """A tube of marrow or blood: when it was taken is the clinical clock."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="samples")
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="samples")
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
            models.CheckConstraint(
                name="sample_received_after_collection",
                condition=models.Q(received_on__isnull=True) | models.Q(received_on__gte=models.F("collected_on")),
            ),
        ]
        indexes = [models.Index(fields=["patient", "collected_on"], name="sample_by_patient")]

    def __str__(self) -> str:
        return self.accession_number
