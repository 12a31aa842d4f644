"""Machines that talk to the product in tests: their keys, their signed statements, their registration."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from joserfc import jwk, jwt
from joserfc.jwk import KeyParameters

from monitoring.actions import client_scopes as scopes
from monitoring.actions import clients
from monitoring.models import ApiClient, Membership, User
from monitoring.models.choices import ClientKindChoice, RoleChoice
from tests.world import World, _person

MRN = "https://hospital.example.org/ids/mrn"
ISSUER = "https://ehr.example.org"


@dataclass
class Machine:
    """A registered machine with its private key."""

    client: ApiClient
    key: jwk.ECKey | jwk.RSAKey
    algorithm: str = "ES384"
    headers: dict[str, str] = field(default_factory=dict)

    def statement(self, audience: str, now: datetime, **claims: Any) -> str:
        """Sign who this is, for whom, for two minutes."""
        told = {
            "iss": self.client.client_id, "sub": self.client.client_id, "aud": audience, "jti": str(uuid4()),
            "iat": int(now.timestamp()), "exp": int(now.timestamp()) + 120,
        }  # fmt: skip
        kept = {name: value for name, value in {**told, **claims}.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid or "", "typ": "JWT", **self.headers}
        return jwt.encode(header, kept, self.key, algorithms=[self.algorithm])


def new_key(algorithm: str = "ES384") -> jwk.ECKey | jwk.RSAKey:
    """Make a key pair with a key id."""
    parameters: KeyParameters = {"kid": str(uuid4()), "use": "sig"}
    if algorithm.startswith("RS"):
        return jwk.RSAKey.generate_key(2048, parameters=parameters)
    return jwk.ECKey.generate_key("P-384", parameters=parameters)


def public(key: jwk.ECKey | jwk.RSAKey) -> dict[str, Any]:
    """Return the key set that is registered."""
    return {"keys": [key.as_dict(private=False)]}


def administrator(world: World) -> User:
    """Return the person who keeps the machines of the first centre."""
    found = Membership.objects.filter(role=RoleChoice.ADMINISTRATOR, centre=world.centre).first()
    return found.user if found else _person("keeper", RoleChoice.ADMINISTRATOR, world.centre)


def machine(
    world: World, kind: ClientKindChoice = ClientKindChoice.HOSPITAL, *, algorithm: str = "ES384", **changes: Any
) -> Machine:
    """Register a machine at the first centre."""
    key = new_key(algorithm)
    client = ApiClient(
        name=f"{kind.value.lower()} system", kind=kind, centre=world.centre,
        laboratory=world.laboratory if kind is ClientKindChoice.LABORATORY else None,
        responsible_person="Dr P. Keller" if kind is ClientKindChoice.LABORATORY else "",
        scopes=scopes.possible(kind), jwks=public(key), issuer=ISSUER if kind is ClientKindChoice.RECORD else "",
        patient_system=MRN,
    )  # fmt: skip
    for name, value in changes.items():
        setattr(client, name, value)
    person = administrator(world)
    world.as_person(person)
    return Machine(clients.register(by=person, client=client, now=world.now), key, algorithm)
