"""A person keeps the filters of a list under a name."""

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.actions.refusals import ActionRefused
from monitoring.models import SavedView, User

MOST_VIEWS = 30  # [DESIGN] of one page and person: beyond it nobody finds anything again
NOT_KEPT = {"after", "after_id", "name", "page", "csrfmiddlewaretoken"}  # where a page begins is no filter


class NameMissing(ActionRefused):
    """A view without a name cannot be found again."""


class TooManyViews(ActionRefused):
    """One view has to go before another comes."""


@transaction.atomic
def save(*, by: User, page: str, name: str, query: str) -> SavedView:
    """Keep the filters of an address under a name; the same name is written anew."""
    name = " ".join(name.split())
    if not name:
        raise NameMissing(_("Give the view a name."))
    kept = SavedView.objects.filter(user=by, page=page)
    if not kept.filter(name=name).exists() and kept.count() >= MOST_VIEWS:
        raise TooManyViews(_("You have %(n)s views already: remove one first.") % {"n": MOST_VIEWS})
    view, _created = SavedView.objects.update_or_create(
        user=by, page=page, name=name[:80], defaults={"query": filters_of(query)}
    )
    return view


@transaction.atomic
def remove(*, by: User, pk: int) -> bool:
    """Remove one of the person's own views; return whether there was one."""
    removed, _by_table = SavedView.objects.filter(user=by, pk=pk).delete()
    return bool(removed)


def filters_of(query: str) -> str:
    """Return the part of an address that narrows or orders a list, without what is empty."""
    pairs = [(key, value) for key, value in parse_qsl(query[:4000]) if key not in NOT_KEPT and value]
    return urlencode(pairs)[:1000]
