"""Django's migrate, as the owner role, followed by the privileges of the other roles."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from monitoring.actions import editions, new_editions
from monitoring.models.privileges import grants
from monitoring.queries.analysis_rows import without_collection

# Statements are many and short: where PostgreSQL can compile one, that takes longer than running it (docs/adr/0014).
COMPILE_NOTHING = """
DO $$ BEGIN
  IF current_setting('jit')::boolean
     AND (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database())
  THEN
    EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
  END IF;
END $$
"""
SIGNED = "monitoring_signededition"  # not there where only the first migrations were asked for


class Command(migrate.Command):
    """Migrate as the owner, then grant what monitoring.models.privileges says."""

    help = "Migrates the database as the owner role and grants the application and worker roles their privileges."

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate and grant; refuse where no owner role is named."""
        if "owner" not in settings.DATABASES:
            raise CommandError("DATABASE_OWNER_URL is not set. Migrations run as the owner role only.")
        if options["database"] == "default":
            options["database"] = "owner"
        options["skip_checks"] = True  # as in every command of ours (monitoring.management.command)
        with without_collection():  # Django makes all models anew for every step: looking through them is a third
            super().handle(*args, **options)
        roles = {settings.DATABASES["default"]["USER"], settings.DATABASES["owner"]["USER"]}
        if len(roles) == 1:
            raise CommandError("DATABASE_URL and DATABASE_OWNER_URL name the same role; they must differ.")
        with connections["owner"].cursor() as cursor:
            cursor.execute(COMPILE_NOTHING)
            for statement in grants(settings.APPLICATION_ROLE, settings.WORKER_ROLE):
                cursor.execute(statement)
            tables = set(connections["owner"].introspection.table_names(cursor))
        waiting = editions.settle_first("owner") if SIGNED in tables else {}
        if waiting:
            raise CommandError(f"The tables are migrated. {editions.sentence(waiting)}")
        new_editions.ask("owner")
