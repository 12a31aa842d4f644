"""The words of a cohort are those of the record."""

from monitoring.domain.cohorts.facts import EventKind, FindingStatus, LineKind
from monitoring.models.choices import EventKindChoice, FindingStatusChoice, TreatmentKindChoice


def test_every_line_and_finding_of_the_record_has_its_word() -> None:
    assert {each.value for each in LineKind} == set(TreatmentKindChoice.values)
    assert {each.value for each in FindingStatus} == set(FindingStatusChoice.values)


def test_every_event_that_a_cohort_asks_for_is_one_of_the_record() -> None:
    assert {each.value for each in EventKind} <= set(EventKindChoice.values)
