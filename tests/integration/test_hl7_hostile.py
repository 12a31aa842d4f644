"""Damaged messages from the bytes to their fate: each is refused, waits for a person, or is taken in; none is lost."""

import random
from collections import Counter

import pytest
import time_machine

from api.hl7v2 import receiving
from monitoring.actions import messages_taking
from monitoring.models import InboundMessage, MrdResult, Patient, Sample
from tests.hl7_messages import sender
from tests.property.test_hl7_fuzz import damaged
from tests.world import World

pytestmark = pytest.mark.django_db
MESSAGES = 400


def test_every_damaged_message_is_answered_stored_and_settled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "close_old_connections", lambda: None)
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="123456")
    sender(world, decimal_comma=True)
    chance = random.Random(7)
    with time_machine.travel(world.now, tick=False):
        for _ in range(MESSAGES):
            answers = receiving.receive(damaged(chance), "10.0.0.7", lambda: world.now)
            assert all(answer.startswith(b"MSH|^~\\&|") for answer in answers)
        messages_taking.take_waiting(now=world.now)
    world.as_person(world.authoriser)
    seen = InboundMessage.objects.filter(centre=world.centre)
    states = Counter(seen.values_list("state", flat=True))
    assert not {"STORED"} & states.keys()
    assert states["QUARANTINED"]
    assert states["REFUSED"]
    why = [each["code"] for row in seen.values_list("problems", flat=True) for each in row]
    assert "FAILED" not in why
    assert MrdResult.objects.count() <= Sample.objects.count() + states["DONE"]
