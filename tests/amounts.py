"""How much of what a test makes up is tried: all of it in continuous integration and at night, a quarter at a desk.

The amounts that the tests name are those that were promised. What they make comes from a seed, so that a quarter tries
the same each time; who waits for `make test` is told soon of what breaks, and nothing lands before all of it was tried.
"""

import os

SHARE_AT_A_DESK = 4
AT_NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "night"


def tried(amount: int) -> int:
    """Return how many of so many are tried in this run."""
    return amount if AT_NIGHT or os.environ.get("CI") else max(1, amount // SHARE_AT_A_DESK)
