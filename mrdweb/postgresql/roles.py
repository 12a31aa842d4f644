"""Which role may serve: one from which row-level security hides what is not its own, and that can undo no guard."""

from typing import Any, Protocol

# A superuser and BYPASSRLS see every row; an owner, or a member of its role, can take policies and triggers away.
ASK = """
SELECT current_user::text, rolsuper OR rolbypassrls, EXISTS (
  SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND pg_has_role(relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = current_user
"""


class Connection(Protocol):
    """What can be asked: an open connection of psycopg."""

    def execute(self, query: Any) -> Any:
        """Run one statement."""
        ...


def why_refused(connection: Connection) -> str:
    """Return why the role of a connection must not serve, as a sentence; empty where it may."""
    name, sees_everything, owns = connection.execute(ASK).fetchone()
    if sees_everything:
        what = "is a superuser or may bypass row-level security: it would show every patient to everybody"
    elif owns:
        what = "owns the tables, or may act as their owner: nothing would guard patients and audit from it"
    else:
        return ""
    return f"The database role {name} {what}. Use the role of the application; docs/operations.md says how to make it."
