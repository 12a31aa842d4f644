"""Why an action was refused: named errors that interfaces turn into sentences and status codes."""


class ActionRefused(Exception):
    """An action that the rules of the house do not allow; the message is for the person who tried."""


class StaleVersion(ActionRefused):
    """What the person saw is no longer what is there; nothing was written."""


class WrongState(ActionRefused):
    """The result is not in the state that this step starts from."""


class ImpossibleDate(ActionRefused):
    """A date before birth, in the future, or before what it must follow."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class OverlappingCycles(ActionRefused):
    """Two cycles of one patient share a day."""
