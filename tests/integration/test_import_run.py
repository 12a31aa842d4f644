"""`manage.py import_run`: the same door as the page, with the same refusals."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from monitoring.models import QpcrRun, RunReaction
from tests.integration.bench_runs import plate_file
from tests.world import World


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plate.txt"
    path.write_bytes(plate_file().content)
    return path


def import_run(*files: Path, by: str = "technician", laboratory: str = "NFL") -> str:
    said = StringIO()
    call_command("import_run", *map(str, files), laboratory=laboratory, by=by, stdout=said)
    return said.getvalue()


def test_a_file_becomes_a_run_of_the_named_person(world: World, file: Path) -> None:
    said = import_run(file)
    world.as_person(world.technician)
    run = QpcrRun.objects.get()
    assert said.startswith(f"Run {run.pk} is taken in: MRD run, 76 reactions.")
    assert run.uploaded_by == world.technician


def test_the_same_file_is_refused(world: World, file: Path) -> None:
    import_run(file)
    with pytest.raises(CommandError, match="taken in before, as run"):
        import_run(file)


@pytest.mark.parametrize(("by", "laboratory"), [("clinician", "NFL"), ("nobody", "NFL"), ("technician", "XX")])
def test_only_people_of_the_laboratory_import(world: World, file: Path, by: str, laboratory: str) -> None:
    with pytest.raises(CommandError):
        import_run(file, by=by, laboratory=laboratory)


def test_an_unreadable_file_leaves_nothing(world: World, tmp_path: Path) -> None:
    broken = tmp_path / "broken.txt"
    broken.write_bytes(b"nothing of use")
    with pytest.raises(CommandError, match=r"broken\.txt"):
        import_run(broken)
    with pytest.raises(CommandError, match="cannot be opened"):
        import_run(tmp_path / "missing.txt")
    world.as_person(world.technician)
    assert QpcrRun.objects.count() == RunReaction.objects.count() == 0
