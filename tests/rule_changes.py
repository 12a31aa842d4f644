"""A rule set whose reading changed: for the tests of what a change of rules does before and after its signature."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from monitoring.domain.rulesets.eln2021 import ELN2021, POSITIVE_FROM


@contextmanager
def eln2021_positive_from(pct_abl1: str, version: str = "2") -> Iterator[None]:
    """Let ELN2021 call POSITIVE from another level, as a new version of our reading of it."""
    was, version_was = POSITIVE_FROM.value, ELN2021.version
    object.__setattr__(POSITIVE_FROM, "value", Decimal(pct_abl1))
    object.__setattr__(ELN2021, "version", version)
    try:
        yield
    finally:
        object.__setattr__(POSITIVE_FROM, "value", was)
        object.__setattr__(ELN2021, "version", version_was)
