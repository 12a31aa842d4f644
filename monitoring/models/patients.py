"""Patients, who cares for them, their disease and what was found in it."""

from django.db import models
from django.db.models.functions import Now

from monitoring.models.choices import (
    CareRoleChoice,
    ElnRiskChoice,
    FindingStatusChoice,
    GeneChoice,
    RemissionChoice,
    SexChoice,
    TissueChoice,
)
from monitoring.models.fields import ExactDecimalField, choices_only
from monitoring.models.people import Centre, User


class Patient(models.Model):
    """A person with AML, known by a pseudonym; names and hospital number are optional."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="home_patients")
    pseudonym = models.CharField(max_length=30)
    hospital_number = models.CharField(max_length=50, blank=True, default="")
    family_name = models.CharField(max_length=100, blank=True, default="")
    given_name = models.CharField(max_length=100, blank=True, default="")
    born_on = models.DateField()
    sex = models.CharField(max_length=1, choices=SexChoice.choices)
    is_synthetic = models.BooleanField(default=False)
    clinician = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    second_clinician = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    # The day from which the patient is in no cohort; care and alerts go on.
    research_refused_on = models.DateField(null=True, blank=True)
    constructed = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            choices_only("patient_sex_known", "sex", SexChoice),
            models.UniqueConstraint(fields=["centre", "pseudonym"], name="patient_pseudonym_once_per_centre"),
            models.UniqueConstraint(
                fields=["centre", "hospital_number"],
                condition=~models.Q(hospital_number=""),
                name="patient_hospital_number_once_per_centre",
            ),
        ]
        indexes = [models.Index(fields=["pseudonym"], name="patient_by_pseudonym")]

    def __str__(self) -> str:
        return self.pseudonym


class CareRelation(models.Model):
    """A centre cares for a patient, in a role, for a time: the ground of every permission to see."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="care_relations", db_index=False)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="care_relations")
    role = models.CharField(max_length=20, choices=CareRoleChoice.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_only("care_relation_role_known", "role", CareRoleChoice),
            # Who sees a patient is asked of every row that is read, and answered out of this index alone.
            models.UniqueConstraint(
                fields=["patient", "centre", "starts_on", "role"], include=["ends_on"], name="care_relation_once"
            ),
            models.CheckConstraint(
                name="care_relation_ends_after_start",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        ]


class Disease(models.Model):
    """The leukaemia at diagnosis."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="diseases")
    aml_type = models.CharField(max_length=100)
    diagnosed_on = models.DateField()
    karyotype = models.CharField(max_length=200, blank=True, default="")
    eln_risk = models.CharField(max_length=20, choices=ElnRiskChoice.choices, blank=True, default="")
    eln_risk_edition = models.CharField(max_length=10, blank=True, default="")
    remission = models.CharField(max_length=10, choices=RemissionChoice.choices, blank=True, default="")
    constructed = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            choices_only("disease_eln_risk_known", "eln_risk", ElnRiskChoice),
            choices_only("disease_remission_known", "remission", RemissionChoice),
        ]


class MutationFinding(models.Model):
    """What was found of one gene at one time; an NPM1 loss says that the marker is blind.

    Where the sample is known, day and tissue are those of the sample, and follow it when it is corrected (0028).
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="mutation_findings", db_index=False)
    # One key in the database names sample, patient, tissue and day together.
    sample = models.ForeignKey(
        "Sample", on_delete=models.PROTECT, related_name="findings", db_constraint=False, null=True, blank=True
    )
    gene = models.CharField(max_length=20, choices=GeneChoice.choices)
    variant = models.CharField(max_length=100, blank=True, default="")
    status = models.CharField(max_length=20, choices=FindingStatusChoice.choices)
    found_on = models.DateField()
    tissue = models.CharField(max_length=2, choices=TissueChoice.choices, blank=True, default="")
    method = models.CharField(max_length=100, blank=True, default="")
    vaf_pct = ExactDecimalField(null=True, blank=True)
    allelic_ratio = ExactDecimalField(null=True, blank=True)
    constructed = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            choices_only("finding_gene_known", "gene", GeneChoice),
            models.CheckConstraint(
                name="finding_of_sample_has_its_tissue",
                condition=models.Q(sample__isnull=True) | ~models.Q(tissue=""),
            ),
            choices_only("finding_status_known", "status", FindingStatusChoice),
            models.CheckConstraint(
                name="finding_tissue_known", condition=models.Q(tissue__in=["", *TissueChoice.values])
            ),
            models.CheckConstraint(
                name="finding_vaf_is_percentage",
                condition=models.Q(vaf_pct__isnull=True) | models.Q(vaf_pct__gte=0, vaf_pct__lte=100),
            ),
            models.CheckConstraint(
                name="finding_allelic_ratio_in_range",
                condition=models.Q(allelic_ratio__isnull=True)
                | models.Q(allelic_ratio__gte=0, allelic_ratio__lt=10000),
            ),
        ]
        indexes = [models.Index(fields=["patient", "found_on"], name="finding_by_patient")]
