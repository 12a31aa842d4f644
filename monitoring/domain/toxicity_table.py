"""The toxicity table of a group, as Table SI of Tiong 2020 has it: over the cycles of a patient, or over many patients.

Source: Tiong et al., Br J Haematol 2020, tolerability; docs/methods/toxicity.md.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from monitoring.domain.ctcae import Grade
from monitoring.domain.toxicity import Spell


class ToxicityCode(StrEnum):
    """The rows of the table, in their order."""

    NEUTROPENIA_3_4 = "NEUTROPENIA_3_4"
    NEUTROPENIA_4 = "NEUTROPENIA_4"
    THROMBOCYTOPENIA_3_4 = "THROMBOCYTOPENIA_3_4"
    THROMBOCYTOPENIA_4 = "THROMBOCYTOPENIA_4"
    ANAEMIA_3 = "ANAEMIA_3"
    FEBRILE_NEUTROPENIA = "FEBRILE_NEUTROPENIA"
    INFECTION_3 = "INFECTION_3"
    NON_HAEMATOLOGICAL_3 = "NON_HAEMATOLOGICAL_3"
    RED_CELLS = "RED_CELLS"
    PLATELETS = "PLATELETS"
    DOSE_REDUCED = "DOSE_REDUCED"
    HELD = "HELD"
    ADMITTED = "ADMITTED"


class NothingToSummarise(Exception):
    """A median or a share of nothing."""


@dataclass(frozen=True, slots=True)
class ToxicityCase:
    """What happened in one cycle, or in all cycles of one patient; None is not counted, or not recorded."""

    neutrophils: Grade | None = None
    platelets: Grade | None = None
    haemoglobin: Grade | None = None
    neutrophils_grade_4: Spell | None = None
    platelets_grade_4: Spell | None = None
    febrile_neutropenia: int = 0
    infection: int = 0
    non_haematological: int = 0
    units: Mapping[str, int] = field(default_factory=dict)
    reductions: int = 0
    holds: int = 0
    admitted: bool | None = None


@dataclass(frozen=True, slots=True)
class Durations:
    """Days of grade 4: median and quartiles, linear between ranks; `is_at_least` where the truth may be longer."""

    n: int
    median: Decimal
    q1: Decimal
    q3: Decimal
    is_at_least: bool


@dataclass(frozen=True, slots=True)
class ToxicityRow:
    """One row: how many of those of whom it is known, how often in all, and how long."""

    code: ToxicityCode
    affected: int
    of: int
    total: int | None = None
    durations: Durations | None = None

    @property
    def pct(self) -> Decimal:
        """The share in whole per cent, halves up as papers print it; raises NothingToSummarise."""
        if self.of == 0:
            raise NothingToSummarise(self.code)
        exact = Fraction(100 * self.affected, self.of)
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP)


Known = Callable[[ToxicityCase], bool | None]

AFFECTED: Mapping[ToxicityCode, Known] = {
    ToxicityCode.NEUTROPENIA_3_4: lambda case: _at_least(case.neutrophils, Grade.SEVERE),
    ToxicityCode.NEUTROPENIA_4: lambda case: _at_least(case.neutrophils, Grade.LIFE_THREATENING),
    ToxicityCode.THROMBOCYTOPENIA_3_4: lambda case: _at_least(case.platelets, Grade.SEVERE),
    ToxicityCode.THROMBOCYTOPENIA_4: lambda case: _at_least(case.platelets, Grade.LIFE_THREATENING),
    ToxicityCode.ANAEMIA_3: lambda case: _at_least(case.haemoglobin, Grade.SEVERE),
    ToxicityCode.FEBRILE_NEUTROPENIA: lambda case: case.febrile_neutropenia > 0,
    ToxicityCode.INFECTION_3: lambda case: case.infection > 0,
    ToxicityCode.NON_HAEMATOLOGICAL_3: lambda case: case.non_haematological > 0,
    ToxicityCode.RED_CELLS: lambda case: case.units.get("RED_CELLS", 0) > 0,
    ToxicityCode.PLATELETS: lambda case: case.units.get("PLATELETS", 0) > 0,
    ToxicityCode.DOSE_REDUCED: lambda case: case.reductions > 0,
    ToxicityCode.HELD: lambda case: case.holds > 0,
    ToxicityCode.ADMITTED: lambda case: case.admitted,
}
TOTALS: Mapping[ToxicityCode, Callable[[ToxicityCase], int]] = {
    ToxicityCode.FEBRILE_NEUTROPENIA: lambda case: case.febrile_neutropenia,
    ToxicityCode.INFECTION_3: lambda case: case.infection,
    ToxicityCode.NON_HAEMATOLOGICAL_3: lambda case: case.non_haematological,
    ToxicityCode.RED_CELLS: lambda case: case.units.get("RED_CELLS", 0),
    ToxicityCode.PLATELETS: lambda case: case.units.get("PLATELETS", 0),
    ToxicityCode.DOSE_REDUCED: lambda case: case.reductions,
    ToxicityCode.HELD: lambda case: case.holds,
}
SPELLS: Mapping[ToxicityCode, Callable[[ToxicityCase], Spell | None]] = {
    ToxicityCode.NEUTROPENIA_4: lambda case: case.neutrophils_grade_4,
    ToxicityCode.THROMBOCYTOPENIA_4: lambda case: case.platelets_grade_4,
}


def toxicity_table(cases: Sequence[ToxicityCase]) -> tuple[ToxicityRow, ...]:
    """Return every row over these cases, all cycles or all patients; a row counts only those of whom it is known."""
    return tuple(_row(code, cases) for code in ToxicityCode)


def of_patient(cycles: Sequence[ToxicityCase]) -> ToxicityCase:
    """Return the case of a patient from those of the cycles: worst grade, longest grade 4, everything added up."""
    units: dict[str, int] = {}
    for case in cycles:
        for product, given in case.units.items():
            units[product] = units.get(product, 0) + given
    admitted = [case.admitted for case in cycles if case.admitted is not None]
    return ToxicityCase(
        neutrophils=_worst(case.neutrophils for case in cycles),
        platelets=_worst(case.platelets for case in cycles),
        haemoglobin=_worst(case.haemoglobin for case in cycles),
        neutrophils_grade_4=_longest(case.neutrophils_grade_4 for case in cycles),
        platelets_grade_4=_longest(case.platelets_grade_4 for case in cycles),
        febrile_neutropenia=sum(case.febrile_neutropenia for case in cycles),
        infection=sum(case.infection for case in cycles),
        non_haematological=sum(case.non_haematological for case in cycles),
        units=units,
        reductions=sum(case.reductions for case in cycles),
        holds=sum(case.holds for case in cycles),
        admitted=any(admitted) if admitted else None,
    )


def durations_of(spells: Iterable[Spell]) -> Durations:
    """Return median and quartiles of days; raises NothingToSummarise. A longer truth of an open one is said."""
    ranked = sorted(spells, key=lambda spell: (spell.days, spell.is_at_least))
    if not ranked:
        raise NothingToSummarise
    days = [spell.days for spell in ranked]
    highest_rank_used = -(-3 * (len(days) - 1) // 4)
    return Durations(
        n=len(days),
        median=_quantile(days, Fraction(1, 2)),
        q1=_quantile(days, Fraction(1, 4)),
        q3=_quantile(days, Fraction(3, 4)),
        is_at_least=any(spell.is_at_least for spell in ranked[: highest_rank_used + 1]),
    )


def _row(code: ToxicityCode, cases: Sequence[ToxicityCase]) -> ToxicityRow:
    known = [affected for case in cases if (affected := AFFECTED[code](case)) is not None]
    spells = [spell for case in cases if code in SPELLS and (spell := SPELLS[code](case)) is not None]
    return ToxicityRow(
        code=code,
        affected=sum(known),
        of=len(known),
        total=sum(TOTALS[code](case) for case in cases) if code in TOTALS else None,
        durations=durations_of(spells) if spells else None,
    )


def _quantile(days: Sequence[int], share: Fraction) -> Decimal:
    """The rank (n - 1) x share, linear between its neighbours."""
    rank = (len(days) - 1) * share
    low = rank.numerator // rank.denominator
    high = min(low + 1, len(days) - 1)
    exact = days[low] + (rank - low) * (days[high] - days[low])
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _at_least(grade: Grade | None, border: Grade) -> bool | None:
    return None if grade is None else grade >= border


def _worst(grades: Iterable[Grade | None]) -> Grade | None:
    return max((grade for grade in grades if grade is not None), default=None)


def _longest(spells: Iterable[Spell | None]) -> Spell | None:
    return max((spell for spell in spells if spell is not None), key=lambda spell: spell.days, default=None)
