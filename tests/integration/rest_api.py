"""What the tests of REST v1 share: callers with tokens, and results as they send them."""

import json
from typing import Any

from django.test import Client
from knox.models import AuthToken

from monitoring.actions import clients
from monitoring.models import MrdSeries, User
from monitoring.models.choices import ClientKindChoice
from tests.machines import Machine, machine
from tests.world import World


class Api:
    """A caller with a token; whoever looks into the database afterwards does so as `world.clinician`."""

    def __init__(self, world: World, user: User, token: str = "") -> None:
        self.world, self.client = world, Client(raise_request_exception=False)
        self.headers = {"authorization": f"Bearer {token or AuthToken.objects.create(user=user)[1]}"}

    def get(self, path: str, query: dict[str, str] | None = None, **headers: str) -> Any:
        answer = self.client.get(f"/api/v1/{path}", query or {}, headers=self.headers | _names(headers))
        self.world.as_person(self.world.clinician)
        return answer

    def send(self, method: str, path: str, body: object, **headers: str) -> Any:
        answer = self.send_and_stay(method, path, body, **headers)
        self.world.as_person(self.world.clinician)
        return answer

    def send_and_stay(self, method: str, path: str, body: object, **headers: str) -> Any:
        """Send, and leave the scope as the request left it: for requests by the thousand."""
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        call = getattr(self.client, method)
        sent_with = self.headers | _names(headers)
        return call(f"/api/v1/{path}", text, content_type="application/json", headers=sent_with)

    def post(self, path: str, body: object, **headers: str) -> Any:
        return self.send("post", path, body, **headers)


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def laboratory_machine(world: World, scope: str = "system/Observation.crus") -> tuple[Machine, Api]:
    """Register a machine of the laboratory and give it a token."""
    world.laboratory.responsible_person = "Dr P. Keller"
    world.laboratory.save()
    made = machine(world, ClientKindChoice.LABORATORY)
    token = clients.issue_token(client=made.client, scope=scope, now=world.now)
    return made, Api(world, made.client.user, token)


def sent(world: World, series: MrdSeries, number: str, on: str = "2026-11-16", **reported: object) -> dict[str, Any]:
    """One result as a caller sends it."""
    return {
        "series": series.pk,
        "assay": world.assay.pk,
        "sample": {"accession_number": number, "tissue": "BM", "collected_on": on},
        "reported": {"call": "DETECTED", "value": "0.0930", "scale": "PCT_ABL1", "abl1_copies": 39600} | reported,
    }
