"""What stops a start, told in sentences."""


class CannotStart(Exception):
    """The product cannot start; the message is a sentence that says what to do."""


class StopRequested(Exception):
    """Someone asked for the end (Ctrl-C, SIGTERM or a closed terminal) while we were waiting."""
