"""Assays as data: versions, what changed, who may, and that nothing signed ever changes."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.actions import assays
from monitoring.actions.refusals import ActionRefused
from monitoring.forms.assays import AssayForm, NextVersionForm
from monitoring.models import Assay, AuditEntry, MrdResult
from monitoring.models.choices import RoleChoice
from tests.world import World, _person, wells

pytestmark = pytest.mark.django_db


def typed(assay: Assay, **changes: object) -> dict[str, object]:
    """What the form of a next version sends, with some of it changed."""
    shown = AssayForm.initial_of(assay) | {
        "version": "5", "valid_from": "2026-11-01", "changed_because": "New probe", "comparable": "yes",
        "seen": assay.pk, "standards": "", "target_names": "", "limit_of_blank_copies": "",
    }  # fmt: skip
    return {name: "" if value is None else value for name, value in (shown | changes).items()}


def send(client: Client, world: World, **changes: object) -> tuple[int, str]:
    """Type, read back, record as the authoriser; return the last answer."""
    client.force_login(world.authoriser)
    address = reverse("assay-revise", args=[world.assay.pk])
    fields = typed(world.assay, **changes)
    read_back = client.post(address, fields | {"step": "read"})
    if read_back.status_code != 200:
        return read_back.status_code, read_back.content.decode()
    fingerprint = read_back.context["fingerprint"]
    answer = client.post(address, fields | {"step": "record", "understood": fingerprint})
    return answer.status_code, answer.content.decode()


def revised(world: World, *, comparable: bool = True, **changes: object) -> Assay:
    form = NextVersionForm(typed(world.assay, comparable="yes" if comparable else "no", **changes))
    assert form.is_valid(), form.errors
    return assays.revise(
        by=world.authoriser, last=world.assay, successor=form.successor(world.assay),
        is_comparable=form.is_comparable, today=date(2026, 11, 20),
    )  # fmt: skip


def test_the_list_names_every_assay_with_its_key(client: Client, world: World) -> None:
    client.force_login(world.technician)
    page = client.get(reverse("assay-list")).content.decode()
    assert "NPM1 mut A / ABL1" in page
    assert "NPM1/A/NFL/ABL1" in page
    assert "Add an assay" not in page


def test_a_new_version_is_read_back_in_words_before_it_is_recorded(client: Client, world: World) -> None:
    client.force_login(world.authoriser)
    address = reverse("assay-revise", args=[world.assay.pk])
    page = client.post(address, typed(world.assay, slope_steepest="3,6", cq_cutoff="38") | {"step": "record"})
    assert "−3.6" in page.content.decode()
    assert Assay.objects.count() == 1


def test_a_comparable_version_keeps_the_key_and_takes_the_place_of_the_last(client: Client, world: World) -> None:
    status, _page = send(client, world, cq_cutoff="38")
    assert status == 302
    new = Assay.objects.get(version="5")
    assert (new.cq_cutoff, new.assay_key, new.is_active) == (Decimal(38), world.assay.assay_key, True)
    assert (new.supersedes_id, new.changed_because, new.recorded_by) == (world.assay.pk, "New probe", world.authoriser)
    world.assay.refresh_from_db()
    assert not world.assay.is_active
    assert AuditEntry.objects.filter(action="assay.revise", subject_id=new.pk, reason="New probe").exists()


def test_a_version_that_is_not_comparable_has_a_key_of_its_own(client: Client, world: World) -> None:
    assert send(client, world, comparable="no")[0] == 302
    assert Assay.objects.get(version="5").assay_key == "NPM1/A/NFL/ABL1/5"


def test_the_page_says_what_changed_between_versions(client: Client, world: World) -> None:
    new = revised(world, cq_cutoff="38", limit_copies="3")
    client.force_login(world.technician)
    page = client.get(reverse("assay", args=[new.pk])).content.decode()
    assert "What changed in version 5" in page
    assert '<td data-l="Before">40</td><td data-l="Now"><b>38</b></td>' in page
    assert "Comparable with the version before" in page


def test_a_change_never_alters_a_result_already_authorised(world: World) -> None:
    series = world.patient()
    signed = world.authorised(series, date(2026, 10, 1), wells([20, 22, 24], [40_000, 41_000]))
    before = MrdResult.objects.filter(pk=signed.pk).values().get()
    new = revised(world, limit_copies="3", loq_copies="100")
    assert MrdResult.objects.filter(pk=signed.pk).values().get() == before
    later = world.authorised  # the next result is made with the next version
    world.assay = new
    made = later(series, date(2026, 11, 2), wells([20, 22, 24], [40_000, 41_000]))
    assert made.lod_pct_abl1 is not None
    assert signed.lod_pct_abl1 is not None
    assert made.lod_pct_abl1 > 2 * signed.lod_pct_abl1
    assert made.assay_key == signed.assay_key


def test_the_database_refuses_to_change_a_version_in_use(world: World) -> None:
    world.authorised(world.patient(), date(2026, 10, 1), wells([20, 22, 24], [40_000, 41_000]))
    with pytest.raises(IntegrityError, match="record a new version"), transaction.atomic():
        Assay.objects.filter(pk=world.assay.pk).update(loq_copies=1)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("loq_copies", "1,000", "1000"),
        ("loq_copies", "0", "outside"),
        ("cq_cutoff", "", "Type a number"),
        ("cq_cutoff", "u", "not a number"),
        ("slope_shallowest", "-4", "steeper"),
        ("r2_warns_below", "0.9", "warns"),
        ("r2_fails_below", "95", "outside"),
        ("standards", "1000\n10.000", "Line 2"),
        ("standards", "1000\n1000", "twice"),
        ("comparable", "", "required"),
        ("changed_because", "", "required"),
        ("valid_from", "01/02/2026", "year-month-day"),
        ("version", "4", "already"),
        ("mutation_type", "B", "cannot be comparable"),
        ("valid_from", "2999-01-01", "earlier day"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    client: Client, world: World, field: str, value: str, sentence: str
) -> None:
    status, page = send(client, world, **{field: value})
    assert status == 422
    assert sentence in page
    assert "nothing typed is lost" in page
    assert 'value="New probe"' in page or field == "changed_because"
    assert Assay.objects.count() == 1


def test_a_french_decimal_comma_is_read(client: Client, world: World) -> None:
    assert send(client, world, r2_warns_below="0,985", slope_steepest="−3,7")[0] == 302
    new = Assay.objects.get(version="5")
    assert (str(new.r2_warns_below), str(new.slope_steepest)) == ("0.985", "-3.7")


def test_nothing_changed_is_no_new_version(client: Client, world: World) -> None:
    status, page = send(client, world)
    assert status == 422
    assert "Nothing differs from version 4" in page


def test_a_page_that_was_overtaken_answers_409(client: Client, world: World) -> None:
    fields = typed(world.assay, cq_cutoff="39")
    revised(world, cq_cutoff="38")
    client.force_login(world.authoriser)
    answer = client.post(reverse("assay-revise", args=[world.assay.pk]), fields | {"version": "6", "step": "read"})
    assert answer.status_code == 409
    assert Assay.objects.count() == 2


def test_a_technician_looks_and_does_not_decide(client: Client, world: World) -> None:
    client.force_login(world.technician)
    assert client.get(reverse("assay", args=[world.assay.pk])).status_code == 200
    assert client.get(reverse("assay-revise", args=[world.assay.pk])).status_code == 403
    assert client.get(reverse("assay-add")).status_code == 403
    answer = client.post(reverse("assay-switch", args=[world.assay.pk]), {"reason": "no", "step": "retire"})
    assert answer.status_code == 403
    world.assay.refresh_from_db()
    assert world.assay.is_active


def test_an_administrator_of_the_centre_decides_too_and_finds_the_way(client: Client, world: World) -> None:
    client.force_login(_person("administrator", RoleChoice.ADMINISTRATOR, world.centre))
    page = client.get(reverse("assay-list")).content.decode()
    assert f'href="{reverse("quality")}"' in page
    assert client.get(reverse("assay-revise", args=[world.assay.pk])).status_code == 200


def test_an_assay_of_another_laboratory_is_not_there(client: Client, world: World) -> None:
    client.force_login(_person("far", RoleChoice.LABORATORY_AUTHORISER, world.elsewhere))
    for name in ("assay", "assay-revise"):
        assert client.get(reverse(name, args=[world.assay.pk])).status_code == 404
    client.force_login(world.clinician)
    assert client.get(reverse("assay-list")).status_code == 403


def test_a_version_goes_out_of_use_and_comes_back(client: Client, world: World) -> None:
    client.force_login(world.authoriser)
    address = reverse("assay-switch", args=[world.assay.pk])
    assert client.post(address, {"step": "retire", "reason": ""}).status_code == 422
    assert client.post(address, {"step": "retire", "reason": "Primers gone"}).status_code == 302
    world.assay.refresh_from_db()
    assert not world.assay.is_active
    assert client.post(address, {"step": "retire", "reason": "again"}).status_code == 409
    assert client.post(address, {"step": "bring_back", "reason": "Primers are back"}).status_code == 302
    assert AuditEntry.objects.filter(action="assay.bring_back", reason="Primers are back").exists()


def test_a_first_version_is_read_back_and_recorded(client: Client, world: World) -> None:
    client.force_login(world.authoriser)
    fields = typed(world.assay, version="1", mutation_type="") | {
        "laboratory": world.laboratory.pk, "marker": "CBFB::MYH11", "name": "CBFB::MYH11 type A / ABL1",
        "target_names": "MYH11-A\nCBFB", "standards": "10\n1000\n100",
    }  # fmt: skip
    read_back = client.post(reverse("assay-add"), fields | {"step": "read"})
    assert "1,000 · 100 · 10" in read_back.content.decode()
    recorded = fields | {"step": "record", "understood": read_back.context["fingerprint"]}
    assert client.post(reverse("assay-add"), recorded).status_code == 302
    made = Assay.objects.get(marker="CBFB::MYH11")
    assert made.assay_key == "CBFB::MYH11/NFL/ABL1"
    assert made.target_names == ["MYH11-A", "CBFB"]
    assert made.standards == ["1000", "100", "10"]


def test_a_second_assay_of_the_same_kind_has_a_key_of_its_own(world: World) -> None:
    other = Assay(
        laboratory=world.laboratory, marker="NPM1", mutation_type="A", name="NPM1 digital", version="1",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert assays.add(by=world.authoriser, assay=other, today=date(2026, 11, 20)).assay_key != world.assay.assay_key


def test_a_reason_is_asked_by_the_action_too(world: World) -> None:
    with pytest.raises(ActionRefused):
        assays.retire(by=world.authoriser, assay=world.assay, reason=" ")


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client: Client, world: World) -> None:
    client.force_login(world.technician)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("assay-list"))
        return len(queries)

    one = asked()
    world.as_person(world.authoriser)
    for number in range(40):
        Assay.objects.create(
            laboratory=world.laboratory, marker="NPM1", name=f"assay {number % 8}", version=str(number),
            assay_key=f"K{number}",
        )  # fmt: skip
    assert asked() == one


def test_the_way_back_of_an_administrator_leads_to_a_page_that_opens(client: Client, world: World) -> None:
    administrator = _person("administrator", RoleChoice.ADMINISTRATOR, world.centre)
    client.force_login(administrator)
    assert f'<a href="{reverse("quality")}">Laboratory</a>' in client.get(reverse("assay-list")).content.decode()
    assert client.get(reverse("quality")).status_code == 200
