"""A laboratory's script drops the files of a run: taken in as the page takes them in, or refused in its words."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from monitoring.actions.run_files import MOST_FILES
from monitoring.models import AuditEntry, QpcrRun, RunSample, RunTarget
from monitoring.readers.refusal import FileProblem
from tests.integration.bench_runs import accessions, plate_file
from tests.integration.rest_api import Api, laboratory_machine
from tests.integration.test_rest_schema import check
from tests.integration.test_rest_schema import schema as schema
from tests.integration.test_run_take_in import lightcycler_files
from tests.world import World

File = tuple[str, bytes]
BOMB_LAYER = 60 * 1024 * 1024  # bytes that a few thousand unpack to
HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "blanks": b" \r\n\t ",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "a program": b"MZ\x90\x00" + b"\x00" * 4_000,
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "half an archive": b"PK\x03\x04" + b"\x14\x00" * 30,
    "a table of nothing": b"a,b,c\n1,2,3\n",
    "markup": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><rdml version="1.1">&b;</rdml>',
}
NAMES = [
    b'="\x01\x02.txt"', b'=".."', b'="../../etc/passwd"', b'="a\\..\\b.txt"', b'="x\\".txt"', b'="\xe2\x80\xaetxt.exe"',
    b'="\xc3\xa9' + b"e" * 900 + b'"', b'="a%0Ab\x00"', b'="\xff\xfe.txt"', b"*=UTF-8''%2E%2E%2Fx%00.txt",
    b"*=nothing''%FF", b'=""',
]  # fmt: skip


@pytest.fixture(autouse=True)
def today(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def script(world: World) -> Api:
    return Api(world, world.technician)


def drop(api: Api, *files: File, **fields: object) -> Any:
    """Send files as a form; the laboratory of the world where nothing else is said."""
    form = {"laboratory": api.world.laboratory.pk, "files": [SimpleUploadedFile(*each) for each in files], **fields}
    answer = api.client.post("/api/v1/runs/", form, headers=api.headers)
    api.world.as_person(api.world.technician)
    return answer


def sent_file() -> File:
    file = plate_file()
    return file.name, file.content


def rows() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in apps.get_app_config("monitoring").get_models()}


def bomb() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rdml_data.xml", b"\x20" * BOMB_LAYER)
    return packed.getvalue()


def test_a_file_becomes_a_run_that_waits_at_the_bench(world: World, script: Api, schema: dict[str, Any]) -> None:
    answer = drop(script, sent_file())
    assert answer.status_code == 201
    told, run = answer.json(), QpcrRun.objects.get()
    assert answer["Location"] == f"/api/v1/runs/{run.pk}/"
    assert (told["id"], told["state"], told["uploaded_by"]) == (run.pk, "IN_REVIEW", "technician")
    assert told["page"] == f"/laboratory/runs/{run.pk}/samples/"
    assert {each["name"]: each["kind"] for each in told["targets"]} == {"NPM1mutA": None, "ABL1": "CONTROL_GENE"}
    assert set(accessions()) <= {each["name"] for each in told["samples"]}
    described = schema["paths"]["/api/v1/runs/"]["post"]["responses"]["201"]["content"]["application/json"]
    check(schema, described["schema"], told)
    assert AuditEntry.objects.get(action="run.take_in", subject_id=run.pk).actor_id == world.technician.pk
    assert script.client.get(answer["Location"], headers=script.headers).json()["id"] == run.pk


def test_several_files_of_one_plate_become_one_run(script: Api) -> None:
    told = drop(script, *((each.name, each.content) for each in lightcycler_files())).json()
    assert told["file_name"].endswith("+1.zip")
    assert {each["name"] for each in told["targets"]} == {"NPM1mutA", "ABL1"}


def test_what_the_reader_decided_is_told(script: Api) -> None:
    name, content = sent_file()
    notes = drop(script, (name, content.replace(b"MRD run", "MRD run µ".encode("cp1252")))).json()["notes"]
    assert [each["code"] for each in notes] == ["ENCODING_GUESSED"]
    assert notes[0]["message"].startswith("The file does not tell its encoding")


def test_the_same_file_again_is_refused_with_the_run_that_it_is(script: Api, schema: dict[str, Any]) -> None:
    first = drop(script, sent_file()).json()["id"]
    again = drop(script, ("another name.txt", sent_file()[1]))
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")
    assert (again.json()["run"], QpcrRun.objects.count()) == (first, 1)
    described = schema["paths"]["/api/v1/runs/"]["post"]["responses"]["409"]["content"]["application/problem+json"]
    check(schema, described["schema"], again.json())


def test_a_file_that_cannot_be_read_is_refused_in_the_words_of_the_page_with_its_place(
    script: Api, schema: dict[str, Any]
) -> None:
    name, content = sent_file()
    cell = next(line for line in content.split(b"\r\n") if line.startswith(b"1\t") or b"\tA1\t" in line)
    spoilt = content.replace(cell, cell.replace(b"\tA1\t", b"\tZ99\t"), 1)
    before = rows()
    answer = drop(script, ("a.txt", lightcycler_files()[0].content), (name, spoilt))
    (error,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert (error["path"], error["code"], error["column"]) == ("files[1]", "WELL_IMPOSSIBLE", "Well Position")
    assert error["line"] == content.split(b"\r\n").index(cell) + 1
    assert error["message"].startswith(f"{name}, line {error['line']}, column Well Position: “Z99” is no well.")
    described = schema["paths"]["/api/v1/runs/"]["post"]["responses"]["422"]["content"]["application/problem+json"]
    check(schema, described["schema"], answer.json())
    assert rows() == before


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_export_is_refused_and_leaves_nothing(script: Api, content: bytes) -> None:
    before = rows()
    answer = drop(script, ("plate.txt", content))
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["path"] == "files[0]"
    assert rows() == before


def test_a_bomb_is_refused_before_it_is_unpacked(script: Api) -> None:
    answer = drop(script, ("plate.rdml", bomb()))
    assert answer.json()["errors"][0]["code"] in {FileProblem.ARCHIVE_UNSAFE, FileProblem.TOO_LARGE}
    assert (answer.status_code, QpcrRun.objects.count()) == (422, 0)


def test_an_archive_is_refused_wherever_it_is_cut(script: Api) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rdml_data.xml", b"<rdml version='1.1'></rdml>")
    whole, before = packed.getvalue(), rows()
    for length in range(2, len(whole), 7):
        assert drop(script, ("plate.rdml", whole[:length])).status_code == 422
    assert rows() == before


@pytest.mark.parametrize("count", [0, MOST_FILES + 1, 101])
def test_no_file_and_too_many_are_refused(script: Api, count: int) -> None:
    before = rows()
    answer = drop(script, *[(f"{number}.txt", b"x") for number in range(count)])
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert rows() == before


def test_a_file_larger_than_the_page_takes_is_refused(script: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.forms.runs.LARGEST_FILE", 100)
    answer = drop(script, sent_file())
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "files")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_kept_as_plain_text_and_opens_no_place(script: Api, name: bytes) -> None:
    parts = [
        b'Content-Disposition: form-data; name="laboratory"\r\n\r\n%d' % script.world.laboratory.pk,
        b'Content-Disposition: form-data; name="files"; filename%s\r\n\r\n%s' % (name, sent_file()[1]),
    ]
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    kind = "multipart/form-data; boundary=edge"
    answer = script.client.generic("POST", "/api/v1/runs/", body, kind, headers=script.headers)
    script.world.as_person(script.world.technician)
    kept = list(QpcrRun.objects.values_list("file_name", flat=True))
    assert (answer.status_code, len(kept)) in {(201, 1), (400, 0)}
    assert all(each.isprintable() and not {"/", "\\"} & set(each) and each.strip(".") for each in kept)


@pytest.mark.parametrize(
    ("fields", "path"),
    [({"laboratory": ""}, "laboratory"), ({"laboratory": "999999"}, "laboratory"),
     ({"laboratory": "\x00"}, "laboratory"), ({"files": "no file"}, "files[0]"), ({"files": ["a", "b"]}, "files[0]")],
)  # fmt: skip
def test_a_wrong_field_is_named(script: Api, fields: dict[str, object], path: str) -> None:
    answer = drop(script, sent_file(), **fields)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)
    assert QpcrRun.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [("application/json", b"{}", 415), ("multipart/form-data", b"--x", 400), ("text/csv", b"a,b", 415),
     ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=files; filename=", 400)],
)  # fmt: skip
def test_what_is_no_form_is_a_problem(script: Api, kind: str, body: bytes, status: int) -> None:
    answer = script.client.generic("POST", "/api/v1/runs/", body, kind, headers=script.headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_only_people_of_the_laboratory_drop_files(world: World) -> None:
    _machine, machine = laboratory_machine(world)
    callers = [(machine, 401), (Api(world, world.clinician), 403), (Api(world, world.stranger), 403)]
    for api, status in callers:
        assert drop(api, sent_file()).status_code == status
    assert (QpcrRun.objects.count(), RunSample.objects.count(), RunTarget.objects.count()) == (0, 0, 0)
