"""Adds a person who may sign in, or gives a person one more role."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils import timezone

from monitoring.actions import passwords, setting_up
from monitoring.actions.refusals import ActionRefused
from monitoring.management.command import ProductCommand
from monitoring.models import Centre, User
from monitoring.models.choices import RoleChoice


class Command(ProductCommand):
    """Add the person if there is none of this name, and the role at the centre."""

    help = "Adds a person with a role: add_person alindqvist 'Dr A. Lindqvist' CLINICIAN NF"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who, which role and where."""
        parser.add_argument("username")
        parser.add_argument("name")
        parser.add_argument("role", choices=RoleChoice.values)
        parser.add_argument("centre", help="the code of the centre")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for a password at a terminal; elsewhere make a one-time password and print it once."""
        centre = Centre.objects.filter(code=options["centre"]).first()
        if centre is None:
            raise CommandError(f"There is no centre {options['centre']}; add it first.")
        try:
            person = User.objects.filter(username=options["username"]).first() or self._add(options)
            setting_up.give_role(person=person, centre=centre, role=options["role"], now=timezone.now())
        except (ActionRefused, ValidationError) as error:
            raise CommandError("; ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(f"{person.shown_name} is {RoleChoice(options['role']).label} at {centre.name}.")

    def _add(self, options: dict[str, Any]) -> User:
        typed = getpass.getpass("Password: ") if sys.stdin.isatty() else ""
        person = User(username=options["username"], full_name=options["name"])
        if typed:
            return setting_up.add_person(person=person, password=typed)
        password = passwords.set_one_time(person, timezone.now())
        setting_up.add_person(person=person, password=password)
        self.stdout.write(f"Password of {person.username}: {password}")
        self.stdout.write(f"It opens for {passwords.ONE_TIME_HOURS} hours, once: then the person chooses their own.")
        return person
