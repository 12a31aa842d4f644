"""`manage.py up`: the product with its servers, from one command."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from mrdweb.embedded import supervisor


class Command(BaseCommand):
    """Hand over to the supervisor."""

    help = (
        "Starts PostgreSQL, Valkey, web, worker and beat, and stays until Ctrl-C. MRD_HOME and PORT say "
        "where; DATABASE_URL with DATABASE_OWNER_URL, and REDIS_URL, replace the embedded servers."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Stay until the end."""
        sys.exit(supervisor.main())
