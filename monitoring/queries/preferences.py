"""What a person chose to be told."""

from monitoring.models import NotificationPreference, User


def preference_of(user: User) -> NotificationPreference | None:
    """Return what the person chose, None where the defaults hold."""
    return NotificationPreference.objects.filter(user=user).first()
