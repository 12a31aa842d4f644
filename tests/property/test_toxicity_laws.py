"""Laws of grades, spells and doses that hold for every count and every prescription."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitoring.domain.ctcae import Lineage, grade_of
from monitoring.domain.dosing import ChildPugh, EarlierCycles, Partner, Prescription, Severity, check
from monitoring.domain.interactions import Cyp3a4Class
from monitoring.domain.toxicity import Count, counted_cycles, cycle_toxicity, grade_4_spells
from monitoring.domain.venetoclax_days import CycleDays, HeldDays, days_by_holds

DAY_1 = date(2026, 1, 5)
VALUES = st.decimals(0, 400, places=2)
DAYS = st.integers(-30, 90)


@st.composite
def counts(draw: st.DrawFn) -> list[Count]:
    days = draw(st.lists(DAYS, unique=True, max_size=20))
    return [
        Count(DAY_1 + timedelta(days=day), draw(st.none() | VALUES), draw(st.none() | VALUES), draw(st.none() | VALUES))
        for day in days
    ]


@st.composite
def prescriptions(draw: st.DrawFn) -> Prescription:
    return Prescription(
        dose_mg=draw(st.none() | st.integers(10, 1200)),
        planned_days=draw(st.none() | st.integers(1, 42)),
        partner=draw(st.sampled_from(Partner)),
        cyp3a4=draw(st.sampled_from(Cyp3a4Class)),
        cyp3a4_drug=draw(st.text(max_size=20)),
        liver=draw(st.sampled_from(ChildPugh)),
    )


@given(st.sampled_from(Lineage), VALUES, VALUES)
def test_a_lower_count_never_has_a_milder_grade(lineage: Lineage, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert grade_of(lineage, low) >= grade_of(lineage, high)


@given(counts())
def test_the_order_of_entry_changes_nothing(given_counts: list[Count]) -> None:
    turned = list(reversed(given_counts))
    [cycle] = counted_cycles([(1, DAY_1)])
    assert cycle_toxicity(cycle, given_counts) == cycle_toxicity(cycle, turned)


@given(counts())
def test_spells_never_share_a_day_and_every_grade_4_count_lies_in_one(given_counts: list[Count]) -> None:
    spells = grade_4_spells(given_counts, Lineage.NEUTROPHILS)
    spans = [(spell.starts_on, spell.starts_on + timedelta(days=spell.days - 1)) for spell in spells]
    assert all(one[1] < two[0] for one, two in pairwise(spans))
    for count in given_counts:
        if count.neutrophils is not None:
            inside = any(first <= count.on <= last for first, last in spans)
            assert inside == (count.neutrophils < Decimal("0.5"))


@given(counts(), st.lists(st.integers(5, 40), min_size=1, max_size=4))
def test_a_count_belongs_to_one_cycle_at_most(given_counts: list[Count], gaps: list[int]) -> None:
    days_1 = [(number, DAY_1 + timedelta(days=sum(gaps[:number]))) for number in range(len(gaps))]
    cycles = counted_cycles(days_1)
    for count in given_counts:
        assert sum(cycle.day_1 < count.on <= cycle.until for cycle in cycles) <= 1


@given(prescriptions(), st.integers(1, 600))
def test_a_higher_dose_never_loses_a_hard_warning(cycle: Prescription, more: int) -> None:
    if cycle.dose_mg is not None:
        higher = Prescription(
            cycle.dose_mg + more, cycle.planned_days, cycle.partner, cycle.cyp3a4, cycle.cyp3a4_drug, cycle.liver
        )
        hard = {warning.code for warning in check(cycle) if warning.severity is Severity.HARD}
        assert hard <= {warning.code for warning in check(higher)}


@given(prescriptions(), st.integers(0, 4), st.none() | st.integers(0, 4))
def test_every_cycle_is_answered_and_hints_come_last(cycle: Prescription, long: int, now: int | None) -> None:
    earlier = EarlierCycles(400, 28, Cyp3a4Class.NONE, long, last_had_one=long > 0, grade_now=now)
    severities = [warning.severity for warning in check(cycle, earlier)]
    assert severities == sorted(severities, key=list(Severity).index)


@given(st.integers(1, 28), st.lists(st.tuples(st.integers(1, 28), st.integers(0, 10)), max_size=3))
def test_days_held_and_days_given_add_up_to_the_days_planned(planned: int, holds: list[tuple[int, int]]) -> None:
    held = tuple(
        HeldDays(DAY_1 + timedelta(days=first - 1), DAY_1 + timedelta(days=first - 1 + more)) for first, more in holds
    )
    given_days = days_by_holds(CycleDays(DAY_1, DAY_1 + timedelta(days=27), planned, None, held))
    left_out = {first + n for first, more in holds for n in range(more + 1) if first + n <= planned}
    assert len(given_days) + len(left_out) == planned
