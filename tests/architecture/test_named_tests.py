"""Every test that a page names to show something is there."""

import re

import pytest

from tests.architecture.test_repository import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize(("page", "at_least"), [("docs/interfaces.md", 80)])
def test_each_test_that_a_page_names_is_there(page: str, at_least: int) -> None:
    named = NAMED.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(named) >= at_least
    missing = [f"{path}::{test}" for path, test in named if not _is_there(path, test)]
    assert missing == []


def test_each_promise_of_the_interfaces_names_a_test() -> None:
    rows = re.findall(r"^\| (?!promise|page|-).*$", (ROOT / "docs/interfaces.md").read_text(encoding="utf-8"), re.M)
    assert [row for row in rows if not row.startswith("|---") and not NAMED.search(row)] == []


def _is_there(path: str, test: str) -> bool:
    file = ROOT / path
    return file.is_file() and (not test or f"def {test}(" in file.read_text(encoding="utf-8"))
