"""Machines that talk to the product: who answers for each, how it proves who it is, what it may do."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.choices import ClientKindChoice
from monitoring.models.fields import choices_only
from monitoring.models.pairs import pair
from monitoring.models.people import Centre, User
from monitoring.models.samples import Laboratory


class ApiClient(models.Model):
    """One machine: it acts as `user`, at `centre`, within `scopes`; a laboratory that sends results is named.

    Keys are public ones: inline, or at an address that is fetched anew. `issuer` is who signs its CDS Hooks calls.
    """

    client_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=ClientKindChoice.choices)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="api_clients")
    laboratory = models.ForeignKey(
        Laboratory, on_delete=models.PROTECT, related_name="api_clients", null=True, blank=True
    )
    responsible_person = models.CharField(max_length=200, blank=True, default="")
    # Of a laboratory: after how long without a result somebody is told; none or 0 tells nobody.
    silent_after_hours = models.PositiveIntegerField(null=True, blank=True)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="api_client")
    scopes = models.CharField(max_length=1000, blank=True, default="")
    jwks = models.JSONField(null=True, blank=True)
    jwks_url = models.CharField(max_length=500, blank=True, default="")
    issuer = models.CharField(max_length=500, blank=True, default="")
    # The system of the identifiers by which its patients are known here, as in their hospital number.
    patient_system = models.CharField(max_length=300, blank=True, default="")
    cors_origin = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_only("api_client_kind_known", "kind", ClientKindChoice),
            pair("api_client_revoked_at_and_by", "revoked_at", "revoked_by"),
            models.CheckConstraint(
                name="api_client_laboratory_has_responsible_person",
                condition=~Q(kind="LABORATORY") | (Q(laboratory__isnull=False) & ~Q(responsible_person="")),
            ),
            models.UniqueConstraint(
                fields=["issuer"],
                condition=~Q(issuer="") & Q(revoked_at__isnull=True),
                name="api_client_one_per_issuer",
            ),
        ]


class AccessToken(models.Model):
    """A short-lived token of a machine; only its digest is kept."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=1000)
    issued_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="access_token_by_expiry")]


class UsedAssertion(models.Model):
    """A signed statement that was shown once; shown again it is a replay."""

    issuer = models.CharField(max_length=500)
    jti = models.CharField(max_length=200)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "jti"], name="assertion_shown_once")]
        indexes = [models.Index(fields=["expires_at"], name="assertion_by_expiry")]


class IdempotencyKey(models.Model):
    """What was answered to a request that carries a key: the same request again gets the same answer."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_by_age")]


class CdsCard(models.Model):
    """A card that was shown in a hospital record: which alert it told of."""

    card = models.UUIDField(unique=True)
    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey("monitoring.Patient", on_delete=models.CASCADE, related_name="+")
    alert = models.ForeignKey("monitoring.Alert", on_delete=models.CASCADE, related_name="+")
    shown_at = models.DateTimeField(db_default=Now())


class CdsFeedback(models.Model):
    """What somebody did with a card; it is no acknowledgement and closes nothing."""

    card = models.ForeignKey(CdsCard, on_delete=models.CASCADE, related_name="feedback")
    patient = models.ForeignKey("monitoring.Patient", on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=12)
    outcome_at = models.DateTimeField()
    reason_code = models.CharField(max_length=100, blank=True, default="")
    comment = models.CharField(max_length=1000, blank=True, default="")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "outcome", "outcome_at"], name="feedback_once"),
            models.CheckConstraint(name="feedback_outcome_known", condition=Q(outcome__in=["accepted", "overridden"])),
        ]
