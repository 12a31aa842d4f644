"""What a study had to construct stops being constructed once somebody enters what it really was."""

from typing import Any, Protocol


class WithConstructed(Protocol):
    """A row that names the columns which are in no source."""

    constructed: list[str]


def without_entered(row: WithConstructed, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes, with the mark of every column taken off whose value they change.

    A study that says itself what it constructed keeps what it says.
    """
    if "constructed" in changes:
        return changes
    entered = {name for name, value in changes.items() if getattr(row, name) != value}
    left = [name for name in row.constructed if name not in entered]
    return changes if left == row.constructed else {**changes, "constructed": left}
