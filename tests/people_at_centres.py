"""Administrators of two centres, and what they send to the pages of people."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.test import Client

from monitoring.models import Centre, Membership, User
from monitoring.models.choices import RoleChoice
from tests.integration.typed_entry import text_of
from tests.world import PASSWORD, World, _person

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


@dataclass
class Desk:
    """An administrator of the first centre at their browser."""

    world: World
    keeper: User
    client: Client

    @classmethod
    def at(cls, world: World) -> "Desk":
        """Sign the administrator in."""
        keeper = _person("keeper", RoleChoice.ADMINISTRATOR, world.centre)
        client = Client()
        client.force_login(keeper)
        return cls(world, keeper, client)

    def add(self, **changes: str) -> "Answer":
        """Add a person with a first role."""
        told = {
            "username": "pmarten", "full_name": "P. Marten", "email": "", "role": "CLINICIAN",
            "centre": str(self.world.centre.pk),
        }  # fmt: skip
        return self.client.post("/people/add/", {**told, **changes})

    def give(self, username: str, role: str = "AUDITOR", centre: Centre | None = None) -> "Answer":
        """Give a role."""
        at = centre or self.world.centre
        return self.client.post("/people/roles/give/", {"username": username, "role": role, "centre": str(at.pk)})

    def end(self, role: Membership, reason: str = "left the hospital") -> "Answer":
        """End a role."""
        return self.client.post(f"/people/roles/{role.pk}/end/", {"reason": reason})

    def renew(self, person: User, reason: str = "lost") -> "Answer":
        """Make a one-time password."""
        return self.client.post(f"/people/{person.pk}/password/", {"reason": reason})


def role_of(person: User, role: str = "") -> Membership:
    """Return the person's only role, or the one of this name."""
    return person.memberships.get(**({"role": role} if role else {}))


def give(person: User, role: RoleChoice, centre: Centre) -> Membership:
    """Give a role past the actions, from long ago."""
    return Membership.objects.create(user=person, centre=centre, role=role, starts_on=date(2020, 1, 1))


def told_once(answer: "Answer") -> str:
    """Return the one-time password of the page that shows it."""
    assert answer.status_code == 200, text_of(answer)
    return answer.content.decode().split('<code class="key">')[2].split("<")[0]


def sign_in(username: str, password: str = PASSWORD) -> tuple[Client, "Answer"]:
    """Sign in at the door with a browser of one's own."""
    client = Client()
    return client, client.post("/sign-in", {"username": username, "password": password, "next": "/me/"})


def is_inside(client: Client) -> bool:
    """Whether this browser is still signed in."""
    return client.get("/me/").status_code == 200
