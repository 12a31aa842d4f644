"""A laboratory with a machine, and patients whose results it sends: written in one transaction, never kept."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from knox.models import AuthToken

from monitoring import scope
from monitoring.actions import clients
from monitoring.models import ApiClient, Assay, CareRelation, Centre, Laboratory, Membership, MrdSeries, Patient, User
from monitoring.models.choices import ClientKindChoice, RoleChoice

RESULTS = 1_000
PATIENTS = 2 * RESULTS  # so that two requests at once are never about the same patients
FIRST_DAY = date(2024, 1, 15)
EVERY = timedelta(days=28)
# % of ABL1 as the machine sends them, again and again; None is not detected
LEVELS = ("12.5", "0.41", "0.0230", None, None, None, "0.0150", "0.310")


@dataclass(frozen=True, slots=True)
class ApiWorld:
    """Who asks, with which token, and whose results are sent."""

    assay: Assay
    keeper: User
    machine: ApiClient
    machine_token: str
    technician: User
    technician_token: str
    series: list[MrdSeries]


def write(centre: Centre, now: datetime) -> ApiWorld:
    """Write laboratory, people, machine and twice as many patients as a request has results."""
    scope.enter_all_centres()
    laboratory = Laboratory.objects.create(
        centre=centre, code="BENCH-API", name="Laboratory that sends", responsible_person="Bench"
    )
    assay = Assay.objects.create(
        laboratory=laboratory, marker="NPM1", mutation_type="A", name="NPM1 mut A / ABL1", version="api",
        assay_key="NPM1/A/BENCH-API/ABL1", loq_copies=3,
    )  # fmt: skip
    keeper, technician = (
        _person(centre, f"bench-{role.lower()}", role)
        for role in (RoleChoice.ADMINISTRATOR, RoleChoice.LABORATORY_TECHNICIAN)
    )
    client = ApiClient(
        name="bench", kind=ClientKindChoice.LABORATORY, centre=centre, laboratory=laboratory,
        responsible_person="Bench", jwks={"keys": []},
    )  # fmt: skip
    client = clients.register(by=keeper, client=client, now=now)
    token = clients.issue_token(client=client, scope=client.scopes, now=now)
    return ApiWorld(
        assay, keeper, client, token, technician, AuthToken.objects.create(user=technician)[1], _patients(centre)
    )


@transaction.atomic
def with_new_token(world: ApiWorld, now: datetime) -> ApiWorld:
    """Return the same with a token of the machine that holds from now on, for five minutes."""
    scope.enter_all_centres()
    return replace(world, machine_token=clients.issue_token(client=world.machine, scope=world.machine.scopes, now=now))


def body(world: ApiWorld, series_count: int) -> str:
    """Return a request of 1,000 results of so many series, each a sample of its own."""
    return json.dumps({"results": rows(world, series_count, "B")})


def rows(world: ApiWorld, series_count: int, batch: str, turn: int = 0) -> list[dict[str, Any]]:
    """Return 1,000 results, each a sample of its own, of the `turn`th so many series; later turns are later samples.

    `series_count` divides 1,000.
    """
    each, turns = RESULTS // series_count, len(world.series) // series_count
    first, later = turn % turns * series_count, turn // turns * each
    return [
        _row(world, series, f"{batch}-{number}-{place}", number + place, later + place)
        for number, series in enumerate(world.series[first : first + series_count])
        for place in range(each)
    ]


def _row(world: ApiWorld, series: MrdSeries, accession: str, level_at: int, place: int) -> dict[str, Any]:
    level = LEVELS[level_at % len(LEVELS)]
    reported = {"call": "DETECTED", "value": level, "scale": "PCT_ABL1"} if level else {"call": "NOT_DETECTED"}
    return {
        "series": series.pk,
        "assay": world.assay.pk,
        "sample": {
            "accession_number": accession, "tissue": "BM", "collected_on": str(FIRST_DAY + EVERY * place),
        },
        "reported": {**reported, "abl1_copies": "40000"},
    }  # fmt: skip


def _person(centre: Centre, name: str, role: RoleChoice) -> User:
    user = User.objects.create(username=name, full_name=name)
    Membership.objects.create(user=user, centre=centre, role=role, starts_on=date(2020, 1, 1))
    return user


def _patients(centre: Centre) -> list[MrdSeries]:
    made = Patient.objects.bulk_create(
        Patient(centre=centre, pseudonym=f"B-{number:05}", born_on=date(1960, 1, 1), sex="F", is_synthetic=True)
        for number in range(PATIENTS)
    )
    CareRelation.objects.bulk_create(
        CareRelation(patient=each, centre=centre, role="TREATING", starts_on=FIRST_DAY) for each in made
    )
    return MrdSeries.objects.bulk_create(MrdSeries(patient=each, marker="NPM1", mutation_type="A") for each in made)
