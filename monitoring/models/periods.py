"""When a role of a person or the care of a centre holds: from its first day on, until its last day, in days of UTC."""

from django.db.models import Q
from django.db.models.functions import Now


def holds_now(of: str = "") -> Q:
    """Narrow to roles or relations that hold at this moment; `of` leads to them, as in "memberships__"."""
    return Q(**{f"{of}starts_on__lte": Now()}) & not_over(of)


def not_over(of: str = "") -> Q:
    """Narrow to those that hold at this moment or will; what ends today is over."""
    return Q(**{f"{of}ends_on__isnull": True}) | Q(**{f"{of}ends_on__gt": Now()})
