"""What a clinician keeps at the desk: notes on a curve, saved views of lists, the address of a calendar."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.choices import MarkerChoice
from monitoring.models.pairs import pair
from monitoring.models.patients import Patient
from monitoring.models.people import Centre, User


class CurveNote(models.Model):
    """A remark that a clinician pins to a day of the curve; taken off, never erased."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="curve_notes")
    marker = models.CharField(max_length=20, choices=MarkerChoice.choices, blank=True, default="")
    on = models.DateField()
    text = models.CharField(max_length=300)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="curve_note_marker_known", condition=Q(marker__in=["", *MarkerChoice.values])),
            models.CheckConstraint(name="curve_note_says_something", condition=~Q(text="")),
            pair("curve_note_removed_at_and_by", "removed_at", "removed_by"),
        ]
        indexes = [models.Index(fields=["patient", "on"], name="curve_note_by_patient")]


class SavedView(models.Model):
    """Filters, columns and order of a list under a name, of one person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once_per_name"),
            models.CheckConstraint(name="saved_view_page_known", condition=Q(page__in=["worklist", "patients"])),
            models.CheckConstraint(name="saved_view_has_name", condition=~Q(name="")),
        ]


class CalendarFeed(models.Model):
    """A secret address under which one person's calendar reads what is due at a centre; only its digest is kept."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="calendar_feeds")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "user"], condition=Q(revoked_at__isnull=True), name="calendar_feed_one_in_use"
            )
        ]


class SamplingInterval(models.Model):
    """One interval of the schedule that a centre, or the clinicians of one patient, set apart from the default."""

    centre = models.ForeignKey(
        Centre, on_delete=models.PROTECT, related_name="sampling_intervals", null=True, blank=True
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="sampling_intervals", null=True, blank=True
    )
    name = models.CharField(max_length=50)
    days = models.CharField(max_length=50)
    because = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sampling_interval_of_centre_or_patient",
                condition=Q(centre__isnull=False, patient__isnull=True) | Q(centre__isnull=True, patient__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["centre", "name"], condition=Q(centre__isnull=False), name="sampling_interval_once_per_centre"
            ),
            models.UniqueConstraint(
                fields=["patient", "name"],
                condition=Q(patient__isnull=False),
                name="sampling_interval_once_per_patient",
            ),
            # one number, or rising days after HSCT with commas between
            models.CheckConstraint(
                name="sampling_interval_days", condition=Q(days__regex=r"^[0-9]{1,4}(,[0-9]{1,4})*$")
            ),
            models.CheckConstraint(name="sampling_interval_has_reason", condition=~Q(because="")),
        ]
