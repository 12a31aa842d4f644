"""Results of RT-qPCR: versions, their wells, and who contributed to them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from monitoring.models.choices import (
    AuthorisationBasisChoice,
    CallChoice,
    ResultStateChoice,
    ScaleChoice,
    TimepointChoice,
    TissueChoice,
)
from monitoring.models.fields import ExactDecimalField, choices_only
from monitoring.models.pairs import absent_or_not_negative, absent_or_positive, pair
from monitoring.models.patients import Patient
from monitoring.models.people import User
from monitoring.models.runs import QpcrRun
from monitoring.models.samples import Assay, Sample
from monitoring.models.series import MrdSeries

SIGNED = ["AUTHORISED", "SUPERSEDED"]
BEYOND_EVERY_ENTERED_VALUE = 10**16  # as written, per 10^5 ABL1 at most; refuses NaN and infinity


class MrdResult(models.Model):
    """One version of one determination on one sample; version n stays in the series until n+1 is authorised.

    `collected_on`, `tissue`, `timepoint` and `assay_key` repeat the sample and the assay; composite foreign keys
    keep them equal (migration 0002), so that a whole series is read from one covering index.
    """

    # Each of these four is held by a foreign key of several columns (migrations/sql/rows_repeat_their_sources.sql).
    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    series = models.ForeignKey(MrdSeries, on_delete=models.CASCADE, related_name="results", db_constraint=False)
    sample = models.ForeignKey(
        Sample, on_delete=models.CASCADE, related_name="results", db_index=False, db_constraint=False
    )
    assay = models.ForeignKey(Assay, on_delete=models.PROTECT, related_name="results", db_constraint=False)
    run = models.ForeignKey(
        QpcrRun, on_delete=models.PROTECT, related_name="results", db_index=False, null=True, blank=True
    )
    determination = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ResultStateChoice.choices, default=ResultStateChoice.DRAFT)

    collected_on = models.DateField()
    tissue = models.CharField(max_length=2, choices=TissueChoice.choices)
    timepoint = models.CharField(max_length=20, choices=TimepointChoice.choices, blank=True, default="")
    assay_key = models.CharField(max_length=120)

    call = models.CharField(max_length=14, choices=CallChoice.choices)
    pct_abl1 = ExactDecimalField(null=True, blank=True)
    # Detected below quantification: no value for any rule, but a place on the curve.
    extrapolated_pct_abl1 = ExactDecimalField(null=True, blank=True)
    target_copies = ExactDecimalField(null=True, blank=True)
    abl1_copies = ExactDecimalField(null=True, blank=True)
    lod_pct_abl1 = ExactDecimalField(null=True, blank=True)
    loq_pct_abl1 = ExactDecimalField(null=True, blank=True)
    entered_scale = models.CharField(max_length=20, choices=ScaleChoice.choices, blank=True, default="")
    entered_value = ExactDecimalField(null=True, blank=True)
    # Slope, intercept and R2 of both genes, where Cq were typed without a run that holds them.
    typed_curves = models.JSONField(null=True, blank=True)
    problems = models.JSONField(default=list, blank=True)
    comment = models.CharField(max_length=500, blank=True, default="")
    constructed = models.JSONField(default=list, blank=True)

    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    entered_at = models.DateTimeField(db_default=Now())
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    authorised_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    authorised_at = models.DateTimeField(null=True, blank=True)
    authorisation_basis = models.CharField(
        max_length=20, choices=AuthorisationBasisChoice.choices, blank=True, default=""
    )
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            choices_only("result_state_known", "state", ResultStateChoice),
            choices_only("result_call_known", "call", CallChoice),
            choices_only("result_scale_known", "entered_scale", ScaleChoice),
            models.UniqueConstraint(fields=["sample", "assay", "determination", "version"], name="result_version_once"),
            models.UniqueConstraint(fields=["patient", "id"], name="result_with_its_patient"),
            models.UniqueConstraint(
                fields=["sample", "assay", "determination"],
                condition=Q(state="AUTHORISED"),
                name="result_one_current_version",
            ),
            models.UniqueConstraint(
                fields=["sample", "assay", "determination"],
                condition=Q(state__in=["DRAFT", "SUBMITTED"]),
                name="result_one_open_version",
            ),
            absent_or_positive("result_value_positive", "pct_abl1"),
            absent_or_positive("result_extrapolated_value_positive", "extrapolated_pct_abl1"),
            absent_or_not_negative("result_target_copies_not_negative", "target_copies"),
            absent_or_not_negative("result_abl1_copies_not_negative", "abl1_copies"),
            absent_or_positive("result_lod_positive", "lod_pct_abl1"),
            absent_or_positive("result_loq_positive", "loq_pct_abl1"),
            models.CheckConstraint(
                name="result_value_only_when_detected",
                condition=Q(pct_abl1__isnull=True) | Q(call="DETECTED"),
            ),
            models.CheckConstraint(
                name="result_entered_value_has_scale",
                condition=Q(entered_value__isnull=True)
                | (~Q(entered_scale="") & Q(entered_value__gte=0, entered_value__lt=BEYOND_EVERY_ENTERED_VALUE)),
            ),
            pair("result_submitted_at_and_by", "submitted_at", "submitted_by"),
            pair("result_authorised_at_and_by", "authorised_at", "authorised_by"),
            pair("result_withdrawn_at_and_by", "withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(
                name="result_signed_by_two_people",
                condition=~Q(state__in=SIGNED)
                | Q(
                    submitted_by__isnull=False,
                    authorised_by__isnull=False,
                    authorisation_basis="SENDING_LABORATORY",
                )
                | (
                    Q(submitted_by__isnull=False, authorised_by__isnull=False, authorisation_basis="TWO_PEOPLE")
                    & ~Q(authorised_by=F("submitted_by"))
                    & ~Q(authorised_by=F("entered_by"))
                ),
            ),
            models.CheckConstraint(
                name="result_submitted_has_submitter",
                condition=~Q(state="SUBMITTED") | Q(submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="result_superseded_has_moment",
                condition=~Q(state="SUPERSEDED") | Q(superseded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="result_withdrawn_has_reason",
                condition=~Q(state="WITHDRAWN") | (Q(withdrawn_at__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [
            models.Index(
                F("series"), F("collected_on"), F("id"),
                name="result_current_by_series",
                condition=Q(state="AUTHORISED"),
                # the patient too, by whom who sees a row is asked: without it no row is read from the index alone
                include=[
                    "patient", "tissue", "call", "pct_abl1", "abl1_copies", "lod_pct_abl1", "loq_pct_abl1",
                    "assay_key", "timepoint",
                ],
            ),
            models.Index(F("state"), F("submitted_at"), name="result_to_authorise", condition=Q(state="SUBMITTED")),
            # When a machine sent last is asked on every visit of the laboratory's page.
            models.Index(
                F("authorised_by"), F("authorised_at"),
                name="result_last_of_machine", condition=Q(authorisation_basis="SENDING_LABORATORY"),
            ),
            models.Index(F("run"), name="result_of_run", condition=Q(run__isnull=False)),
            # What was signed lately stands on the laboratory's page.
            models.Index(
                F("authorised_at"), F("id"), name="result_signed_lately", condition=Q(authorised_at__isnull=False)
            ),
        ]  # fmt: skip


class ResultWell(models.Model):
    """One well as it was read: the target's or the control gene's."""

    class Target(models.TextChoices):
        MARKER = "MARKER", "marker"
        CONTROL = "CONTROL", "control gene"

    # One key in the database names result and patient together (migration 0023).
    result = models.ForeignKey(
        MrdResult, on_delete=models.CASCADE, related_name="wells", db_index=False, db_constraint=False
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    target = models.CharField(max_length=10, choices=Target.choices)
    position = models.PositiveSmallIntegerField()
    plate_well = models.CharField(max_length=10, blank=True, default="", db_default="")
    cq = ExactDecimalField(null=True, blank=True)
    copies = ExactDecimalField(null=True, blank=True)
    excluded_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "target", "position"], name="well_once"),
            absent_or_positive("well_cq_positive", "cq"),
            absent_or_not_negative("well_copies_not_negative", "copies"),
        ]


class ResultContributor(models.Model):
    """Who entered, edited or submitted any part of a version; none of them may authorise it (triggers in 0002)."""

    # One key in the database names result and patient together (migration 0023).
    result = models.ForeignKey(
        MrdResult, on_delete=models.CASCADE, related_name="contributors", db_index=False, db_constraint=False
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["result", "user"], name="contributor_once")]
