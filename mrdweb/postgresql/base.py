"""PostgreSQL as Django knows it: entered by no role that could pass the guards, with plans that are kept (ADR 0012)."""

from typing import Any, Self

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base
from psycopg import ClientCursor, Cursor

from mrdweb.postgresql import roles

# A statement with more values than this is one of its kind (a list of rows, of numbers): no plan of it is of use again,
# and from 65,536 on the protocol would not take them.
MOST_VALUES_APART = 200


class PlannedCursor(Cursor[Any]):
    """Sends values apart from their statement, so that its plan can be kept; long lists of them within the text."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        """Run one statement."""
        if params is not None and len(params) > MOST_VALUES_APART:
            query, params = ClientCursor(self.connection).mogrify(query, params), None
        return super().execute(query, params, **how)


OWNER = "owner"  # the connection by which migrations are run, and nothing else


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with that cursor; asks each new connection who it is."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return what a connection is opened with."""
        parameters: dict[str, Any] = super().get_connection_params()
        return {**parameters, "cursor_factory": PlannedCursor}

    def init_connection_state(self) -> None:
        """Make a new connection ready; raises ImproperlyConfigured for a role that must not serve."""
        super().init_connection_state()
        if self.alias != OWNER and (because := roles.why_refused(self.connection)):
            self.close()
            raise ImproperlyConfigured(because)
