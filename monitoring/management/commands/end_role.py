"""Ends the role of somebody who left, at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from monitoring.actions import memberships
from monitoring.actions.refusals import ActionRefused
from monitoring.management.command import ProductCommand
from monitoring.models import Membership
from monitoring.models.choices import RoleChoice


class Command(ProductCommand):
    """End one role of one person; with the last one their sessions, tokens and calendars end too."""

    help = "Ends a role: end_role alindqvist CLINICIAN NF --reason 'left the hospital'"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who, which role, where and why."""
        parser.add_argument("username")
        parser.add_argument("role", choices=RoleChoice.values)
        parser.add_argument("centre", help="the code of the centre")
        parser.add_argument("--reason", default="ended by command")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what holds from now on."""
        found = Membership.objects.filter(
            user__username=options["username"], role=options["role"], centre__code=options["centre"]
        ).first()
        if found is None:
            raise CommandError(f"{options['username']} is no {options['role']} at {options['centre']}.")
        try:
            ended = memberships.end(by=None, membership=found, reason=options["reason"], now=timezone.now())
        except ActionRefused as error:
            raise CommandError(str(error)) from error
        said = f"{ended.user.shown_name} is no {RoleChoice(ended.role).label} at {ended.centre.name} any more."
        self.stdout.write(said)
