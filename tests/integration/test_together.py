"""Steps of a migration that are taken together do to the tables what they do one after the other."""

from collections.abc import Iterator, Sequence
from unittest.mock import patch

import pytest
from django.db import connections, migrations, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from pytest_django.plugin import DjangoDbBlocker

from monitoring.models.together import Together

APP = "together"
COLUMNS = """
SELECT table_name, column_name, data_type, character_maximum_length, is_nullable
FROM information_schema.columns WHERE table_name LIKE 'together\\_%' ORDER BY table_name, ordinal_position
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid::regclass::text LIKE 'together\\_%' AND contype <> 'n' ORDER BY 1, 2
"""

Rows = list[tuple[object, ...]]


def table(name: str, **fields: "models.Field[object, object]") -> Operation:
    """A new table."""
    return migrations.CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields.items()])


def key(name: str, *, null: bool = False) -> "models.ForeignKey[object, object]":
    """A foreign key."""
    return models.ForeignKey(f"{APP}.{name}", models.CASCADE, null=null)


FIRST = [table("Centre", code=models.CharField(max_length=5)), table("Patient", born_on=models.DateField())]
THEN = [
    table("Sample", patient=key("Patient"), tissue=models.CharField(max_length=2)),
    table("Tube", sample=key("Sample")),
    migrations.AddField("Patient", "centre", key("Centre")),
    migrations.AddField("Patient", "last_tube", key("Tube", null=True)),
    migrations.AlterField("Centre", "code", models.CharField(max_length=12)),
    migrations.AddConstraint(
        "Patient", models.CheckConstraint(condition=models.Q(born_on__gt="1900-01-01"), name="together_born")
    ),
]
COLUMN_COUNT, CONSTRAINT_COUNT = 11, 9


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[BaseDatabaseWrapper]:
    """The owner's connection in a transaction of which nothing stays."""
    with django_db_blocker.unblock(), transaction.atomic(using="owner"):
        yield connections["owner"]
        transaction.set_rollback(True, using="owner")
    connections["owner"].close()


def taken(owner: BaseDatabaseWrapper, steps: Sequence[Operation], state: ProjectState) -> ProjectState:
    """Take the steps as Django's executor does; return the state after them."""
    for step in steps:
        before, state = state, state.clone()
        step.state_forwards(APP, state)
        with owner.schema_editor(atomic=False) as editor:
            step.database_forwards(APP, editor, before, state)
    return state


def found(owner: BaseDatabaseWrapper) -> list[Rows]:
    """Return columns and constraints."""
    answers = []
    with owner.cursor() as cursor:
        for question in (COLUMNS, CONSTRAINTS):
            cursor.execute(question)
            answers.append(cursor.fetchall())
    return answers


def with_models(state: ProjectState) -> ProjectState:
    """Return the state with its models made, as the executor's is."""
    assert state.apps
    return state


def test_the_tables_are_those_that_the_steps_make_one_by_one(owner: BaseDatabaseWrapper) -> None:
    with transaction.atomic(using="owner"):
        taken(owner, [*FIRST, *THEN], with_models(ProjectState()))
        one_by_one = found(owner)
        transaction.set_rollback(True, using="owner")
    taken(owner, [Together(FIRST), Together(THEN)], with_models(ProjectState()))
    assert [len(rows) for rows in one_by_one] == [COLUMN_COUNT, CONSTRAINT_COUNT]
    assert found(owner) == one_by_one


def test_the_steps_are_taken_back(owner: BaseDatabaseWrapper) -> None:
    before = taken(owner, FIRST, with_models(ProjectState()))
    tables, together = found(owner), Together(THEN)
    after = taken(owner, [together], before)
    assert found(owner) != tables
    with owner.schema_editor(atomic=False) as editor:
        together.database_backwards(APP, editor, after, before)
    assert found(owner) == tables


def test_each_model_is_made_once_for_all_steps(owner: BaseDatabaseWrapper) -> None:
    state = taken(owner, FIRST, with_models(ProjectState()))
    with patch.object(ModelState, "render", autospec=True, side_effect=ModelState.render) as made:
        taken(owner, [Together(THEN)], state)
    assert sorted(call.args[0].name for call in made.call_args_list) == ["Centre", "Patient", "Sample", "Tube"]


def test_a_plan_says_every_step() -> None:
    assert Together(THEN[:3]).describe() == "Create model Sample; Create model Tube; Add field centre to Patient"
