"""Sets a one-time password for somebody who lost theirs, and lifts a lock-out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from monitoring.actions import passwords
from monitoring.actions.refusals import ActionRefused
from monitoring.management.command import ProductCommand
from monitoring.models import User


class Command(ProductCommand):
    """Print the one-time password; whatever else opened something in this name ends."""

    help = "Sets a one-time password: new_password alindqvist --reason 'lost'"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who and why."""
        parser.add_argument("username")
        parser.add_argument("--reason", default="set by command")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it once; it is kept as a hash."""
        person = User.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['username']}.")
        try:
            password = passwords.renew(by=None, person=person, reason=options["reason"], now=timezone.now())
        except ActionRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Password of {person.username}: {password}")
        self.stdout.write(f"It opens for {passwords.ONE_TIME_HOURS} hours, once: then the person chooses their own.")
