"""Filters of the pages about the schedule and about a change of rules: thin doors to monitoring.wording."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import template

from monitoring.domain.due_samples import DueSample
from monitoring.domain.series import Series
from monitoring.domain.verdicts import Verdict
from monitoring.queries.due_samples import due_of
from monitoring.queries.open_relapses import OpenRelapse
from monitoring.wording import due_list_words, interval_words, open_relapse_words, shadow_words
from monitoring.wording.shadow_words import VerdictTold

register = template.Library()

register.filter("interval_name", interval_words.interval_name)
register.filter("default_days", interval_words.default_days)
register.filter("standing_name", due_list_words.standing_name)
register.filter("missed_words", due_list_words.missed_words)
register.filter("in_force_words", interval_words.in_force_words)
register.filter("weight_words", shadow_words.weight_words)
register.filter("weight_tone", shadow_words.weight_tone)
register.filter("step_words", shadow_words.step_words)
register.filter("edition_name", shadow_words.edition_name)
register.filter("agreed_tissue", open_relapse_words.agreed_tissue)
register.simple_tag(open_relapse_words.not_made_for_it, name="not_made_for_relapse")


@register.filter
def concerns(relapse: OpenRelapse | None, due: DueSample) -> bool:
    """Whether a due date comes from an interval that was not made for the relapse that is open."""
    return relapse is not None and relapse.concerns(due.rule)


@register.simple_tag
def agreed_words(relapse: OpenRelapse | None, today: date) -> str:
    """Write the next sample that was agreed for an open relapse; empty where none was."""
    agreed = relapse.agreed if relapse is not None else None
    return open_relapse_words.agreed_words(agreed.on, agreed.tissue, today) if agreed is not None else ""


@register.simple_tag
def change_lines(before: Verdict | None, after: Verdict | None) -> list[str]:
    """Write what happens to each relapse and suspicion."""
    return shadow_words.change_lines(before, after)


@register.simple_tag
def verdict_told(verdict: Verdict | None, state: str, series: Series | None, today: date | None) -> VerdictTold:
    """Write a verdict before or after a change of rules."""
    return shadow_words.verdict_told(verdict, state, series, today)


@register.simple_tag
def interval_days(name: str, days: str) -> str:
    """Write the days of an interval."""
    return interval_words.interval_days(name, days)


@register.filter
def kept_missed_words(kept: Sequence[Mapping[str, Any]]) -> str:
    """Write the missed samples that a summary keeps, the latest first."""
    return due_list_words.missed_words([due_of(each, date.min) for each in reversed(kept)])
