"""Two people at one run in the same moment: one file, one set of results."""

import threading
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from monitoring.models import MrdResult, QpcrRun, RunReaction, User
from tests.integration.bench_runs import Bench, accessions, plate_file
from tests.world import World


@pytest.fixture(autouse=True)
def today(committed: World) -> Iterator[None]:
    with time_machine.travel(committed.now, tick=True):
        yield


def at_once(people: list[User], send: Callable[[Client], int]) -> list[int]:
    """Let every person send in the same moment, each on a connection of their own; return the status codes."""
    gate, answers = threading.Barrier(len(people)), []

    def go(person: User) -> None:
        client = Client()
        client.force_login(person)
        try:
            gate.wait(10)
            answers.append(send(client))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(answers)


def test_one_of_two_equal_uploads_is_refused(committed: World) -> None:
    file = plate_file()
    sent = {"laboratory": committed.laboratory.pk}
    codes = at_once(
        [committed.technician, committed.authoriser],
        lambda client: (
            client.post(
                "/laboratory/runs/", {**sent, "files": [SimpleUploadedFile(file.name, file.content)]}
            ).status_code
        ),
    )
    committed.as_person(committed.technician)
    assert codes == [302, 409]
    assert QpcrRun.objects.count() == 1
    assert RunReaction.objects.values("run").distinct().count() == 1


def test_two_submissions_write_each_result_once(committed: World) -> None:
    run = Bench.make(committed).ready()
    codes = at_once(
        [committed.technician, committed.authoriser],
        lambda client: client.post(f"/laboratory/runs/{run.pk}/submit/", {"revision": run.revision}).status_code,
    )
    committed.as_person(committed.technician)
    assert codes == [302, 302]
    assert MrdResult.objects.count() == len(accessions())
    assert set(MrdResult.objects.values_list("state", "version")) == {("SUBMITTED", 1)}


def test_a_submission_and_a_well_left_out_do_not_mix(committed: World) -> None:
    run = Bench.make(committed).ready()
    reaction = RunReaction.objects.filter(run=run, sample_name="26-00001", target_name="NPM1mutA").first()
    assert reaction is not None
    ways = iter(["submit/", "wells/"])
    said = {"revision": run.revision, "reaction": reaction.pk, "because": "bubble", "well": reaction.well}
    codes = at_once(
        [committed.technician, committed.authoriser],
        lambda client: client.post(f"/laboratory/runs/{run.pk}/{next(ways)}", said).status_code,
    )
    assert codes == [302, 409]
