"""The measurement that takes verdicts away is only for data that were made up, and says so."""

import pytest
from django.core.management import CommandError, call_command

from monitoring.actions import recompute
from monitoring.models import Patient, StoredVerdict
from tests.world import World

pytestmark = pytest.mark.django_db


def test_it_is_refused_where_patients_are_real_and_their_verdicts_stay(world: World) -> None:
    series = world.patient()
    recompute.recompute_series([series.pk], now=world.now)
    world.as_person(world.clinician)
    stored = StoredVerdict.objects.filter(series=series)
    assert stored.count() == 4
    with pytest.raises(CommandError, match="holds real patients"):
        call_command("bench", "recompute", "--rounds", "1")
    world.as_person(world.clinician)
    assert stored.count() == 4


def test_it_says_what_to_load_where_there_is_nothing(world: World) -> None:
    assert not Patient.objects.exists()
    with pytest.raises(CommandError, match="load_study synthetic"):
        call_command("bench", "recompute", "--rounds", "1")
