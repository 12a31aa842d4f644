"""Constraints that several tables share: moments with their person, numbers within their range."""

from django.db import models
from django.db.models import Q

BEYOND_EVERY_NUMBER = 10**12  # NaN and infinity sort above every number: one bound refuses them


def absent_or_positive(name: str, field: str) -> models.CheckConstraint:
    """Accept nothing, or a finite number above 0."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gt": 0, f"{field}__lt": BEYOND_EVERY_NUMBER}),
    )


def absent_or_not_negative(name: str, field: str) -> models.CheckConstraint:
    """Accept nothing, or a finite number from 0 on."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0, f"{field}__lt": BEYOND_EVERY_NUMBER}),
    )


def pair(name: str, at: str, by: str) -> models.CheckConstraint:
    """Bind a moment to the person, so that neither stands without the other."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
    )
