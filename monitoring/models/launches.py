"""Hospital records that open the patient page in their own frame: SMART app launch."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.pairs import pair
from monitoring.models.people import Centre, User


class LaunchIssuer(models.Model):
    """A hospital record (its FHIR base is `issuer`) that may launch the product; nobody else may."""

    name = models.CharField(max_length=200)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="launch_issuers")
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=200)
    # The system of the identifiers by which the patients of this record are known here.
    patient_system = models.CharField(max_length=300)
    # The origin that may hold our page in a frame; empty where the record opens a window.
    frame_origin = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            pair("launch_issuer_revoked_at_and_by", "revoked_at", "revoked_by"),
            models.CheckConstraint(name="launch_issuer_by_http", condition=Q(issuer__startswith="http")),
            models.UniqueConstraint(fields=["issuer"], condition=Q(revoked_at__isnull=True), name="launch_issuer_once"),
        ]


class LaunchAttempt(models.Model):
    """One launch on its way: what has to come back with the code. Only the digest of the state is kept; used once."""

    issuer = models.ForeignKey(LaunchIssuer, on_delete=models.CASCADE, related_name="+")
    state_digest = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=100)
    code_verifier = models.CharField(max_length=128)
    token_endpoint = models.CharField(max_length=500)
    jwks_url = models.CharField(max_length=500, blank=True, default="")
    started_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="launch_attempt_by_expiry")]


class LaunchPerson(models.Model):
    """Who a person of the hospital record is here: linked once by the person's own sign-in, or by an administrator."""

    issuer = models.ForeignKey(LaunchIssuer, on_delete=models.CASCADE, related_name="people")
    subject = models.CharField(max_length=300)
    fhir_user = models.CharField(max_length=500, blank=True, default="")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(db_default=Now())
    unlinked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    unlinked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            pair("launch_person_unlinked_at_and_by", "unlinked_at", "unlinked_by"),
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=Q(unlinked_at__isnull=True), name="launch_person_once"
            ),
        ]
        verbose_name_plural = "launch people"
