"""Tags and filters of the laboratory's pages: thin doors to monitoring.wording."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString

from monitoring.domain.problems import Problem
from monitoring.domain.verdicts import Verdict
from monitoring.models.choices import ResultStateChoice, ScaleChoice, SexChoice, TimepointChoice
from monitoring.queries.signing_effects import RuleSetEffect
from monitoring.wording import (
    measurements,
    problems,
    result_history,
    sample_correction_words,
    sample_remarks,
    signing_effects,
)
from monitoring.wording.account import Account
from monitoring.wording.dates import SHORT_MONTHS
from monitoring.wording.evidence_rows import EvidenceRow, evidence_rows
from monitoring.wording.verdict_sentence import verdict_sentence

register = template.Library()

register.filter("mean_copies", measurements.mean_copies)
register.filter("wells_said", measurements.wells_said)
register.filter("result_said", measurements.result_said)
register.filter("per_100_000", measurements.per_100_000)
register.filter("correction_changes", sample_correction_words.changes_said)
register.filter("corrected_said", sample_correction_words.corrected_said)
register.filter("step_said", result_history.step_said)


@register.simple_tag
def positive_wells(positive: int | None, valid: int | None) -> str:
    """Write how many wells were positive; that it was reported where no wells were given."""
    return measurements.positive_wells_said(positive, valid)


@register.filter
def abl1_band(abl1_copies: Decimal) -> str:
    """Write what the control gene allows to say, where that is less than everything."""
    return measurements.abl1_band_said(abl1_copies)


@register.simple_tag
def every_scale(measured: measurements.Measured, baseline_pct_abl1: Decimal | None) -> list[measurements.ScaleLine]:
    """Return a level on every scale."""
    return measurements.on_every_scale(measured, baseline_pct_abl1)


@register.simple_tag
def taken_for(typed: str, taken: Decimal, others: Sequence[Decimal]) -> str:
    """Write what a number was read as, and what it was not."""
    return measurements.taken_for(typed, taken, others)


@register.simple_tag
def problems_said(found: Iterable[Problem], marker: str) -> list[problems.SaidProblem]:
    """Return what quality control found, in words."""
    return problems.all_said(found, marker)


@register.simple_tag
def sample_remarks_said(sample: Any) -> list[str]:
    """Return what the circumstances of a sample say about it."""
    return sample_remarks.said(sample)


@register.simple_tag
def would(effect: RuleSetEffect, patient: str) -> SafeString:
    """Write what signing would change, as a sentence."""
    return signing_effects.would(effect.change, effect.now, effect.then, patient)


@register.filter
def effect_phrase(effect: RuleSetEffect) -> str:
    """Write what signing would change, as a phrase."""
    return signing_effects.phrase(effect.change, effect.now, effect.then, effect.sample_class)


@register.filter
def effect_tone(effect: RuleSetEffect) -> str:
    """Return the tone of a change."""
    return signing_effects.tone(effect.change)


@register.inclusion_tag("components/state.html")
def verdict_state(verdict: Verdict) -> dict[str, str]:
    """Show where a series stands by a rule set, as icon and words."""
    words, word = signing_effects.state_said(verdict)
    return {"icon": word.icon, "tone": word.tone.value, "words": words}


@register.filter
def verdict_told(account: Account) -> str:
    """Write a verdict in one sentence."""
    return str(verdict_sentence(account))


@register.filter
def evidence(account: Account) -> list[EvidenceRow]:
    """Return what a verdict rests on, row by row."""
    return evidence_rows(account)


@register.filter
def verdict_date(verdict: Verdict) -> str:
    """Write the date of the episode or suspicion that a verdict speaks of."""
    return signing_effects.date_said(verdict)


@register.filter
def result_state(code: str) -> str:
    """Write draft, submitted, authorised, superseded or withdrawn."""
    return str(ResultStateChoice(code).label)


@register.filter
def scale_said(code: str) -> str:
    """Write a scale."""
    return str(ScaleChoice(code).label)


@register.filter
def timepoint_said(code: str) -> str:
    """Write a time point."""
    return str(TimepointChoice(code).label)


@register.filter
def sex_said(code: str) -> str:
    """Write the sex of a patient."""
    return str(SexChoice(code).label)


@register.filter
def month(on: date) -> str:
    """Write the short month of a tick."""
    return str(SHORT_MONTHS[on.month])
