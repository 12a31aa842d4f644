"""Who asks, and what of it is allowed: machines within their scopes, people reading within their roles."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from api.fhir.refusals import FhirRefused
from monitoring import permissions
from monitoring.actions import client_scopes
from monitoring.models import AccessToken, ApiClient, User
from monitoring.models.choices import ClientKindChoice, RoleChoice

READING = {"r": "read", "s": "search", "c": "create", "u": "update", "d": "delete"}
AUDIT = "AuditEvent"  # for auditors alone, whatever a scope says


@dataclass(frozen=True)
class Caller:
    """A person or a machine, at one moment; `base` is the address by which this server is known."""

    user: User
    token: AccessToken | None
    base: str
    now: datetime

    @property
    def client(self) -> ApiClient | None:
        """The machine, where it is one."""
        return self.token.client if self.token else None

    @property
    def charts(self) -> list[int]:
        """The centres whose charts are open to the caller."""
        return self._centres(permissions.CHART_ROLES)

    @property
    def laboratories(self) -> list[int]:
        """The centres in whose laboratories the caller works."""
        return self._centres(permissions.LABORATORY_ROLES)

    @property
    def audits(self) -> list[int]:
        """The centres whose log of accesses the caller reads."""
        return self._centres({RoleChoice.AUDITOR})

    def demand(self, resource: str, interaction: str) -> None:
        """Refuse (403) what neither a scope nor a role allows."""
        if self.token is not None:
            allowed = client_scopes.allows(self.token.scope, resource, interaction)
        else:
            allowed = interaction in {"r", "s"} and bool(self.charts or self.laboratories)
        if not allowed or (resource == AUDIT and not self.audits):
            why = f"This token does not allow: {READING[interaction]} {resource}."
            raise FhirRefused(HTTPStatus.FORBIDDEN, "forbidden", why)

    def sending_laboratory(self) -> ApiClient:
        """Return the machine of a laboratory; refuse (403) everybody else."""
        client = self.client
        if client is None or client.kind != ClientKindChoice.LABORATORY or client.laboratory is None:
            raise FhirRefused(HTTPStatus.FORBIDDEN, "forbidden", "Only the system of a laboratory sends this.")
        return client

    def _centres(self, roles: set[RoleChoice]) -> list[int]:
        return sorted({each.centre_id for each in permissions.memberships_of(self.user) if each.role in roles})
