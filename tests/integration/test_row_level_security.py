"""The second wall: the application role sees the patients of its centres, and cannot climb over."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from monitoring import scope
from monitoring.models import CareRelation, ClinicalEvent, MrdResult, MrdSeries, Patient, Sample
from monitoring.models.privileges import PRIVILEGES, WITHOUT_ROW_LEVEL_SECURITY
from tests.world import World, detected

DAY = date(2025, 4, 6)


def scalar(sql: str, *parameters: int) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return row[0] if row else None


def test_the_tests_run_as_a_role_that_owns_nothing_and_bypasses_nothing(world: World) -> None:
    facts = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    assert scalar(facts) is False
    assert scalar("SELECT count(*) FROM pg_tables WHERE tableowner = current_user") == 0


def test_without_a_scope_there_are_no_rows(world: World) -> None:
    world.authorised(world.patient(), DAY, detected("0.02"))
    scope.leave()
    for model in (Patient, MrdSeries, Sample, MrdResult, CareRelation):
        assert not model.objects.exists(), model


def test_another_centre_sees_nothing(world: World) -> None:
    world.authorised(world.patient(), DAY, detected("0.02"))
    world.as_person(world.stranger)
    assert not Patient.objects.exists()
    assert not MrdResult.objects.exists()


def test_another_centre_cannot_write(world: World) -> None:
    patient = world.patient().patient
    world.as_person(world.stranger)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        ClinicalEvent.objects.create(patient=patient, kind="DEATH", happened_on=DAY)


def test_a_care_relation_lets_a_transplant_centre_in_for_its_time(world: World) -> None:
    patient = world.patient().patient
    CareRelation.objects.create(patient=patient, centre=world.elsewhere, role="TRANSPLANT", starts_on=date(2025, 1, 1))
    world.as_person(world.stranger)
    assert Patient.objects.filter(pk=patient.pk).exists()
    CareRelation.objects.filter(centre=world.elsewhere).update(ends_on=date(2025, 6, 1))
    assert not Patient.objects.filter(pk=patient.pk).exists()


def test_nobody_lets_a_centre_of_his_own_in(world: World) -> None:
    patient = world.patient().patient
    world.as_person(world.stranger)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        CareRelation.objects.create(
            patient_id=patient.pk, centre=world.elsewhere, role="TREATING", starts_on=date(2025, 1, 1)
        )


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE monitoring_patient DISABLE ROW LEVEL SECURITY",
        "DROP POLICY seen ON monitoring_patient",
        "SET session_replication_role = replica",
        "ALTER TABLE monitoring_auditentry DISABLE TRIGGER never_changes",
        "UPDATE monitoring_auditentry SET reason = 'x'",
        "DELETE FROM monitoring_auditentry",
        "TRUNCATE monitoring_auditentry",
        "DELETE FROM monitoring_auditseal",
        "UPDATE monitoring_rowhistory SET recorded_at = now()",
        "DELETE FROM monitoring_alert",
        "UPDATE monitoring_alertchange SET comment = ''",
        "SELECT request_recompute(ARRAY[1]::bigint[], 'x')",
        "CREATE TABLE mine (id int)",
        "SET ROLE mrd_owner",
    ],
)
def test_the_application_role_cannot(world: World, sql: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner|denied to set"), transaction.atomic():
        scalar(sql)


def test_every_table_has_its_privileges_and_its_wall_on_record(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, relrowsecurity FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
                       "WHERE nspname = 'public' AND relkind IN ('r', 'v')")  # fmt: skip
        tables = dict(cursor.fetchall())
    assert set(tables) == set(PRIVILEGES)
    assert {name for name, walled in tables.items() if not walled} == WITHOUT_ROW_LEVEL_SECURITY
