"""The clients and validators for Node.js: told what to do in one process, and what each part of it saw."""

import json
import subprocess
from typing import Any

import pytest

from tests import machine

LONGEST_SECONDS = 120


def run(told: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Run the parts in one process; return by part what it saw, or in words what failed."""
    why = machine.why_without_clients()
    if why:
        pytest.skip(why)
    done = subprocess.run(
        [machine.node() or "node", "all.mjs"], cwd=machine.CLIENTS, input=json.dumps(told), text=True,
        capture_output=True, timeout=LONGEST_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [line["part"] for line in lines] == list(told), done.stdout + done.stderr
    return {line["part"]: line for line in lines}
