"""A search of DetectedIssues by code finds those that say so, and none that say something else."""

from datetime import date

import pytest
import time_machine

from monitoring.domain.terms import EpisodeKind
from monitoring.models import StoredEpisode
from monitoring.models.choices import ClientKindChoice as Kind
from tests.fhir_sender import Fhir, caller
from tests.world import World, detected, not_detected

CODES = (
    "suspected-molecular-relapse",
    "confirmed-molecular-relapse",
    "second-molecular-relapse",
    "molecular-progression",
)


def found_by_code(reader: Fhir) -> dict[str, list[str]]:
    """What each code finds, told by the code that the resource says."""
    found = {}
    for code in CODES:
        entries = reader.get("/DetectedIssue", {"code": code}).json().get("entry", [])
        found[code] = [each["resource"]["code"]["coding"][0]["code"] for each in entries]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("kind", [EpisodeKind.MOLECULAR_RELAPSE, EpisodeKind.MOLECULAR_PROGRESSION])
def test_each_code_finds_its_own(world: World, kind: EpisodeKind, *, confirmed: bool) -> None:
    with time_machine.travel(world.now, tick=False):
        series = world.patient()
        world.authorised(series, date(2026, 7, 1), not_detected())
        world.authorised(series, date(2026, 10, 22), detected("0.018"))
        if confirmed:
            world.authorised(series, date(2026, 11, 12), detected("0.058"))
        world.as_person(world.clinician)
        StoredEpisode.objects.filter(series=series).update(kind=kind.value)
        found = found_by_code(caller(world, Kind.HOSPITAL))
    relapse = "confirmed-molecular-relapse" if confirmed else "suspected-molecular-relapse"
    said = relapse if kind is EpisodeKind.MOLECULAR_RELAPSE else "molecular-progression"
    assert found == {code: [said] if code == said else [] for code in CODES}
