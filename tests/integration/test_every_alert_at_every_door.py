"""Every alert of a simulated registry says the same at every interface, also after what it rests on has changed."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django.fixtures import Settings

from monitoring.models import Alert
from monitoring.models.choices import AlertStateChoice
from tests.integration.every_door import Doors
from tests.integration.moved_episodes import MovedRegistry
from tests.world import NOW

PATIENTS, SEED = 120, 41
ALERTS = 90  # at least; with fewer of them too few kinds meet
MOVES = 9  # things that happen to episodes, beside answers


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_every_interface_agrees_with_every_alert(settings: Settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 0
    with time_machine.travel(NOW, tick=False) as clock:
        registry = MovedRegistry.load(PATIENTS, SEED)
        registry.answer()
        doors = Doors(registry.world)
        assert doors.ask().wrong == []
        registry.enter()
        assert Alert.objects.count() >= ALERTS
        clock.move_to(registry.let_pass(timedelta(hours=1)), tick=False)
        registry.correct()
        assert len(registry.moved) == MOVES + 2
        clock.move_to(registry.let_pass(timedelta(days=60)), tick=False)
        registry.alert_by("ELN2025")
        assert doors.ask().wrong == []
        registry.enter()
        assert set(Alert.objects.values_list("state", flat=True)) == set(AlertStateChoice.values)
