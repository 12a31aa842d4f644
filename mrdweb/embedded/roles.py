"""The roles of the database: one that owns the tables, one for the pages, one for the worker."""

from urllib.parse import quote

from psycopg import Connection, sql

from mrdweb.embedded.home import Home
from mrdweb.embedded.postgres import superuser_connection

DATABASE = "mrd"
OWNER = "mrd_owner"
APPLICATION = "mrd_app"
WORKER = "mrd_worker"

NO_PRIVILEGES = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def prepare(home: Home) -> None:
    """Make roles and database where they are missing, and set the passwords of this home."""
    with superuser_connection(home) as connection:
        for role in (OWNER, APPLICATION, WORKER):
            _make_role(connection, role, home.secret(f"{role}_password"))
        make_database(connection, DATABASE)
    with superuser_connection(home, DATABASE) as connection:
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER)))


def _make_role(connection: Connection[tuple[object, ...]], role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    # the password travels as its SCRAM verifier, so that no log can hold it
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL("{verb} ROLE {role} WITH {privileges} PASSWORD {verifier}").format(
        verb=sql.SQL("ALTER" if known else "CREATE"),
        role=sql.Identifier(role),
        privileges=sql.SQL(NO_PRIVILEGES),
        verifier=sql.Literal(verifier.decode()),
    )
    connection.execute(statement)


def make_database(connection: Connection[tuple[object, ...]], name: str) -> None:
    """Make a database that the owner role owns and the other two may enter."""
    database, owner = sql.Identifier(name), sql.Identifier(OWNER)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(database, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    # TEMPORARY: a bulk recompute copies into a temporary table
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}, {}").format(
            database, sql.Identifier(APPLICATION), sql.Identifier(WORKER)
        )
    )


def address(home: Home, role: str, database: str = DATABASE) -> str:
    """Return the connection address of a role on the private socket."""
    password = quote(home.secret(f"{role}_password"), safe="")
    return f"postgresql://{role}:{password}@/{database}?host={quote(str(home.run), safe='/')}"
