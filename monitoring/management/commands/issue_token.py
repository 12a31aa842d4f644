"""Issues a token for the API, which is shown once, or revokes all tokens of a person."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from knox.models import AuthToken

from monitoring.actions import audit
from monitoring.models import User


class Command(BaseCommand):
    """Issue or revoke; both are audited."""

    help = "Issues a token for the API; --revoke takes back every token of the person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the person's name."""
        parser.add_argument("username")
        parser.add_argument("--revoke", action="store_true")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token; it is kept as a hash and cannot be printed again."""
        person = User.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['username']}.")
        if options["revoke"]:
            number, _ = AuthToken.objects.filter(user=person).delete()
            audit.record(action="token.revoke", by=None, subject=person, after={"tokens": number})
            self.stdout.write(f"{number} tokens of {person.username} revoked.")
            return
        kept, token = AuthToken.objects.create(user=person)
        audit.record(action="token.issue", by=None, subject=person, after={"expires": kept.expiry.isoformat()})
        self.stdout.write(token)
