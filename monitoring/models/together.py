"""Steps of a migration that are taken together: Django makes the models of all tables anew once, not once a step.

For every step Django makes again each model that refers to the changed one, and here all do: a first start spent nine
tenths of its migrations on that.
"""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Steps of which none needs what another of them made, other than as the target of a foreign key.

    A new table and a column or a constraint of that same table are not taken together: each step sees the tables as
    they were before the first.
    """

    def __init__(self, steps: Sequence[Operation]) -> None:
        """Take the steps in their order."""
        self.steps = steps

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Forget the models that were made of the tables before: they are made again once, when somebody asks."""
        vars(state).pop("apps", None)
        for step in self.steps:
            step.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take each step."""
        for step in self.steps:
            step.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take each step back, the last one first."""
        for step in reversed(self.steps):
            step.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Return what `migrate --plan` says of it."""
        return "; ".join(step.describe() for step in self.steps)
