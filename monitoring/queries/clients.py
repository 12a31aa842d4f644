"""Machines by what they show, and as their administrators see them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from monitoring.models import AccessToken, ApiClient, Patient
from monitoring.models.choices import ClientKindChoice as Kind
from monitoring.queries import silences

IN_USE = {"revoked_at__isnull": True, "user__is_active": True}


def by_client_id(client_id: str) -> ApiClient | None:
    """Return the machine of this id, unless it is revoked."""
    return _in_use().filter(client_id=client_id).first()


def by_issuer(issuer: str) -> ApiClient | None:
    """Return the hospital record whose calls this issuer signs, unless it is revoked."""
    return _in_use().filter(issuer=issuer, kind=Kind.RECORD).first() if issuer else None


def by_origin(origin: str) -> bool:
    """Whether a browser page of this origin may call in the name of some hospital record."""
    return bool(origin) and _in_use().filter(cors_origin=origin, kind=Kind.RECORD).exists()


def by_token(digest: str, now: datetime) -> AccessToken | None:
    """Return a token that holds, with its machine."""
    tokens = AccessToken.objects.filter(digest=digest, expires_at__gt=now, client__revoked_at__isnull=True)
    return tokens.filter(client__user__is_active=True).select_related("client__user", "client__centre").first()


def of_centres(centre_ids: Sequence[int]) -> list[ApiClient]:
    """Return every machine of these centres, those in use first; `last_result_at` is when its last result came."""
    rows = (
        ApiClient.objects.filter(centre_id__in=centre_ids)
        .select_related("centre", "laboratory", "created_by", "revoked_by")
        .annotate(last_result_at=silences.last_result())
    )
    return sorted(rows, key=lambda row: (row.revoked_at is not None, row.name.lower(), row.pk))


def patient_by_number(client: ApiClient, number: str) -> Patient | None:
    """Return the one patient whom the machine's centre knows by this hospital number."""
    found = Patient.objects.filter(centre=client.centre, hospital_number=number).select_related("centre")
    return found.first() if number else None


def _in_use() -> QuerySet[ApiClient]:
    return ApiClient.objects.filter(**IN_USE).select_related("user", "centre", "laboratory")
