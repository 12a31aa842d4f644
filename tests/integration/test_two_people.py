"""Two people for every result, and no way around it: not by the pages' actions, not by SQL, not as the owner."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import DatabaseError, ProgrammingError

from monitoring.actions import results
from monitoring.actions.refusals import ActionRefused, StaleVersion, WrongState
from monitoring.models import AuditEntry, MrdResult, ResultContributor
from tests.world import World, detected, not_detected, wells

DAY = date(2025, 4, 6)


def seen(result: MrdResult) -> results.Seen:
    return results.Seen(result.version, result.submitted_at)


def execute(sql: str, *parameters: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_a_second_person_authorises(world: World) -> None:
    signed = world.authorised(world.patient(), DAY, detected("0.02"))
    assert (signed.state, signed.authorised_by) == ("AUTHORISED", world.authoriser)
    assert signed.authorisation_basis == "TWO_PEOPLE"


def test_whoever_entered_cannot_authorise_even_as_authoriser(world: World) -> None:
    series = world.patient()
    sample = world.sample(series, DAY)
    world.as_person(world.authoriser)
    draft = results.enter(
        by=world.authoriser, series=series, sample=sample, assay=world.assay, reading=detected("0.02")
    )
    submitted = results.submit(by=world.technician, result=draft, now=world.now)
    with pytest.raises(PermissionDenied, match="second person"):
        results.authorise(by=world.authoriser, result=submitted, seen=seen(submitted), now=world.now)


def test_whoever_edited_cannot_authorise(world: World) -> None:
    submitted = world.submitted(world.patient(), DAY, detected("0.02"))
    world.as_person(world.second_authoriser)
    returned = results.reject(by=world.second_authoriser, result=submitted, reason="wrong unit", seen=seen(submitted))
    world.as_person(world.authoriser)
    edited = results.edit(by=world.authoriser, result=returned, reading=detected("0.03"), seen=seen(returned))
    again = results.submit(by=world.technician, result=edited, now=world.now)
    with pytest.raises(PermissionDenied, match="second person"):
        results.authorise(by=world.authoriser, result=again, seen=seen(again), now=world.now)
    world.as_person(world.second_authoriser)
    results.authorise(by=world.second_authoriser, result=again, seen=seen(again), now=world.now)


def test_a_technician_cannot_authorise(world: World) -> None:
    submitted = world.submitted(world.patient(), DAY, detected("0.02"))
    with pytest.raises(PermissionDenied, match="authoriser"):
        results.authorise(by=world.technician, result=submitted, seen=seen(submitted), now=world.now)


def test_a_stale_page_cannot_authorise(world: World) -> None:
    submitted = world.submitted(world.patient(), DAY, detected("0.02"))
    world.as_person(world.authoriser)
    with pytest.raises(StaleVersion):
        results.authorise(by=world.authoriser, result=submitted, seen=results.Seen(1, None), now=world.now)


def test_a_result_is_authorised_once(world: World) -> None:
    signed = world.authorised(world.patient(), DAY, detected("0.02"))
    with pytest.raises(WrongState):
        results.authorise(by=world.authoriser, result=signed, seen=seen(signed), now=world.now)


def test_sql_cannot_let_one_person_sign(world: World) -> None:
    submitted = world.submitted(world.patient(), DAY, detected("0.02"))
    sign = """UPDATE monitoring_mrdresult SET state = 'AUTHORISED', authorised_by_id = %s, authorised_at = now(),
              authorisation_basis = 'TWO_PEOPLE' WHERE id = %s"""
    with pytest.raises(IntegrityError, match="cannot authorise it"):
        execute(sign, world.technician.pk, submitted.pk)
    with pytest.raises(IntegrityError):
        execute(sign.replace("%s, authorised_at", "NULL, authorised_at", 1), submitted.pk)


def test_sql_cannot_sign_in_the_name_of_another(world: World) -> None:
    submitted = world.submitted(world.patient(), DAY, detected("0.02"))
    sign = (
        "UPDATE monitoring_mrdresult SET state = 'AUTHORISED', authorised_by_id = %s, authorised_at = now(), "
        "authorisation_basis = 'TWO_PEOPLE' WHERE id = %s"
    )
    world.as_person(world.technician)
    with pytest.raises(IntegrityError, match="in one's own name"):
        execute(sign, world.authoriser.pk, submitted.pk)
    world.as_person(world.authoriser)
    execute(sign, world.authoriser.pk, submitted.pk)


def test_sql_cannot_bring_a_result_that_two_people_are_said_to_have_signed(world: World) -> None:
    signed = world.authorised(world.patient(), DAY, detected("0.02"))
    columns = ", ".join(
        str(field.column) for field in MrdResult._meta.concrete_fields if field.name not in {"id", "determination"}
    )
    copied = (
        f"INSERT INTO monitoring_mrdresult (determination, {columns}) SELECT 2, {columns} "
        "FROM monitoring_mrdresult WHERE id = %s"
    )
    with pytest.raises(IntegrityError, match="arrives as a draft"):
        execute(copied, signed.pk)


def test_a_well_is_not_carried_from_a_signed_version_to_a_draft(world: World) -> None:
    series = world.patient()
    signed = world.authorised(series, DAY, wells([12, 14], [40_000, 42_000]))
    world.as_person(world.technician)
    draft = results.enter(
        by=world.technician, series=series, sample=world.sample(series, DAY), assay=world.assay,
        reading=wells([12, 14], [40_000, 42_000]),
    )  # fmt: skip
    move = "UPDATE monitoring_resultwell SET result_id = %s, position = position + 100 WHERE result_id = %s"
    for to, of in ((draft.pk, signed.pk), (signed.pk, draft.pk)):
        with pytest.raises(IntegrityError, match="stays with its result"):
            execute(move, to, of)


def test_sql_cannot_skip_submission(world: World) -> None:
    series = world.patient()
    sample = world.sample(series, DAY)
    draft = results.enter(
        by=world.technician, series=series, sample=sample, assay=world.assay, reading=detected("0.02")
    )
    with pytest.raises(IntegrityError, match="does not go from draft to authorised"):
        execute(
            """UPDATE monitoring_mrdresult SET state = 'AUTHORISED', authorised_by_id = %s, authorised_at = now(),
               authorisation_basis = 'TWO_PEOPLE' WHERE id = %s""",
            world.authoriser.pk,
            draft.pk,
        )


def test_sql_cannot_claim_that_a_sending_laboratory_signed(world: World) -> None:
    submitted = world.submitted(world.patient(), DAY, detected("0.02"))
    with pytest.raises(IntegrityError, match="signed by two people"):
        execute(
            """UPDATE monitoring_mrdresult SET state = 'AUTHORISED', authorised_by_id = %s, authorised_at = now(),
               authorisation_basis = 'SENDING_LABORATORY' WHERE id = %s""",
            world.technician.pk,
            submitted.pk,
        )


@pytest.mark.parametrize(
    "change", ["pct_abl1 = 5", "call = 'NOT_DETECTED', pct_abl1 = NULL", "abl1_copies = 1", "comment = 'x'"]
)
def test_an_authorised_result_is_never_overwritten(world: World, change: str) -> None:
    signed = world.authorised(world.patient(), DAY, detected("0.02"))
    with pytest.raises(IntegrityError, match="Only a draft can be edited"):
        execute(f"UPDATE monitoring_mrdresult SET {change} WHERE id = %s", signed.pk)


def test_a_signature_cannot_be_changed(world: World) -> None:
    signed = world.authorised(world.patient(), DAY, detected("0.02"))
    with pytest.raises(IntegrityError, match="signature"):
        execute(
            "UPDATE monitoring_mrdresult SET authorised_by_id = %s WHERE id = %s",
            world.second_authoriser.pk,
            signed.pk,
        )


def test_contributors_cannot_be_removed_or_invented(world: World) -> None:
    submitted = world.submitted(world.patient(), DAY, detected("0.02"))
    for sql in (
        "DELETE FROM monitoring_resultcontributor WHERE result_id = %s",
        "UPDATE monitoring_resultcontributor SET user_id = 1 WHERE result_id = %s",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            execute(sql, submitted.pk)
    assert list(ResultContributor.objects.filter(result=submitted).values_list("user", flat=True)) == [
        world.technician.pk
    ]


def test_wells_of_an_authorised_result_cannot_change(world: World) -> None:
    signed = world.authorised(world.patient(), DAY, wells([30, 28, 33], [33000, 32000]))
    for sql in (
        "UPDATE monitoring_resultwell SET copies = 1 WHERE result_id = %s",
        "DELETE FROM monitoring_resultwell WHERE result_id = %s",
    ):
        with pytest.raises(IntegrityError, match="draft only"):
            execute(sql, signed.pk)


def test_nobody_deletes_a_result(world: World) -> None:
    signed = world.authorised(world.patient(), DAY, detected("0.02"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute("DELETE FROM monitoring_mrdresult WHERE id = %s", signed.pk)


@pytest.mark.parametrize("value", ["'NaN'", "'Infinity'", "0", "-0.1"])
def test_the_database_refuses_what_is_no_level(world: World, value: str) -> None:
    series = world.patient()
    sample = world.sample(series, DAY)
    draft = results.enter(
        by=world.technician, series=series, sample=sample, assay=world.assay, reading=detected("0.02")
    )
    with pytest.raises(DatabaseError):
        execute(f"UPDATE monitoring_mrdresult SET pct_abl1 = {value} WHERE id = %s", draft.pk)


def test_an_amendment_stays_outside_until_it_is_signed(world: World) -> None:
    series = world.patient()
    first = world.authorised(series, DAY, detected("0.02"))
    world.as_person(world.technician)
    second = results.amend(by=world.technician, result=first, reading=not_detected(), reason="plate mix-up")
    assert second.pct_abl1 is None
    assert (second.version, second.call) == (2, "NOT_DETECTED")
    results.submit(by=world.technician, result=second, now=world.now)
    assert MrdResult.objects.get(series=series, state="AUTHORISED").pk == first.pk
    second.refresh_from_db()
    world.as_person(world.authoriser)
    results.authorise(by=world.authoriser, result=second, seen=seen(second), now=world.now)
    assert list(MrdResult.objects.filter(series=series).order_by("version").values_list("state", flat=True)) == [
        "SUPERSEDED",
        "AUTHORISED",
    ]


def test_amending_and_withdrawing_need_a_reason(world: World) -> None:
    signed = world.authorised(world.patient(), DAY, detected("0.02"))
    with pytest.raises(ActionRefused, match="why"):
        results.amend(by=world.technician, result=signed, reading=detected("0.03"), reason=" ")
    with pytest.raises(ActionRefused, match="why"):
        results.withdraw(by=world.authoriser, result=signed, reason="", now=world.now)


def test_every_step_is_in_the_audit_with_before_and_after(world: World) -> None:
    signed = world.authorised(world.patient(), DAY, detected("0.02"))
    entries = list(AuditEntry.objects.filter(subject_type="mrdresult", subject_id=signed.pk).order_by("id"))
    assert [(entry.action, entry.actor_name) for entry in entries] == [
        ("result.enter", "technician"),
        ("result.submit", "technician"),
        ("result.authorise", "authoriser"),
    ]
    assert entries[-1].before is not None
    assert entries[-1].after is not None
    assert (entries[-1].before["state"], entries[-1].after["state"]) == ("SUBMITTED", "AUTHORISED")
    assert entries[-1].after["pct_abl1"] == "0.02"


def test_the_owner_role_is_bound_too(committed: World) -> None:
    submitted = committed.submitted(committed.patient(), DAY, detected("0.02"))
    with pytest.raises(IntegrityError, match="cannot authorise it"), connections["owner"].cursor() as cursor:
        cursor.execute(
            """UPDATE monitoring_mrdresult SET state = 'AUTHORISED', authorised_by_id = %s, authorised_at = now(),
               authorisation_basis = 'TWO_PEOPLE' WHERE id = %s""",
            [committed.technician.pk, submitted.pk],
        )
