"""Issues a token for the API, which is shown once; lists the tokens of a person; revokes one of them, or all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from monitoring.actions import script_tokens
from monitoring.management.command import ProductCommand
from monitoring.models import User
from monitoring.queries import script_tokens as queries

ALL = "all"


class Command(ProductCommand):
    """Issue, list or revoke; issuing and revoking are audited."""

    help = "Issues a token for the API; --list names those of the person, --revoke takes back all, or one by its start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the person's name."""
        parser.add_argument("username")
        parser.add_argument("--list", action="store_true")
        parser.add_argument("--revoke", nargs="?", const=ALL, metavar="START")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token; it is kept as a hash and cannot be printed again."""
        person = User.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['username']}.")
        if options["list"]:
            for each in queries.of_person(person):
                ends = each.ends_at.date() if each.ends_at else "never"
                self.stdout.write(f"{each.begins}…  issued {each.issued_at.date()}  ends {ends}")
        elif options["revoke"]:
            self._revoke(person, options["revoke"])
        else:
            self.stdout.write(script_tokens.issue(by=None, person=person))

    def _revoke(self, person: User, which: str) -> None:
        if which != ALL and len(which) < queries.SHOWN_CHARACTERS:
            raise CommandError(f"Give the first {queries.SHOWN_CHARACTERS} characters, as --list shows them.")
        number = script_tokens.revoke_all(person=person, begins="" if which == ALL else which)
        if not number:
            raise CommandError(f"{person.username} has no such token.")
        self.stdout.write(f"{number} tokens of {person.username} revoked.")
