"""Which tests `make test` leaves to `make endurance`, and how much of what tests make up each of them tries.

`make test` is what somebody waits for: every rule, page, interface and file format, the story in a real browser with a
real worker. `make endurance` has what takes long: the product started, killed and restarted as a whole, a hospital's
day, every story in the browser, all of the damaged files and hostile requests. Continuous integration runs both.
"""

import os
from collections.abc import Iterable

import pytest

WHOLE = os.environ.get("MRD_TESTS") == "whole"  # set by `make endurance`
AT_NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "night"
SHARE = 16  # of what is made up, one in so many is tried by `make test`

# The beginning of a test's name, and why it takes long.
LONG = {
    "tests/functional/": "a browser or a whole product",
    "tests/integration/test_every_alert_at_every_door.py": "a hundred patients, each at every interface",
    "tests/integration/test_bench_api.py": "a whole product under load",
    "tests/integration/test_hl7_taking.py::test_the_same_message_a_thousand_times_": "a thousand messages",
    "tests/integration/test_report_view.py::test_a_patient_of_sixty_": "a hundred rows typeset",
    "tests/integration/test_meeting_list_view.py::test_sixty_": "sixty documents",
    "tests/reference/test_recompute_scripts.py": "programs of others, each started anew",
    "tests/unit/readers/test_quantstudio_xlsx.py::test_a_hundred_thousand_": "a large file",
    "tests/unit/readers/test_reading_text.py::test_a_file_of_100_000_": "large files",
    "tests/unit/readers/test_rdml.py::test_a_hundred_thousand_": "a large file",
}
# What `make test` has of them: the main job from the bench to the screen, dead worker and dead queue, curve and frame.
SHORT = ("tests/functional/story/test_story.py", "tests/functional/trajectory/", "tests/functional/test_shell.py")


def tried(amount: int) -> int:
    """Return how many of so many are tried in this run; they come of seeds, so that a share is the same each time."""
    return amount if WHOLE or AT_NIGHT else max(1, amount // SHARE)


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark what `make test` leaves out (`endurance`), and what it tries a share of (`amounts`)."""
    for item in items:
        if item.nodeid.startswith(tuple(LONG)) and not item.nodeid.startswith(SHORT):
            item.add_marker("endurance")
        elif isinstance(item, pytest.Function) and (
            "tried" in vars(item.module) or hasattr(item.function, "is_hypothesis_test")
        ):
            item.add_marker("amounts")
