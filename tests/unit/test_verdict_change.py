"""What one more result does to a verdict, told by comparing two verdicts of the one engine."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.classify import classify
from monitoring.domain.results import Result
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import Call, FlagCode, Marker, RuleSetId, Tissue
from monitoring.domain.verdict_change import ChangeKind, VerdictChange, change_between, with_result

ELN2021, ELN2025 = RULESETS[RuleSetId.ELN2021], RULESETS[RuleSetId.ELN2025]
ENOUGH = Decimal(40_000)


def negative(name: str, on: date) -> Result:
    return Result(name, on, Tissue.BONE_MARROW, Call.NOT_DETECTED, abl1_copies=ENOUGH, assay_key="k")


def detected(name: str, on: date, pct: str, abl1: Decimal = ENOUGH) -> Result:
    return Result(name, on, Tissue.BONE_MARROW, Call.DETECTED, Decimal(pct), abl1, assay_key="k")


def change(results: list[Result], one_more: Result, ruleset=ELN2021, replaces: str | None = None) -> VerdictChange:  # type: ignore[no-untyped-def]
    before = Series("s", Marker.NPM1, tuple(results), end_of_treatment=date(2025, 1, 6), treatment_starts=())
    after = with_result(before, one_more, replaces)
    return change_between(classify(before, ruleset, None), classify(after, ruleset, None))


def kinds(change: VerdictChange) -> list[ChangeKind]:
    return [each.kind for each in change.changes]


SUSPECTED = [negative("n", date(2026, 7, 1)), detected("d", date(2026, 10, 29), "0.02")]
CONFIRMED = [*SUSPECTED, detected("c", date(2026, 11, 16), "0.09")]


def test_a_negative_after_a_negative_changes_nothing() -> None:
    assert change([negative("n", date(2026, 7, 1))], negative("m", date(2026, 10, 1))).is_none


def test_a_conversion_raises_a_suspicion() -> None:
    assert kinds(change(SUSPECTED[:1], SUSPECTED[1]))[0] is ChangeKind.SUSPECTS


def test_a_second_detected_sample_confirms() -> None:
    found = change(SUSPECTED, CONFIRMED[2])
    assert found.first is not None
    assert (found.first.kind, found.first.episode.relapse_on) == (ChangeKind.CONFIRMS, date(2026, 10, 29))  # type: ignore[union-attr]


def test_a_negative_closes_the_suspicion() -> None:
    assert kinds(change(SUSPECTED, negative("m", date(2026, 11, 10))))[0] is ChangeKind.CLOSES_SUSPICION


def test_a_negative_after_confirmation_ends_the_episode() -> None:
    assert kinds(change(CONFIRMED, negative("m", date(2026, 12, 10))))[0] is ChangeKind.ENDS


def test_a_late_entry_moves_the_relapse_date() -> None:
    earlier = detected("e", date(2026, 9, 1), "0.03")
    found = change(CONFIRMED, earlier)
    assert ChangeKind.MOVES_DATE in kinds(found)


def test_an_amendment_to_not_detected_takes_the_relapse_back() -> None:
    amended = negative("c", date(2026, 11, 16))
    assert ChangeKind.TAKES_BACK in kinds(change(CONFIRMED, amended, replaces="c"))


def test_an_amendment_that_says_the_same_changes_nothing() -> None:
    assert change(CONFIRMED, CONFIRMED[2], replaces="c").is_none


def test_a_target_seen_in_a_poor_sample_is_an_alert() -> None:
    found = change([negative("n", date(2026, 7, 1))], detected("d", date(2026, 10, 1), "2.5", Decimal(400)))
    assert [(each.kind, each.flag) for each in found.changes] == [
        (ChangeKind.RAISES_ALERT, FlagCode.TARGET_SEEN_INADEQUATE)
    ]


def test_a_flag_that_asks_nobody_is_no_change() -> None:
    poor = Result("p", date(2026, 10, 1), Tissue.BONE_MARROW, Call.NOT_DETECTED, abl1_copies=Decimal(500))
    assert change([negative("n", date(2026, 7, 1))], poor).is_none


def test_rule_sets_may_differ_in_what_changes() -> None:
    assert kinds(change(SUSPECTED[:1], SUSPECTED[1], ELN2025)) == [ChangeKind.CHANGES_STATE]


def test_the_first_evaluable_sample_changes_the_state() -> None:
    assert kinds(change([], negative("n", date(2026, 7, 1)))) == [ChangeKind.CHANGES_STATE]


@given(st.lists(st.sampled_from(["n", "0.01", "0.3", "5"]), max_size=6), st.sampled_from(list(RULESETS.values())))
def test_nothing_changes_between_a_verdict_and_itself(levels: list[str], ruleset) -> None:  # type: ignore[no-untyped-def]
    results = [
        negative(str(at), date(2026, 1, 1 + at)) if level == "n" else detected(str(at), date(2026, 1, 1 + at), level)
        for at, level in enumerate(levels)
    ]
    verdict = classify(Series("s", Marker.NPM1, tuple(results)), ruleset, None)
    assert change_between(verdict, verdict).is_none


@given(st.lists(st.sampled_from(["n", "0.01", "0.3", "5"]), min_size=1, max_size=6), st.integers(0, 5))
def test_whatever_changes_the_state_or_an_episode_is_told(levels: list[str], place: int) -> None:
    results = [
        negative(str(at), date(2026, 1 + at, 1)) if level == "n" else detected(str(at), date(2026, 1 + at, 1), level)
        for at, level in enumerate(levels)
    ]
    place %= len(results)
    others = [*results[:place], *results[place + 1 :]]
    before = classify(Series("s", Marker.NPM1, tuple(others)), ELN2021, None)
    after = classify(Series("s", Marker.NPM1, tuple(results)), ELN2021, None)
    statuses = [[(each.status, each.relapse_on) for each in verdict.episodes] for verdict in (before, after)]
    if before.state != after.state or statuses[0] != statuses[1]:
        assert not change_between(before, after).is_none
