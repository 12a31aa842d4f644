"""What holds for the repository itself: pairs of moment and person, the hazard log, words that must not appear."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests import endurance

ROOT = Path(__file__).resolve().parents[2]
TRACKED = ("*.py", "*.md", "*.html", "*.css", "*.js", "*.sql", "*.toml", "*.yml", "Makefile", "Dockerfile")
GENERAL_NAMES = {"utils", "helpers", "common", "services", "core", "misc"}
MACHINE_WORDS = re.compile(
    "|".join(["/" + "work/", "/" + "root/", "pypi" + r"\.org", "registry" + r"\.npmjs", "deb" + r"\.debian\.org"])
)
LONGEST_FILE = 400  # lines; the aim is 300


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).exists() and "/vendor/" not in name]


def test_every_moment_has_its_person_and_a_constraint_that_binds_them() -> None:
    unbound = []
    for model in apps.get_app_config("monitoring").get_models():
        names = {field.name for field in model._meta.get_fields()}
        constraints = " ".join(
            str(c.deconstruct()) for c in model._meta.constraints if isinstance(c, models.CheckConstraint)
        )
        for at in (name for name in names if name.endswith("_at") and f"{name[:-3]}_by" in names):
            field = model._meta.get_field(at)
            if getattr(field, "null", False) and not (at in constraints and f"{at[:-3]}_by" in constraints):
                unbound.append(f"{model.__name__}.{at}")
    assert unbound == []


def test_each_hazard_names_controls_and_tests_that_exist() -> None:
    text = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.(?:py|md))(?:::(\w+))?`", text)
    assert len(named) >= 20
    for path, test in named:
        assert (ROOT / path).is_file(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"
    hazards = re.findall(r"^\| H\d+ \|.*$", text, flags=re.MULTILINE)
    assert all("`tests/" in row for row in hazards)


def test_every_template_that_writes_a_level_says_its_scale() -> None:
    """`level` writes a number and %: of what stands over it, or the reader is wrong by two logs."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in tracked("templates/*.html")}
    writing = {name: text for name, text in texts.items() if "{% level " in text}
    assert writing
    assert [name for name, text in writing.items() if "of ABL1" not in text] == []


def test_what_takes_long_is_named_by_names_that_exist() -> None:
    """A story that was renamed would leave `make test` unseen, or make it long."""
    for name in (*endurance.LONG, *endurance.SHORT):
        path, _, test = name.partition("::")
        assert (ROOT / path).exists(), name
        assert not test or f"def {test}" in (ROOT / path).read_text(encoding="utf-8"), name


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in tracked(*TRACKED)
        if MACHINE_WORDS.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_room_has_a_name_that_means_anything() -> None:
    assert [path for path in tracked("*.py") if GENERAL_NAMES & {path.stem, *path.parts}] == []


def test_no_file_of_the_product_is_swollen() -> None:
    counted = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked("monitoring/*.py", "api/*.py", "mrdweb/*.py")
        if "migrations" not in path.parts
    }
    assert {name: lines for name, lines in counted.items() if lines > LONGEST_FILE} == {}


def test_only_the_worker_and_the_command_line_enter_every_centre() -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in tracked("monitoring/*.py", "api/*.py", "mrdweb/*.py")
        if "enter_all_centres(" in path.read_text(encoding="utf-8")
    }
    assert not [name for name in users if "/views/" in name or name.startswith(("api/", "mrdweb/"))]


@pytest.mark.parametrize(
    "package", ["monitoring.domain.classify", "monitoring.charts.trajectory", "monitoring.domain.wire"]
)
def test_the_medicine_imports_without_django(package: str) -> None:
    code = f"import sys, {package}; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_no_action_takes_its_actor_by_position() -> None:
    found = []
    for path in tracked("monitoring/actions/*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found += [f"{path.name}:{node.name}" for argument in node.args.args if argument.arg == "by"]
    assert found == []
