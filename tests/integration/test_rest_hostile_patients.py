"""Registrations, corrections of patients and diseases, and shares by REST with what nobody should send: all refused."""

from random import Random
from typing import Any

import pytest
from django.utils import timezone

from monitoring.models import CareRelation, Disease
from tests.integration.hostile_bodies import bodies
from tests.integration.rest_api import Api
from tests.integration.test_rest_hostile import REFUSED, counted
from tests.integration.test_rest_patients import new
from tests.world import World

SEED, EACH = 20261123, 15


@pytest.mark.timeout(300)
def test_no_patient_no_correction_and_no_share_comes_of_what_is_none(world: World) -> None:
    world.now = timezone.now()
    patient, api = world.patient().patient_id, Api(world, world.clinician)
    disease, home = Disease.objects.get().pk, CareRelation.objects.get(role="TREATING").pk
    share = {"centre": world.elsewhere.pk, "role": "TRANSPLANT", "starts_on": "2026-06-01", "reason": "Donor"}
    registration = [
        "centre", "~pseudonym", "born_on", "sex", "disease.diagnosed_on", "marker.marker",
        "?marker.baseline_pct_abl1", "?first_line.ends_on", "first_line.starts_on", "~first_line.regimen",
    ]  # fmt: skip
    places: list[tuple[str, str, dict[str, Any], list[str]]] = [
        ("post", "patients/", new(world), registration),
        ("patch", f"patients/{patient}/", {"born_on": "1967-04-13", "sex": "M", "reason": "x"},
         ["~reason", "?born_on", "?sex"]),
        ("patch", f"diseases/{disease}/", {"diagnosed_on": "2024-06-02", "reason": "x"}, ["~reason", "?diagnosed_on"]),
        ("post", f"patients/{patient}/care-relations/", share, ["centre", "role", "starts_on", "~reason"]),
        ("patch", f"care-relations/{home}/", {"reason": "x"}, ["~reason"]),
    ]  # fmt: skip
    rng, before = Random(SEED), counted(world)
    for method, path, good, needed in places:
        for body in bodies(rng, good, needed, EACH):
            answer = api.send(method, path, body)
            assert answer.status_code in REFUSED, (answer.status_code, method, path, body[:300])
            assert answer["Content-Type"] == "application/problem+json", (path, body[:300])
    assert counted(world) == before
