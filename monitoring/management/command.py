"""What every command of this product has in common."""

from django.core.management.base import BaseCommand


class ProductCommand(BaseCommand):
    """A command without Django's system checks: `make check` asks them, and here they would read every page first."""

    requires_system_checks: list[str] = []

    def say(self, line: str) -> None:
        """Write a line that somebody waits for: at once, also where a file or another program reads it."""
        self.stdout.write(line)
        self.stdout.flush()
