"""Which relapse a pre-emptive treatment treats: one that was open when it began, or none."""

from datetime import date, timedelta

import pytest

from monitoring.domain.classify import classify_all
from monitoring.domain.surveillance import response_question, treated_relapse_on
from monitoring.domain.terms import RuleSetId
from monitoring.domain.treatment import Cycle, PreemptiveTreatment
from tests.spec.verdict_tables import DAY_0, read_series

RELAPSE = "d0 BM ND; d30 BM 0.02; d44 BM 0.5"


def day(number: int) -> date:
    return DAY_0 + timedelta(days=number)


@pytest.mark.parametrize(
    ("series", "starts_on", "treats"),
    [
        (RELAPSE, 50, 30),
        (f"{RELAPSE}; d110 BM 0.5 · HSCT d100", 300, None),
        (f"{RELAPSE}; d110 BM 0.5 · HSCT d100", 99, 30),
        (f"{RELAPSE}; d100 BM 0.05 · treatment d50", 400, None),
        (f"{RELAPSE}; d100 BM 0.05 · treatment d50", 60, 30),
        (f"{RELAPSE}; d100 BM 0.05; d380 BM 0.6; d390 BM 0.7 · treatment d50", 400, 380),
    ],
)
def test_only_an_open_episode_is_treated(series: str, starts_on: int, treats: int | None) -> None:
    read, as_of = read_series(series)
    verdict = classify_all(read, as_of=as_of)[RuleSetId.ELN2021]
    found = treated_relapse_on(verdict, day(starts_on))
    assert found == (None if treats is None else day(treats))


def test_the_reference_of_a_persistence_is_not_taken_from_an_episode_that_is_over() -> None:
    """The last sample before treatment is 190 days old, and of another course: there is no reference."""
    read, as_of = read_series(f"{RELAPSE}; d110 BM 0.5; d330 BM 0.04 · HSCT d100")
    verdict = classify_all(read, as_of=as_of)[RuleSetId.ELN2021]
    treatment = PreemptiveTreatment(started_on=day(300), cycles=(Cycle(1, day(300)),))
    asked = response_question(read, verdict, treatment, as_of or day(400))
    assert (asked.index_on, asked.course_began_on) == (None, day(100))
