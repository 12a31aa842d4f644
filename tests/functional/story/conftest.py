"""The twelve published cases, and people who may sign in."""

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from monitoring.models import Centre, Membership, User
from monitoring.models.choices import RoleChoice
from tests.world import PASSWORD, World


@pytest.fixture
def tiong(committed: World) -> World:
    """The twelve cases of Tiong 2020, with a clinician, a technician and an authoriser who can sign in."""
    call_command("load_study", "tiong2020", verbosity=0)
    centre = Centre.objects.get(code="TIONG2020")
    password = make_password(PASSWORD)
    User.objects.filter(username__startswith="tiong-2020").update(password=password)
    clinician = User.objects.create(username="tiong-2020-clinician", password=password, full_name="Dr A. Lindqvist")
    Membership.objects.create(user=clinician, centre=centre, role=RoleChoice.CLINICIAN, starts_on="2020-01-01")
    committed.as_person(clinician)
    return committed
