"""Plates written by hand for tests of the laboratory's arithmetic: one reaction a well, numbered as they come."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from string import ascii_uppercase

from monitoring.domain.plate import FileFormat, Plate, PrintedCurve, Reaction, WellRole
from monitoring.domain.run_pairs import RunPair
from monitoring.domain.run_report import RunReport

D = Decimal
NPM1, ABL1 = "NPM1 mut A", "ABL1"
COLUMNS = 24

# copies and Cq of worked example A
NPM1_STANDARDS = ((10, "36.60"), (100, "33.20"), (1_000, "29.80"), (100_000, "22.90"), (1_000_000, "19.50"))
ABL1_STANDARDS = ((1_000, "29.70"), (10_000, "26.30"), (100_000, "22.90"))
DIAGNOSIS = ("18.90", "18.95", "19.00"), ("24.80", "24.90", "24.85")
FOLLOW_UP = ("34.80", "35.10", "35.00"), ("24.50", "24.60", "24.55")

Cqs = Iterable[str | None]


def reactions(sample: str, target: str, cqs: Cqs, role: WellRole = WellRole.SAMPLE) -> list[Reaction]:
    """Return wells of one sample and target; their positions are given when the plate is put together."""
    return [Reaction("", sample, target, role, None if cq is None else D(cq)) for cq in cqs]


def standards(target: str, points: Iterable[tuple[int, str]], wells: int = 2) -> list[Reaction]:
    """Return the standards of a target, each point in several wells."""
    return [
        Reaction("", f"Std {copies}", target, WellRole.STANDARD, D(cq), D(copies))
        for copies, cq in points
        for _ in range(wells)
    ]


def sample(name: str, target_cqs: Cqs, abl1_cqs: Cqs, target: str = NPM1) -> list[Reaction]:
    """Return a sample measured for a target and ABL1."""
    return [*reactions(name, target, target_cqs), *reactions(name, ABL1, abl1_cqs)]


def both_standards(wells: int = 2) -> list[Reaction]:
    """Return the standards of worked example A for NPM1 and ABL1."""
    return [*standards(NPM1, NPM1_STANDARDS, wells), *standards(ABL1, ABL1_STANDARDS, wells)]


def water(*targets: str, cqs: Cqs = (None, None)) -> list[Reaction]:
    """Return no-template controls of targets."""
    found = list(cqs)
    return [each for target in targets for each in reactions("NTC", target, found, WellRole.NO_TEMPLATE)]


def plate(*parts: Iterable[Reaction], curves: tuple[PrintedCurve, ...] = ()) -> Plate:
    """Return a plate with its reactions in positions A1, A2 and so on."""
    placed = [
        replace(reaction, well=f"{ascii_uppercase[place // COLUMNS]}{place % COLUMNS + 1}", line=place + 2)
        for place, reaction in enumerate(reaction for part in parts for reaction in part)
    ]
    return Plate(FileFormat.PLAIN_CSV, tuple(placed), curves=curves)


def good_run(*more: Iterable[Reaction]) -> Plate:
    """Return a run in order: standards and water of NPM1 and ABL1, the follow-up sample of worked example A."""
    return plate(both_standards(), water(NPM1, ABL1), sample("25-0101", *FOLLOW_UP), *more)


def pair_of(report: RunReport, name: str = "25-0101", target: str = NPM1) -> RunPair:
    """Return the pair of one sample and target."""
    [pair] = [pair for pair in report.of_sample(name) if pair.target == target]
    return pair


def codes(report: RunReport) -> list[tuple[str, str, str]]:
    """Return sample, target and code of every finding."""
    return [(each.sample, each.target, each.problem.code.value) for each in report.findings()]
