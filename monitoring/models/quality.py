"""Quality control over time: lots, what a run measured of itself, external rounds, bridging between assays."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from monitoring.models.choices import LotKindChoice, LotStateChoice, MarkerChoice, QualityQuantityChoice
from monitoring.models.fields import ExactDecimalField, choices_only, finite_and_positive
from monitoring.models.pairs import absent_or_not_negative, absent_or_positive, pair
from monitoring.models.people import User
from monitoring.models.runs import QpcrRun
from monitoring.models.samples import Assay, Laboratory


class ReagentLot(models.Model):
    """A lot of reagents, standards or control material; one that failed stops the signing of what it measured."""

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="lots")
    kind = models.CharField(max_length=30, choices=LotKindChoice.choices)
    product = models.CharField(max_length=120)
    lot_number = models.CharField(max_length=60)
    expires_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=LotStateChoice.choices, default=LotStateChoice.IN_USE)
    failed_because = models.CharField(max_length=500, blank=True, default="")
    failed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    failed_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            choices_only("lot_kind_known", "kind", LotKindChoice),
            choices_only("lot_state_known", "state", LotStateChoice),
            models.UniqueConstraint(fields=["laboratory", "kind", "product", "lot_number"], name="lot_once"),
            pair("lot_failed_at_and_by", "failed_at", "failed_by"),
            models.CheckConstraint(
                name="lot_failed_has_reason",
                condition=~Q(state="FAILED") | (Q(failed_at__isnull=False) & ~Q(failed_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.lot_number}"


class RunLot(models.Model):
    """A lot that a run was made with."""

    run = models.ForeignKey(QpcrRun, on_delete=models.CASCADE, related_name="run_lots")
    lot = models.ForeignKey(ReagentLot, on_delete=models.PROTECT, related_name="run_lots")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "lot"], name="run_lot_once")]


class QualityPoint(models.Model):
    """One point of a Levey-Jennings chart: what a run showed of its curve, its positive control, its control gene."""

    run = models.ForeignKey(QpcrRun, on_delete=models.CASCADE, related_name="quality_points")
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="+")
    assay = models.ForeignKey(Assay, on_delete=models.PROTECT, related_name="quality_points", null=True, blank=True)
    quantity = models.CharField(max_length=20, choices=QualityQuantityChoice.choices)
    target_name = models.CharField(max_length=80)
    value = ExactDecimalField()
    measured_on = models.DateField()
    lot = models.ForeignKey(ReagentLot, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    left_out_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            choices_only("quality_quantity_known", "quantity", QualityQuantityChoice),
            models.UniqueConstraint(fields=["run", "quantity", "target_name"], name="quality_point_once"),
            models.CheckConstraint(name="quality_value_finite", condition=Q(value__gt=-(10**12)) & Q(value__lt=10**12)),
        ]
        indexes = [
            models.Index(fields=["laboratory", "quantity", "target_name", "measured_on"], name="quality_by_chart")
        ]


class QualityTarget(models.Model):
    """The mean and standard deviation that a chart is read against, per lot, with who set them and from when."""

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="quality_targets")
    assay = models.ForeignKey(Assay, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    quantity = models.CharField(max_length=20, choices=QualityQuantityChoice.choices)
    target_name = models.CharField(max_length=80)
    lot = models.ForeignKey(ReagentLot, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    mean = ExactDecimalField()
    sd = ExactDecimalField()
    points = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            choices_only("quality_target_quantity_known", "quantity", QualityQuantityChoice),
            finite_and_positive("quality_target_sd_positive", "sd"),
            models.CheckConstraint(
                name="quality_target_mean_finite", condition=Q(mean__gt=-(10**12)) & Q(mean__lt=10**12)
            ),
        ]


class ExternalRound(models.Model):
    """One round of external quality assessment."""

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="external_rounds")
    provider = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    received_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    reported_on = models.DateField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True, default="")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["laboratory", "provider", "name"], name="external_round_once")]


class ExternalSample(models.Model):
    """One sample of a round: what was expected, what was reported, how it was scored. Values in % of ABL1."""

    external_round = models.ForeignKey(ExternalRound, on_delete=models.CASCADE, related_name="samples")
    code = models.CharField(max_length=40)
    marker = models.CharField(max_length=20, choices=MarkerChoice.choices)
    assay = models.ForeignKey(Assay, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    expected_call = models.CharField(max_length=14, blank=True, default="")
    expected_pct_abl1 = ExactDecimalField(null=True, blank=True)
    expected_low_pct_abl1 = ExactDecimalField(null=True, blank=True)
    expected_high_pct_abl1 = ExactDecimalField(null=True, blank=True)
    reported_call = models.CharField(max_length=14, blank=True, default="")
    reported_pct_abl1 = ExactDecimalField(null=True, blank=True)
    score = ExactDecimalField(null=True, blank=True)
    score_max = ExactDecimalField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            choices_only("external_sample_marker_known", "marker", MarkerChoice),
            models.UniqueConstraint(fields=["external_round", "code", "marker"], name="external_sample_once"),
            absent_or_positive("external_expected_positive", "expected_pct_abl1"),
            absent_or_positive("external_low_positive", "expected_low_pct_abl1"),
            absent_or_positive("external_high_positive", "expected_high_pct_abl1"),
            absent_or_positive("external_reported_positive", "reported_pct_abl1"),
            absent_or_not_negative("external_score_not_negative", "score"),
            absent_or_positive("external_score_max_positive", "score_max"),
            models.CheckConstraint(
                name="external_range_in_order",
                condition=Q(expected_low_pct_abl1__isnull=True)
                | Q(expected_high_pct_abl1__isnull=True)
                | Q(expected_low_pct_abl1__lte=F("expected_high_pct_abl1")),
            ),
        ]


class AssayBridge(models.Model):
    """Two assays measured on the same samples, with a signed judgement on whether their values may be compared.

    `samples` holds pairs of levels in % of ABL1; `factor` is the geometric mean of second over first. Signed as
    comparable, both are one key in every series from `signed_at` until `revoked_at`.
    """

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="bridges")
    first_key = models.CharField(max_length=120)
    second_key = models.CharField(max_length=120)
    samples = models.JSONField(default=list)
    factor = ExactDecimalField(null=True, blank=True)
    factor_low = ExactDecimalField(null=True, blank=True)
    factor_high = ExactDecimalField(null=True, blank=True)
    is_comparable = models.BooleanField(null=True, blank=True)
    judgement = models.CharField(max_length=500, blank=True, default="")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=Now())
    signed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, null=True, blank=True
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            pair("bridge_signed_at_and_by", "signed_at", "signed_by"),
            pair("bridge_revoked_at_and_by", "revoked_at", "revoked_by"),
            models.CheckConstraint(
                name="bridge_revoked_has_reason",
                condition=Q(revoked_at__isnull=True) | ~Q(revoked_because=""),
            ),
            absent_or_positive("bridge_factor_positive", "factor"),
            absent_or_positive("bridge_factor_low_positive", "factor_low"),
            absent_or_positive("bridge_factor_high_positive", "factor_high"),
            models.CheckConstraint(name="bridge_between_two", condition=~Q(first_key=F("second_key"))),
            models.CheckConstraint(
                name="bridge_signed_says_what",
                condition=Q(signed_at__isnull=True) | (Q(is_comparable__isnull=False) & ~Q(judgement="")),
            ),
            models.CheckConstraint(
                name="bridge_signed_by_second_person",
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("recorded_by")),
            ),
        ]
