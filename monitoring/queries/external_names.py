"""What senders call things of ours, and what they sent under these names."""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Q

from monitoring.models import ExternalIdentifier, ReceivedResource
from monitoring.queries.care import cared_for

KEPT = "Observation/kept"  # what gives no result: preliminary values, retractions before their original
Name = tuple[str, str]  # system and value


def rows_named(centres: Collection[int], resource_type: str, value: str, system: str | None) -> list[int]:
    """Return the rows that a sender at one of these centres calls so; the system None is any."""
    found = ExternalIdentifier.objects.filter(centre__in=centres, resource_type=resource_type, value=value)
    return list((found if system is None else found.filter(system=system)).values_list("row_id", flat=True))


def names_of(centres: Collection[int], resource_type: str, rows: Collection[int]) -> Mapping[int, list[Name]]:
    """Return what senders at these centres call these rows, in one query."""
    told: dict[int, list[Name]] = {}
    named = ExternalIdentifier.objects.filter(centre__in=centres, resource_type=resource_type, row_id__in=rows)
    for row in named.order_by("pk"):
        told.setdefault(row.row_id, []).append((row.system, row.value))
    return told


def called(centre_id: int, resource_types: Collection[str], value: str, system: str = "") -> list[ExternalIdentifier]:
    """Return the names with this value at a centre, of one system or of any, in the order in which they came."""
    named = ExternalIdentifier.objects.filter(centre_id=centre_id, resource_type__in=resource_types, value=value)
    return list((named.filter(system=system) if system else named).order_by("pk"))


def called_exactly(centre_id: int, resource_type: str, name: Name) -> ExternalIdentifier | None:
    """Return the one name of this system and value at a centre."""
    same = {"centre_id": centre_id, "resource_type": resource_type, "system": name[0], "value": name[1]}
    return ExternalIdentifier.objects.filter(**same).first()


def kept_name(pk: int, centres: Sequence[int]) -> ExternalIdentifier | None:
    """Return the name of something kept, of a patient for whom these centres care or whom they measure."""
    seen = cared_for(centres, measuring=True)
    return ExternalIdentifier.objects.filter(seen, pk=pk, resource_type=KEPT).first()


def last_received(resource_type: str, row_id: int) -> ReceivedResource | None:
    """Return the last version that was received of a row."""
    return ReceivedResource.objects.filter(resource_type=resource_type, row_id=row_id).order_by("-version").first()


def times_received(resource_type: str, row_id: int) -> int:
    """Return how many versions were received of a row."""
    return ReceivedResource.objects.filter(resource_type=resource_type, row_id=row_id).count()


def last_bodies(resource_type: str, rows: Collection[int]) -> Mapping[int, str]:
    """Return the last version that was received of each of these rows, to the letter."""
    found = ReceivedResource.objects.filter(Q(resource_type=resource_type), row_id__in=rows).order_by("version")
    return {each.row_id: each.body for each in found}
