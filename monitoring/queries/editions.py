"""Which editions of engine and rule sets may raise alerts here, and which of this code are not signed."""

from monitoring.domain.editions import editions_of_code
from monitoring.models import SignedEdition


def unsigned(using: str = "default") -> dict[str, str]:
    """Return the editions of this code that nobody signed; empty where nothing was ever signed: migrate signs first."""
    signed = set(SignedEdition.objects.using(using).values_list("name", "version"))
    if not signed:
        return {}
    return {name: version for name, version in editions_of_code().items() if (name, version) not in signed}


def in_force(using: str = "default") -> dict[str, str]:
    """Return the edition of each name that was signed last."""
    return dict(SignedEdition.objects.using(using).order_by("pk").values_list("name", "version"))
