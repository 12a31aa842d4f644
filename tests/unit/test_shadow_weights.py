"""What a change of rules weighs: the gravest of verdict and alerts; rule sets that are only shown come after."""

import pytest

from monitoring.domain.shadow_weights import AGAIN, BESIDE, PlannedStep, Weight, joined, weight_of
from monitoring.domain.verdict_change import Change, ChangeKind, VerdictChange
from monitoring.wording.shadow_words import WEIGHTS, weight_tone, weight_words

NOTHING = VerdictChange(())


def step(kind: str, urgency: int = 1, code: str = "HIGH_LEVEL") -> PlannedStep:
    return PlannedStep(kind, code, urgency, "BM", "2026-10-01", "")


def changed(*kinds: ChangeKind) -> VerdictChange:
    return VerdictChange(tuple(Change(kind) for kind in kinds))


@pytest.mark.parametrize(
    ("change", "steps", "weight"),
    [
        (changed(ChangeKind.TAKES_BACK), [], Weight.LOST_EARLIER_RELAPSE),
        (changed(ChangeKind.TAKES_BACK), [step("RETRACTED")], Weight.LOST_URGENT),
        (changed(ChangeKind.CONFIRMS, ChangeKind.CHANGES_STATE), [step("RAISED")], Weight.NEW_RELAPSE),
        (changed(ChangeKind.CHANGES_STATE), [step("RAISED")], Weight.NEW_URGENT),
        (changed(ChangeKind.CHANGES_STATE), [step("RETRACTED")], Weight.LOST_URGENT),
        (changed(ChangeKind.SUSPECTS), [step("RAISED", 2)], Weight.NEW_SUSPICION),
        (NOTHING, [step("RETRACTED", 3)], Weight.OTHER_ALERT),
        (NOTHING, [step(AGAIN)], Weight.OTHER_ALERT),
        (changed(ChangeKind.CHANGES_STATE), [], Weight.OTHER_STATE),
        (NOTHING, [], Weight.DETAIL),
    ],
)
def test_the_gravest_counts(change: VerdictChange, steps: list[PlannedStep], weight: Weight) -> None:
    assert weight_of(change, steps, raises_alerts=True) == weight
    assert weight_of(change, steps, raises_alerts=False) == weight + BESIDE


def test_an_alert_that_ends_and_is_raised_unchanged_is_one_step() -> None:
    assert joined([step("RAISED"), step("RETRACTED")]) == [step(AGAIN)]
    assert joined([step("RESOLVED", 2), step("RAISED", 1)]) == [step("RESOLVED", 2), step("RAISED", 1)]
    assert joined([step("RAISED"), step("RAISED")]) == [step("RAISED"), step("RAISED")]


def test_every_weight_has_words_and_a_tone() -> None:
    assert set(WEIGHTS) == set(Weight)
    assert weight_words(BESIDE + Weight.DETAIL) == "shown beside: evidence or classes only"
    assert (weight_tone(Weight.MOVED_RELAPSE), weight_tone(Weight.NEW_SUSPICION)) == ("confirmed", "quiet")
