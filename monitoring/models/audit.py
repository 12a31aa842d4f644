"""Who did what, when and why: append-only, without foreign keys, so that it survives everything."""

from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """One act. The application may add and read, nothing else (privileges and triggers in 0002)."""

    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60, blank=True, default="")
    subject_id = models.BigIntegerField(null=True)
    patient_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["patient_id", "at"], name="audit_by_patient")]
        verbose_name_plural = "audit entries"


class AuditSeal(models.Model):
    """A hash over a batch of entries and the seal before it: a changed, added or missing row breaks it."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    entries = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(db_default=Now())


class RowHistory(models.Model):
    """A row as it was from `recorded_at` to `superseded_at`, kept by trigger when it is changed or deleted."""

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    patient_id = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField()
    row = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["patient_id", "table_name"], name="history_by_patient")]
        verbose_name_plural = "row histories"


class ReadEntry(models.Model):
    """A person opened a patient's record: once per person, patient and quarter of an hour."""

    at = models.DateTimeField(db_default=Now())
    quarter = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    patient_id = models.BigIntegerField()
    channel = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "patient_id", "quarter"], name="read_once_per_quarter_hour")
        ]
        verbose_name_plural = "read entries"


class LoadedStudy(models.Model):
    """Which data sets were loaded, so that none is loaded twice."""

    name = models.CharField(max_length=60, unique=True)
    loaded_at = models.DateTimeField(db_default=Now())
    detail = models.JSONField(default=dict)


class InterfaceAccess(models.Model):
    """One request of a hospital system to the FHIR interface and how it ended, also where it was refused."""

    at = models.DateTimeField(db_default=Now())
    centre_id = models.BigIntegerField(null=True)
    client_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True, default="")
    peer = models.CharField(max_length=100, blank=True, default="")
    interaction = models.CharField(max_length=30)
    resource_type = models.CharField(max_length=40, blank=True, default="")
    resource_id = models.CharField(max_length=64, blank=True, default="")
    query = models.CharField(max_length=2000, blank=True, default="")
    status = models.PositiveSmallIntegerField()
    patient_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["centre_id", "at"], name="interface_access_by_centre"),
            models.Index(fields=["patient_id", "at"], name="interface_access_by_patient"),
        ]
        verbose_name_plural = "interface accesses"
