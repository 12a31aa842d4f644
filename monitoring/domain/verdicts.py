"""What a rule set answers: state, classes, episodes with their evidence, flags. Codes and numbers, never sentences.

What there is by the million is a named tuple: it is made in a third of the time of a frozen dataclass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from monitoring.domain.terms import (
    EpisodeKind,
    EpisodeResponse,
    EpisodeStatus,
    FlagCode,
    Rule,
    RuleSetId,
    SampleClass,
    Tissue,
)


class ClassedSample(NamedTuple):
    """A result that took part, with its class."""

    id: str
    sample_class: SampleClass


class Evidence(NamedTuple):
    """One fact that an episode or flag rests on, named by `monitoring.domain.evidence`.

    `fold` and `log10` compare the sample at hand with this fact's value (`fold` exact, `log10` to three places).
    `limit_pct_abl1` is the limit of a sample without a value, where known: of detection if it was not detected, else
    of quantification. `days` is the interval to the sample that the fact is told of.
    `floor_pct_abl1` is the floor-corrected value of a nadir, the one that was compared; `pct_baseline` the level in
    per cent of diagnosis, where the rule set asks for it; `inherited` tells a NEGATIVE of the course before HSCT.
    """

    fact: str
    result: str | None = None
    on: date | None = None
    tissue: Tissue | None = None
    pct_abl1: Decimal | None = None
    limit_pct_abl1: Decimal | None = None
    fold: Decimal | None = None
    log10: Decimal | None = None
    days: int | None = None
    floor_pct_abl1: Decimal | None = None
    pct_baseline: Decimal | None = None
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Episode:
    """A molecular relapse or progression, or the candidate for one (`number` and `confirmed_on` None)."""

    kind: EpisodeKind
    rule: Rule
    status: EpisodeStatus
    number: int | None
    tissue: Tissue
    relapse_on: date
    confirmed_on: date | None
    late: bool
    waived: bool
    index: str
    confirmed_by: str | None
    response: Mapping[Tissue, EpisodeResponse] = field(default_factory=dict)
    because: tuple[Evidence, ...] = ()

    @property
    def ended_on(self) -> date | None:
        """The day from which on it was no longer open, None while it is."""
        return next((fact.on for fact in self.because if fact.fact == "ENDED"), None)


class Flag(NamedTuple):
    """A flag of one result (`result`, `on`) or of the series (both None)."""

    code: FlagCode
    on: date | None
    result: str | None
    tissue: Tissue | None = None
    because: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one rule set for one series as of one day."""

    ruleset: RuleSetId
    state: str
    samples: tuple[ClassedSample, ...]
    episodes: tuple[Episode, ...]
    flags: tuple[Flag, ...]
