"""What the product shows on its first start: people to sign in as, the two studies, Northfield's sixty patients."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from monitoring import scope
from monitoring.actions import acknowledging, centre_settings, cohorts, recompute
from monitoring.actions.acknowledging import ActionTaken, Decision, NextSampleTissue
from monitoring.actions.alert_turns import SeenAlert
from monitoring.domain.cohorts.published import FILO_2025
from monitoring.domain.terms import Marker
from monitoring.models import Alert, Centre, Laboratory, LoadedStudy, User
from monitoring.models.choices import AlertStateChoice, RoleChoice
from monitoring.studies import bench_day, filo2025_loading, northfield, p0007, places, tiong2020_loading
from monitoring.studies.northfield import Kind
from monitoring.studies.places import Staff
from monitoring.studies.records import PatientRecord
from monitoring.studies.registry import Registry, elsewhere, measuring_place
from monitoring.studies.registry_writing import write

NAME = "demonstration"


@dataclass(frozen=True, slots=True)
class Login:
    """A person of the demonstration; all of them are invented."""

    username: str
    full_name: str
    role: RoleChoice


LOGINS = (
    Login("clinician", "Dr A. Lindqvist", RoleChoice.CLINICIAN),
    Login("colleague", "Dr M. Okafor", RoleChoice.CLINICIAN),
    Login("lead", "Prof. H. Brandt", RoleChoice.CLINICIAN),
    Login("technician", "M. Keller", RoleChoice.LABORATORY_TECHNICIAN),
    Login("authoriser", "A. Novak", RoleChoice.LABORATORY_AUTHORISER),
    Login("datamanager", "S. Moreau", RoleChoice.DATA_MANAGER),
    Login("admin", "J. Whitfield", RoleChoice.ADMINISTRATOR),
    Login("auditor", "E. Fontaine", RoleChoice.AUDITOR),
)
# Sees the synthetic cohort of FILO 2025 too, whose alerts would bury those of the clinicians.
STUDY_NURSE = Login("studynurse", "C. Berger", RoleChoice.DATA_MANAGER)
P0007_PLACE = 7

# The question of FILO 2025 to a centre's own patients.
OWN_NPM1 = replace(
    FILO_2025, markers=frozenset({Marker.NPM1}), failed_from=date(2022, 1, 1), first_line=frozenset(), age_from=None
)

# Alerts of these kinds of patients were seen by a clinician: what was done, why, and the next sample in days.
SEEN = {
    Kind.ON_VENETOCLAX: (ActionTaken.PREEMPTIVE_VENETOCLAX, "Venetoclax has begun; donor search under way.", 21),
    Kind.LOW_LEVEL: (ActionTaken.WATCH, "Low level and stable: sampled as planned.", 42),
}


@transaction.atomic
def load(password: str, today: date, now: datetime) -> bool:
    """Load the demonstration once; return whether it was loaded now."""
    if LoadedStudy.objects.filter(name=NAME).exists():
        return False
    tiong2020_loading.load(today=today, now=now)
    centre = places.centre("NORTHFIELD", "Northfield centre")
    people = _people(password, centre, tiong2020_loading.study_centre())
    for place in (centre, tiong2020_loading.study_centre()):
        _name_who_is_called(place, people, now)
    registry = _registry(centre, people)
    patients, kinds = _patients(today)
    study = LoadedStudy(name=NAME, detail={"today": today.isoformat(), "kinds": kinds})
    series_ids = write(registry, patients, study, now)
    recompute.recompute_series(series_ids, now=now)
    _acknowledge(people["clinician"], kinds, today, now)
    laboratory = Laboratory.objects.get(centre=centre)
    bench_day.load(laboratory=laboratory, technician=people["technician"], today=today, now=now)
    _studied(password, centre, today, now)
    scope.leave()
    return True


def _studied(password: str, centre: Centre, today: date, now: datetime) -> None:
    """The synthetic cohort of FILO 2025, who studies it, and the same question to Northfield's own patients."""
    filo2025_loading.load(today=today, now=now)
    study = filo2025_loading.study_centre()
    nurse = _people(password, centre, study, logins=[STUDY_NURSE])[STUDY_NURSE.username]
    scope.enter(nurse)
    cohorts.define(by=nurse, centre=study, name="FILO 2025, all patients", definition=FILO_2025)
    cohorts.define(by=nurse, centre=centre, name="NPM1, VEN-AZA for molecular relapse", definition=OWN_NPM1)


def opens(password: str) -> bool:
    """Say whether this is the password of the demonstration's logins."""
    person = User.objects.filter(username=LOGINS[0].username).first()
    return person is not None and person.check_password(password)


def _people(password: str, *centres: Centre, logins: Sequence[Login] = LOGINS) -> dict[str, User]:
    people = {}
    for login in logins:
        person = places.person(login.username, login.full_name, password)
        for centre in centres:
            places.member(person, centre, login.role)
        people[login.username] = person
    return people


def _name_who_is_called(centre: Centre, people: dict[str, User], now: datetime) -> None:
    """Somebody hears of an alert that nobody answers: a second clinician, then the lead."""
    scope.enter(people["admin"])
    held = centre_settings.settings_of(centre)
    wanted = replace(held, second_clinician_id=people["colleague"].pk, lead_id=people["lead"].pk)
    centre_settings.change(by=people["admin"], centre=centre, wanted=wanted, seen=held, reason="Demonstration", now=now)


def _registry(centre: Centre, people: dict[str, User]) -> Registry:
    laboratory = places.laboratory(centre, "NORTHFIELD", "Northfield laboratory")
    staff = Staff(people["datamanager"], people["technician"], people["authoriser"])
    return Registry(centre, (measuring_place(laboratory, staff), elsewhere()))


def _patients(today: date) -> tuple[list[PatientRecord], dict[str, str]]:
    """Return the patients in the order of their pseudonyms, and which kind each of them is."""
    patients, kinds = [], {}
    for place, look in enumerate(northfield.read_looks(), start=1):
        pseudonym = f"P-{place if place < P0007_PLACE else place + 1:04}"
        patients.append(look.patient(pseudonym, today))
        kinds[pseudonym] = look.kind.value
    patients.insert(P0007_PLACE - 1, p0007.story(today))
    kinds[p0007.PSEUDONYM] = Kind.CONFIRMED.value
    return patients, kinds


def _acknowledge(clinician: User, kinds: dict[str, str], today: date, now: datetime) -> None:
    scope.enter(clinician)
    alerts = Alert.objects.filter(state=AlertStateChoice.RAISED).select_related("series", "patient")
    for alert in alerts.filter(patient__pseudonym__in=kinds).order_by("pk"):
        seen = SEEN.get(Kind(kinds[alert.patient.pseudonym]))
        if seen is None:
            continue
        action, comment, days = seen
        decision = Decision(action, comment, today + timedelta(days=days), NextSampleTissue.BONE_MARROW)
        acknowledging.acknowledge(
            by=clinician, alert=alert, seen=SeenAlert(alert.series.revision, alert.changed_at),
            decision=decision, now=now,
        )  # fmt: skip
