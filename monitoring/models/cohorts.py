"""Cohorts: their definitions by version, the analysis set made of the stored records, and what is made of it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.choices import CohortAnswerStateChoice, RuleSetChoice
from monitoring.models.fields import choices_only
from monitoring.models.pairs import pair
from monitoring.models.patients import Patient
from monitoring.models.people import Centre, User
from monitoring.models.series import MrdSeries

FILE_KINDS = ("csv", "xlsx", "parquet")


class Cohort(models.Model):
    """A named question of one centre about a group of its patients."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=120)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    archived_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            pair("cohort_archived_at_and_by", "archived_at", "archived_by"),
            models.UniqueConstraint(
                fields=["centre", "name"], condition=Q(archived_at__isnull=True), name="cohort_name_once_per_centre"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CohortVersion(models.Model):
    """One definition of a cohort; never changed, a change is a new version."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="versions")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    because = models.CharField(max_length=300, blank=True, default="")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "number"], name="cohort_version_once"),
            models.CheckConstraint(name="cohort_version_number_positive", condition=Q(number__gte=1)),
        ]


class AnalysisChange(models.Model):
    """Something of a patient changed since the analysis set was made; written by the database with the change."""

    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["patient"], name="analysis_change_by_patient")]


class AnalysisRow(models.Model):
    """One patient and marker as a cohort sees it, by one rule set: what it is selected by, and its course.

    `revision` grows with every row written, so that the highest one of a cohort names the state of its data.
    """

    series = models.ForeignKey(MrdSeries, on_delete=models.CASCADE, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+", db_index=False)
    ruleset = models.CharField(max_length=20, choices=RuleSetChoice.choices)
    revision = models.BigIntegerField()
    edition = models.CharField(max_length=60)
    computed_for = models.DateField()
    computed_at = models.DateTimeField(db_default=Now())
    selection = models.JSONField()
    course = models.JSONField()

    class Meta:
        constraints = [
            choices_only("analysis_row_ruleset_known", "ruleset", RuleSetChoice),
            models.UniqueConstraint(fields=["series", "ruleset"], name="analysis_row_once"),
        ]
        indexes = [
            models.Index(fields=["patient"], name="analysis_row_by_patient"),
            models.Index(fields=["ruleset", "-revision"], name="analysis_row_by_revision"),
        ]


class CohortWork(models.Model):
    """What a person asked of a version and the worker does: how far it is, from which state of the data it was done."""

    version = models.ForeignKey(CohortVersion, on_delete=models.CASCADE, related_name="+")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    revision = models.BigIntegerField()
    edition = models.CharField(max_length=60)
    state = models.CharField(
        max_length=10, choices=CohortAnswerStateChoice.choices, default=CohortAnswerStateChoice.WAITING
    )
    step = models.CharField(max_length=40, blank=True, default="")
    share = models.PositiveSmallIntegerField(default=0)
    failed_because = models.CharField(max_length=500, blank=True, default="")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: "ClassVar[models.Manager[Self]]" = models.Manager()

    class Meta:
        abstract = True


class CohortAnswer(CohortWork):
    """One part of a cohort's page (a figure, a table) as computed from one state of the data; asked once, kept."""

    part = models.CharField(max_length=30)
    question = models.JSONField(default=dict)
    question_digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_only("cohort_answer_state_known", "state", CohortAnswerStateChoice),
            models.UniqueConstraint(
                fields=["version", "part", "question_digest", "revision", "edition"], name="cohort_answer_once"
            ),
            models.CheckConstraint(name="cohort_answer_share_in_per_cent", condition=Q(share__lte=100)),
            models.CheckConstraint(
                name="cohort_answer_done_has_answer",
                condition=Q(state="DONE", answer__isnull=False, finished_at__isnull=False) | ~Q(state="DONE"),
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], name="cohort_answer_waiting", condition=Q(state="WAITING"))]


class CohortFile(CohortWork):
    """The analysis set of a version as a file, made by the worker from one state of the data; kept for a day.

    The file is kept packed (zlib); `size` is that of the file itself. Whose rows stand in it is kept beside it: each
    patient must still be seen, and consent, when it is taken. `language` is empty where the file holds no words.
    """

    kind = models.CharField(max_length=10)
    origin = models.CharField(max_length=30)
    without_dates = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True, default="")
    cared_for = models.BigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    packed = models.BinaryField(null=True, blank=True)
    patient_ids = models.JSONField(default=list)

    class Meta:
        constraints = [
            choices_only("cohort_file_state_known", "state", CohortAnswerStateChoice),
            models.CheckConstraint(name="cohort_file_kind_known", condition=Q(kind__in=FILE_KINDS)),
            models.UniqueConstraint(
                fields=["version", "kind", "origin", "without_dates", "language", "revision", "edition"],
                name="cohort_file_once",
            ),
            models.CheckConstraint(name="cohort_file_share_in_per_cent", condition=Q(share__lte=100)),
            models.CheckConstraint(
                name="cohort_file_done_has_content",
                condition=Q(state="DONE", packed__isnull=False, finished_at__isnull=False) | ~Q(state="DONE"),
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], name="cohort_file_waiting", condition=Q(state="WAITING"))]
