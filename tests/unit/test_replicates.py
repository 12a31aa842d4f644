"""Wells: call, scatter, outlier."""

from decimal import Decimal

import pytest

from monitoring.domain.problems import Gene, ProblemCode, Severity
from monitoring.domain.replicates import (
    OutlierNotDroppable,
    Well,
    assess_count,
    assess_spread,
    call_replicates,
    call_wells,
    drop_outlier,
    droppable_outliers,
    wells_of,
)
from monitoring.domain.terms import Call

D = Decimal


def wells(*cqs: str | None) -> tuple[Well, ...]:
    return wells_of(*(None if cq is None else D(cq) for cq in cqs))


CALLS = """
valid  positive  call
0      0         NOT_EVALUABLE
1      0         NOT_EVALUABLE
1      1         NOT_EVALUABLE
2      0         NOT_DETECTED
2      1         INDETERMINATE
2      2         DETECTED
3      0         NOT_DETECTED
3      1         INDETERMINATE
3      2         DETECTED
3      3         DETECTED
4      0         NOT_DETECTED
4      1         INDETERMINATE
4      2         DETECTED
4      4         DETECTED
5      2         INDETERMINATE
5      3         DETECTED
6      2         INDETERMINATE
6      3         DETECTED
"""


@pytest.mark.parametrize("row", CALLS.strip().splitlines()[1:])
def test_the_call_of_positive_among_valid_wells(row: str) -> None:
    valid, positive, call = row.split()
    assert call_wells(int(positive), int(valid)) is Call(call)


def test_a_well_at_the_cut_off_is_negative() -> None:
    assert call_replicates(wells("39.9999", "40.0", None)).positive_wells == 1


def test_the_cut_off_is_a_setting_of_the_assay() -> None:
    late = wells("40.2", "40.4", None)
    assert call_replicates(late).call is Call.NOT_DETECTED
    assert call_replicates(late, D(41)).call is Call.DETECTED


def test_a_well_left_out_does_not_count() -> None:
    replicates = (*wells("35", "35"), Well(None, left_out_because="bubble"))
    assert call_replicates(replicates).call is Call.DETECTED
    assert call_replicates(replicates).valid_wells == 2


@pytest.mark.parametrize(
    ("valid", "codes"), [(0, [ProblemCode.NO_VALID_WELL]), (1, [ProblemCode.ONE_VALID_WELL]), (2, []), (3, [])]
)
def test_fewer_than_two_wells_fail(valid: int, codes: list[ProblemCode]) -> None:
    problems = assess_count(valid, Gene.TARGET)
    assert [problem.code for problem in problems] == codes
    assert all(problem.severity is Severity.FAILS for problem in problems)


@pytest.mark.parametrize(
    ("cqs", "severities"),
    [
        (("30.0", "31.5", "30.5"), []),
        (("30.0", "31.51", "30.5"), [Severity.WARNS]),
        (("30.0", "31.99", "30.5"), [Severity.WARNS]),
        (("30.0", "32.0", "30.5"), [Severity.REPEAT]),
        (("36.0", "37.9", "37.0"), []),
        (("36.0", "38.0", "37.0"), [Severity.WARNS]),
        (("35.0", "37.0", "36.0"), [Severity.WARNS]),  # mean 36 exactly: late
        (("34.9", "37.0", "36.0"), [Severity.REPEAT]),
        (("38.0", "39.9", None), []),
        (("30.0", "30.2", None), [Severity.REPEAT]),
        (("30.0", "30.2", "40.0"), [Severity.REPEAT]),
        ((None, None, None), []),
    ],
)
def test_scatter(cqs: tuple[str | None, ...], severities: list[Severity]) -> None:
    found = assess_spread(wells(*cqs), Gene.TARGET)
    assert [problem.severity for problem in found] == severities


@pytest.mark.parametrize(
    ("cqs", "droppable"),
    [
        (("30.0", "30.5", "32.01"), (2,)),
        (("32.01", "30.0", "30.5"), (0,)),
        (("28.0", "30.0", "30.2"), (0,)),
        (("28.0", "30.0", "30.5"), (0,)),
        (("28.5", "30.0", "30.5"), ()),  # exactly 1.5 from the nearer
        (("28.0", "30.0", "30.51"), ()),  # the others do not agree
        (("30.0", "30.5", "32.0"), ()),  # exactly 1.5 from the nearer
        (("30.0", "30.51", "33.0"), ()),  # the others do not agree
        (("30.0", "30.1", None), ()),  # no amplification has no distance
        (("30.0", "33.0"), ()),
        (("30.0", "30.1", "30.2", "33.0"), ()),
    ],
)
def test_which_well_may_be_left_out(cqs: tuple[str | None, ...], droppable: tuple[int, ...]) -> None:
    assert droppable_outliers(wells(*cqs)) == droppable


def test_a_well_left_out_is_kept_with_its_reason() -> None:
    kept = drop_outlier(wells("30.0", "30.5", "33.0"), 2, "pipetting")
    assert [well.cq for well in kept] == [D("30.0"), D("30.5"), D("33.0")]
    assert kept[2].left_out_because == "pipetting"
    assert call_replicates(kept).call is Call.DETECTED


@pytest.mark.parametrize(("place", "because"), [(0, "pipetting"), (2, " ")])
def test_another_well_or_no_reason_is_refused(place: int, because: str) -> None:
    with pytest.raises(OutlierNotDroppable):
        drop_outlier(wells("30.0", "30.5", "33.0"), place, because)


def test_only_one_well_may_be_left_out() -> None:
    once = drop_outlier(wells("30.0", "30.5", "33.0"), 2, "pipetting")
    assert droppable_outliers(once) == ()
