"""Who is told of an alert: the responsible clinicians, by their preferences, each once, whoever works at once."""

import threading
from datetime import UTC, date, datetime, time

from django.db import connection, connections

from monitoring.actions import notifying
from monitoring.actions.notifying_preferences import Choice, choose
from monitoring.models import (
    Alert,
    AlertChange,
    AlertToTell,
    CareRelation,
    Centre,
    Notification,
    NotificationPreference,
    Patient,
    User,
    WebhookEndpoint,
)
from monitoring.models.choices import RoleChoice
from tests.integration.told_world import NOON, as_worker, relapse, step, told
from tests.world import World, _person

FRIDAY_NIGHT = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # 23:30 in Paris


def names(rows: list[Notification]) -> list[str]:
    return sorted({row.user.username for row in rows if row.user})


def second_clinician(world: World) -> User:
    return _person("second", RoleChoice.CLINICIAN, world.centre)


def wants(person: User, **choice: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', %s, false)", [str(person.pk)])
    chosen = {"email_up_to_urgency": 2, "only_my_patients": False, "quiet_from": None, "quiet_until": None,
              "quiet_weekends": False} | choice  # fmt: skip
    choose(by=person, choice=Choice(**chosen), now=NOON)  # type: ignore[arg-type]


def test_where_nobody_is_named_all_clinicians_of_the_centre_are_told(committed: World) -> None:
    second_clinician(committed)
    relapse(committed)
    rows = told(committed)
    assert names(rows) == ["clinician", "second"]
    assert {(row.channel, row.state) for row in rows} == {("EMAIL", "WAITING")}
    assert not AlertToTell.objects.exists()


def test_the_named_clinician_alone_is_told(committed: World) -> None:
    second = second_clinician(committed)
    alert = relapse(committed)
    Patient.objects.filter(pk=alert.patient_id).update(second_clinician=second)
    assert names(told(committed)) == ["second"]


def test_a_named_clinician_who_left_counts_as_none(committed: World) -> None:
    second = second_clinician(committed)
    second.memberships.update(ends_on=date(2025, 1, 1))
    alert = relapse(committed)
    Patient.objects.filter(pk=alert.patient_id).update(clinician=second)
    assert names(told(committed)) == ["clinician"]


def test_whom_an_alert_was_given_to_is_told_and_who_gave_it_is_not(committed: World) -> None:
    second = second_clinician(committed)
    alert = relapse(committed)
    Patient.objects.filter(pk=alert.patient_id).update(clinician=committed.clinician)
    told(committed)
    Notification.objects.update(state="DROPPED")
    step(alert, "HANDED_OVER", by=committed.clinician, to=second)
    rows = [row for row in told(committed) if row.change.kind == "HANDED_OVER"]
    assert names(rows) == ["second"]


def test_preferences_decide_up_to_which_urgency(committed: World) -> None:
    wants(committed.clinician, email_up_to_urgency=1)
    relapse(committed)
    assert told(committed) == []
    relapse(committed, "1.5")
    assert {row.alert.urgency for row in told(committed)} == {1}


def test_who_wants_none_gets_none(committed: World) -> None:
    wants(committed.clinician, email_up_to_urgency=0)
    relapse(committed, "1.5")
    assert told(committed) == []


def test_only_my_patients_leaves_others_to_those_who_want_all(committed: World) -> None:
    second_clinician(committed)
    wants(committed.clinician, only_my_patients=True)
    relapse(committed)
    assert names(told(committed)) == ["second"]


def test_rather_all_than_nobody(committed: World) -> None:
    wants(committed.clinician, only_my_patients=True)
    relapse(committed)
    assert names(told(committed)) == ["clinician"]


def test_quiet_hours_hold_back_all_but_the_first_urgency(committed: World) -> None:
    wants(committed.clinician, quiet_from=time(22), quiet_until=time(7), quiet_weekends=True)
    relapse(committed)
    relapse(committed, "1.5")
    by_urgency = {row.alert.urgency: row.not_before for row in told(committed, FRIDAY_NIGHT)}
    assert by_urgency[1] == FRIDAY_NIGHT
    assert by_urgency[2] == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # Monday, 07:00 in Paris


def test_every_caring_centre_has_its_people_and_endpoints_told(committed: World) -> None:
    alert = relapse(committed)
    CareRelation.objects.create(
        patient_id=alert.patient_id, centre=committed.elsewhere, role="TRANSPLANT", starts_on=date(2026, 1, 1)
    )
    for centre, person in [(committed.centre, committed.clinician), (committed.elsewhere, committed.stranger)]:
        committed.as_person(person)
        WebhookEndpoint.objects.create(centre=centre, name="EHR", url="https://ehr.example/", created_by=person)
    rows = told(committed)
    assert names(rows) == ["clinician", "stranger"]
    of_the_alert = [row for row in rows if row.alert_id == alert.pk]
    assert len({row.endpoint_id for row in of_the_alert if row.endpoint_id}) == 2


def test_an_invented_patient_of_a_real_centre_calls_nobody(committed: World) -> None:
    alert = relapse(committed)
    Patient.objects.filter(pk=alert.patient_id).update(is_synthetic=True)
    assert told(committed) == []
    assert not AlertToTell.objects.exists()


def test_where_the_whole_centre_is_invented_everything_is_tried(committed: World) -> None:
    alert = relapse(committed)
    Patient.objects.filter(pk=alert.patient_id).update(is_synthetic=True)
    Centre.objects.filter(pk=committed.centre.pk).update(is_synthetic=True)
    assert names(told(committed)) == ["clinician"]


def test_two_workers_at_once_address_each_step_once(committed: World) -> None:
    for _ in range(6):
        relapse(committed)
    second_clinician(committed)
    gate, taken, errors = threading.Barrier(4), [], []

    def work() -> None:
        try:
            gate.wait(20)
            taken.append(notifying.address(now=NOON))
        except Exception as error:  # noqa: BLE001 - every kind counts
            errors.append(error)
        finally:
            connections.close_all()

    with as_worker():
        waiting = AlertToTell.objects.count()
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    committed.as_person(committed.clinician)
    assert errors == []
    assert sum(taken) == waiting
    keys = list(Notification.objects.values_list("change_id", "user_id"))
    told_by_mail = AlertChange.objects.filter(alert__urgency__lte=2).count()
    assert len(keys) == len(set(keys)) == 2 * told_by_mail


def test_a_step_that_comes_twice_to_the_table_is_told_once(committed: World) -> None:
    alert = relapse(committed)
    before = len(told(committed))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO monitoring_alerttotell (change_id, patient_id, at) "
            "SELECT id, patient_id, now() FROM monitoring_alertchange WHERE alert_id = %s", [alert.pk],
        )  # fmt: skip
    assert len(told(committed)) == before


def test_nobody_reads_what_another_person_chose(committed: World) -> None:
    wants(committed.clinician, email_up_to_urgency=1)
    committed.as_person(committed.stranger)
    assert not NotificationPreference.objects.exists()


def test_the_number_of_questions_does_not_grow_with_the_steps(committed: World) -> None:
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (1, 5):
        for _ in range(size):
            relapse(committed)
        with as_worker(), CaptureQueriesContext(connection) as asked:
            notifying.address(now=NOON)
        committed.as_person(committed.clinician)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert Alert.objects.filter(state="RAISED").exists()
