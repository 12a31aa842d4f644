"""Treatment: lines, venetoclax cycles, holds, transfusions, adverse events."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from monitoring.models.choices import (
    AdverseEventChoice,
    ChildPughChoice,
    Cyp3a4Choice,
    PartnerDrugChoice,
    SettingChoice,
    TreatmentKindChoice,
)
from monitoring.models.fields import ExactDecimalField, choices_only
from monitoring.models.pairs import absent_or_not_negative
from monitoring.models.patients import Patient


def _ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")))


class Treatment(models.Model):
    """A line of treatment. The end of the first line starts the rules; a pre-emptive one holds the cycles.

    Of the first line `cycle_2_on` is day 1 of its second cycle, after which blood is due.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="treatments", db_index=False)
    kind = models.CharField(max_length=20, choices=TreatmentKindChoice.choices)
    regimen = models.CharField(max_length=200)
    starts_on = models.DateField()
    cycle_2_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    stopped_because = models.CharField(max_length=200, blank=True, default="")
    constructed = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            choices_only("treatment_kind_known", "kind", TreatmentKindChoice),
            _ends_after_start("treatment_ends_after_start"),
            models.CheckConstraint(
                name="treatment_cycle_2_of_first_line",
                condition=Q(cycle_2_on__isnull=True)
                | Q(
                    Q(ends_on__isnull=True) | Q(ends_on__gte=F("cycle_2_on")),
                    kind=TreatmentKindChoice.FIRST_LINE,
                    cycle_2_on__gte=F("starts_on"),
                ),
            ),
            models.UniqueConstraint(fields=["id", "patient"], name="treatment_with_patient"),
        ]
        indexes = [models.Index(fields=["patient", "starts_on"], name="treatment_by_patient")]


class VenetoclaxCycle(models.Model):
    """One cycle of pre-emptive venetoclax as planned and as given; cycles of one patient never overlap."""

    # One key in the database names treatment and patient together.
    treatment = models.ForeignKey(
        Treatment, on_delete=models.CASCADE, related_name="cycles", db_index=False, db_constraint=False
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="cycles", db_index=False, db_constraint=False
    )
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    planned_days = models.PositiveSmallIntegerField(null=True, blank=True)
    given_days = models.PositiveSmallIntegerField(null=True, blank=True)
    dose_mg = models.PositiveSmallIntegerField(null=True, blank=True)
    ramp_up = models.BooleanField(null=True, blank=True)
    tls_prophylaxis = models.BooleanField(null=True, blank=True)
    partner_drug = models.CharField(max_length=30, choices=PartnerDrugChoice.choices, blank=True, default="")
    partner_dose_mg_m2 = ExactDecimalField(null=True, blank=True)
    partner_days = models.PositiveSmallIntegerField(null=True, blank=True)
    cyp3a4 = models.CharField(max_length=30, choices=Cyp3a4Choice.choices, blank=True, default="")
    cyp3a4_drug = models.CharField(max_length=60, blank=True, default="")
    liver = models.CharField(max_length=10, choices=ChildPughChoice.choices, blank=True, default="", db_default="")
    g_csf = models.BooleanField(null=True, blank=True)
    setting = models.CharField(max_length=20, choices=SettingChoice.choices, blank=True, default="")
    stopped_because = models.CharField(max_length=200, blank=True, default="")
    constructed = models.JSONField(default=list, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["treatment", "number"], name="cycle_number_once"),
            absent_or_not_negative("cycle_partner_dose_not_negative", "partner_dose_mg_m2"),
            models.CheckConstraint(name="cycle_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="cycle_number_positive", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="cycle_planned_days_in_range",
                condition=Q(planned_days__isnull=True) | Q(planned_days__gte=1, planned_days__lte=42),
            ),
            models.CheckConstraint(
                name="cycle_dose_in_range",
                condition=Q(dose_mg__isnull=True) | Q(dose_mg__gte=10, dose_mg__lte=1200),
            ),
            choices_only("cycle_partner_known", "partner_drug", PartnerDrugChoice),
            choices_only("cycle_cyp3a4_known", "cyp3a4", Cyp3a4Choice),
            choices_only("cycle_setting_known", "setting", SettingChoice),
            choices_only("cycle_liver_known", "liver", ChildPughChoice),
        ]
        indexes = [models.Index(fields=["patient", "starts_on"], name="cycle_by_patient")]


class DoseChange(models.Model):
    """A hold or a reduction within a cycle, with its reason."""

    class Kind(models.TextChoices):
        HOLD = "HOLD", "hold"
        REDUCTION = "REDUCTION", "reduction"

    cycle = models.ForeignKey(VenetoclaxCycle, on_delete=models.CASCADE, related_name="dose_changes")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    dose_mg = models.PositiveSmallIntegerField(null=True, blank=True)
    because = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="dose_change_kind_known", condition=Q(kind__in=["HOLD", "REDUCTION"])),
            _ends_after_start("dose_change_ends_after_start"),
        ]


class AdverseEvent(models.Model):
    """An adverse event by CTCAE 5.0."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="adverse_events")
    cycle = models.ForeignKey(
        VenetoclaxCycle, on_delete=models.CASCADE, related_name="adverse_events", null=True, blank=True
    )
    kind = models.CharField(max_length=30, choices=AdverseEventChoice.choices, blank=True, default="", db_default="")
    term = models.CharField(max_length=100)
    temperature_c = ExactDecimalField(null=True, blank=True)
    sustained_over_an_hour = models.BooleanField(null=True, blank=True)
    grade = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="adverse_event_grade_ctcae", condition=Q(grade__gte=1, grade__lte=5)),
            choices_only("adverse_event_kind_known", "kind", AdverseEventChoice),
            models.CheckConstraint(
                name="adverse_event_temperature_in_range",
                condition=Q(temperature_c__isnull=True) | Q(temperature_c__gte=30, temperature_c__lte=45),
            ),
            _ends_after_start("adverse_event_ends_after_start"),
        ]


class Transfusion(models.Model):
    """Blood products given on one day."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="transfusions")
    cycle = models.ForeignKey(
        VenetoclaxCycle, on_delete=models.CASCADE, related_name="transfusions", null=True, blank=True
    )
    product = models.CharField(max_length=10)
    units = models.PositiveSmallIntegerField()
    given_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="transfusion_product_known", condition=Q(product__in=["RED_CELLS", "PLATELETS"])
            ),
            models.CheckConstraint(name="transfusion_units_positive", condition=Q(units__gte=1)),
        ]


class BloodCount(models.Model):
    """Neutrophils and platelets (10⁹/L) and haemoglobin (g/dL) of one day; CTCAE grades are computed from them."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="blood_counts", db_index=False)
    measured_on = models.DateField()
    neutrophils = ExactDecimalField(null=True, blank=True)
    platelets = ExactDecimalField(null=True, blank=True)
    haemoglobin = ExactDecimalField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "measured_on"], name="blood_count_once_a_day"),
            absent_or_not_negative("blood_count_neutrophils", "neutrophils"),
            absent_or_not_negative("blood_count_platelets", "platelets"),
            absent_or_not_negative("blood_count_haemoglobin", "haemoglobin"),
            models.CheckConstraint(
                name="blood_count_says_something",
                condition=Q(neutrophils__isnull=False) | Q(platelets__isnull=False) | Q(haemoglobin__isnull=False),
            ),
        ]
