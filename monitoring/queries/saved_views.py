"""The views of a list that a person keeps."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.models import SavedView, User


@dataclass(frozen=True, slots=True)
class KeptView:
    """A name, the filters it stands for, and whether they are those of the page shown."""

    pk: int
    name: str
    query: str
    is_shown: bool


def read(user: User, page: str, shown: str) -> Sequence[KeptView]:
    """Return the views of one page, by name; `shown` are the filters of the page as they would be kept."""
    kept = SavedView.objects.filter(user=user, page=page).order_by("name").values_list("pk", "name", "query")
    return [KeptView(pk, name, query, query == shown) for pk, name, query in kept]
