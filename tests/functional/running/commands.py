"""Commands of the command line, run in this process with an environment of their own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from unittest import mock

from django.core.management import CommandError, call_command

from tests.functional.running.started import plain_environment


@dataclass(frozen=True)
class Said:
    """What a command answered, and its refusal if it was one."""

    stdout: str
    refusal: str = ""


def said_by(environment: Mapping[str, str], *words: str) -> Said:
    """Run a command with these settings instead of ours."""
    out = StringIO()
    with mock.patch.dict(os.environ, {**plain_environment(), **environment}, clear=True):
        try:
            call_command(*words, stdout=out)
        except CommandError as refused:
            return Said(out.getvalue(), str(refused))
    return Said(out.getvalue())
