"""Damaged messages from the bytes to their fate: each is refused, waits for a person, or is taken in; none is lost."""

import random
from collections import Counter

import pytest
import time_machine
from django.apps import apps

from api.hl7v2 import receiving
from monitoring import scope
from monitoring.actions import messages_taking
from monitoring.models import InboundMessage, MrdResult, Patient, Sample
from tests.endurance import tried
from tests.hl7_messages import report, sender
from tests.property.test_hl7_fuzz import damaged
from tests.world import World

pytestmark = pytest.mark.django_db
MESSAGES = tried(400)
BROKEN = tried(1_600)  # with those above two thousand
# Kept to the letter, whatever it is; who called is counted.
KEPT = {"InboundMessage", "UnknownSender"}
SIGNS = ["", "|", "^", "||", "\r", "\n", "\x00", "\x0b", "A", "7", " ", "é", "^~", "^~\\&&", "\\\\\\\\", "|||||"]


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


def broken(chance: random.Random) -> bytes:
    """A message whose head, delimiters or segments are no longer those of any message."""
    whole = report()
    match chance.randrange(5):
        case 0:  # the delimiters that it says it uses
            return whole.replace("|^~\\&|", chance.choice(SIGNS) + "|", 1).encode()
        case 1:  # nothing that begins a message
            return whole.replace("MSH", chance.choice(["", "MS", "msh", "PID", "MSH" * 3, "BHS"]), 1).encode()
        case 2:  # another delimiter in half of it
            half = len(whole) // 2
            return (whole[:half] + whole[half:].replace("|", chance.choice("^~&\\;,"))).encode()
        case 3:  # cut within the head
            return whole.encode()[: chance.randrange(60)]
        case _:  # no segment ends
            return whole.replace("\r", chance.choice(["", " ", "\x1e", "\\r", "|"])).encode()


def counted() -> dict[str, int]:
    scope.enter_all_centres()
    models = apps.get_app_config("monitoring").get_models()
    return {each.__name__: each._default_manager.count() for each in models if each.__name__ not in KEPT}


def test_a_message_with_broken_delimiters_is_answered_and_writes_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "close_old_connections", lambda: None)
    series = world.patient()
    Patient.objects.filter(pk=series.patient_id).update(hospital_number="123456")
    sender(world)
    chance, before = random.Random(8), counted()
    with time_machine.travel(world.now, tick=False):
        for _ in range(BROKEN):
            raw = broken(chance)
            answers = receiving.receive(raw, "10.0.0.7", lambda: world.now)
            assert answers, raw
            assert all(b"MSA|" in answer for answer in answers), raw
        messages_taking.take_waiting(now=world.now)
    assert counted() == before
    seen = InboundMessage.objects.all()
    assert not seen.filter(state="STORED").exists()
    assert seen.filter(state="REFUSED").count() > BROKEN // 4
