"""Tags and filters of every page: thin doors to monitoring.wording, and the pieces of the shell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from monitoring.models import User
from monitoring.models.choices import RoleChoice
from monitoring.permissions import (
    CHART_ROLES,
    LABORATORY_ROLES,
    SETTING_UP_ROLES,
    can_set_up_centre,
    memberships_of,
)
from monitoring.wording import dates, levels, numbers, states
from monitoring.wording.words import Word

register = template.Library()

# levels, copies, changes
register.filter("pct", numbers.pct)
register.filter("pct_of_abl1", numbers.pct_of_abl1)
register.filter("level_number", numbers.level_number)
register.filter("exact", numbers.exact)
register.filter("copies", numbers.copies)
register.filter("of_curve", numbers.of_curve)
register.filter("fold", numbers.fold)
register.filter("log10_change", numbers.log10_change)
register.filter("log10_of_fold", numbers.log10_of_fold)
register.filter("log10_reduction", numbers.log10_reduction)


@register.simple_tag
def level(call: str, pct_abl1: Decimal | None, limit_pct_abl1: Decimal | None = None) -> str:
    """Write what was measured: a level, not detected with its limit, or why there is no value."""
    return levels.level(call, pct_abl1, limit_pct_abl1)


# days and spans
register.filter("day", dates.day)
register.filter("short_day", dates.short_day)
register.filter("long_day", dates.long_day)
register.filter("weekday", dates.weekday)
register.filter("months_since", dates.months_since)
register.filter("countdown", dates.countdown)


@register.filter(expects_localtime=True)
def moment(at: datetime) -> str:
    """Write a moment in the time zone that is active for this reader."""
    return dates.moment(at)


@register.filter(expects_localtime=True)
def clock(at: datetime) -> str:
    """Write a time of day in the time zone that is active for this reader."""
    return dates.clock(at)


@register.filter
def duration(span: timedelta) -> str:
    """Write a waiting time in words."""
    return dates.duration(span)


@register.filter
def date_echo(typed: date | str | None) -> str:
    """Write the day that was typed, with its weekday; empty where it is none."""
    return dates.echo(str(typed or ""))


@register.simple_tag
def age(born_on: date, today: date) -> int:
    """Return the age in whole years on a day."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


@register.simple_tag
def date_names() -> SafeString:
    """Write the names of days and months as attributes, so that the browser says a typed date in the same words."""
    return format_html(
        'data-weekdays="{}" data-months="{}" data-first="{}" data-none="{}"',
        *dates.names_for_the_browser(),
    )


@register.simple_tag
def now_here() -> datetime:
    """Return the present moment in the time zone that is active for this reader."""
    return timezone.localtime()


# codes
@register.filter
def words(code: str, table: str) -> str:
    """Write a code of the named table: `{{ flag.code|words:"flag" }}`."""
    return str(states.word(table, code).words)


@register.filter
def meaning(code: str, table: str) -> str:
    """Write the sentence that explains a code; empty where it needs none."""
    return str(states.word(table, code).meaning or "")


@register.filter
def tissue(code: str) -> str:
    """Write marrow or blood."""
    return words(code, "tissue")


@register.filter
def marker(code: str) -> SafeString:
    """Write a marker so that a long fusion may break after its colons, and only there."""
    left, colons, right = words(code, "marker").partition("::")
    if not colons:
        return format_html('<span class="nb">{}</span>', left)
    return format_html('<span class="nb">{}::</span><wbr><span class="nb">{}</span>', left, right)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a symbol of the sprite, for the eye only: its words stand beside it."""
    return format_html('<svg class="ic" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-{}"/></svg>', name)


def _said(word: Word, said: str) -> dict[str, str]:
    return {"icon": word.icon, "tone": word.tone.value, "words": said}


@register.inclusion_tag("components/state.html")
def state(code: str, table: str = "state") -> dict[str, str]:
    """Show a code as icon and words: `{% state verdict.state %}`, `{% state flag.code "flag" %}`."""
    word = states.word(table, code)
    return _said(word, str(word.words))


@register.inclusion_tag("components/state.html")
def episode_state(status: str, kind: str) -> dict[str, str]:
    """Show an episode as icon and words: `{% episode_state episode.status episode.kind %}`."""
    said, word = states.episode_words(status, kind)
    return _said(word, said)


@register.inclusion_tag("components/tissue.html")
def tissue_mark(code: str) -> dict[str, str]:
    """Show a tissue as the mark of its series and its word."""
    return {"icon": states.word("tissue", code).icon, "words": tissue(code), "series": code.lower()}


# forms
@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing to correct: where it stands, what it is called, what is wrong with it."""

    anchor: str
    label: str
    message: str


@register.simple_tag
def control(field: BoundField, has_hint: Any = "", has_echo: Any = "", has_unit: Any = "") -> SafeString:
    """Draw the control of a field, tied to what is written around it."""
    around = [
        (has_unit, "unit"),
        (has_echo, "echo"),
        (field.errors, "error"),
        (has_hint or field.help_text, "helptext"),
    ]
    described_by = " ".join(f"{field.auto_id}_{part}" for present, part in around if present)
    return field.as_widget(attrs={"aria-describedby": described_by} if described_by else {})


@register.simple_tag
def field_problems(forms: BaseForm | Iterable[BaseForm]) -> list[FieldProblem]:
    """Return everything to correct in one form, or in several, in the order of the page."""
    found = []
    for form in [forms] if isinstance(forms, BaseForm) else forms:
        found += [FieldProblem("", "", str(message)) for message in form.non_field_errors()]
        for field in form:
            anchor = field.id_for_label or f"{field.auto_id}_0"
            found += [FieldProblem(anchor, str(field.label), str(message)) for message in field.errors]
    return found


# the person who is signed in
@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, for the head of the page."""

    name: str
    roles: list[str]
    centres: list[str]
    is_synthetic: bool
    reads_charts: bool
    works_in_laboratory: bool
    sets_up_laboratory: bool
    sets_up_centre: bool
    keeps_machines: bool
    audits: bool


@register.simple_tag
def signed_in(user: User) -> SignedIn:
    """Return the person's name, roles and centres, each once and in a steady order."""
    memberships = memberships_of(user)
    return SignedIn(
        name=user.shown_name,
        roles=list(dict.fromkeys(str(RoleChoice(m.role).label) for m in memberships)),
        centres=list(dict.fromkeys(m.centre.name for m in memberships)),
        is_synthetic=any(m.centre.is_synthetic for m in memberships),
        reads_charts=any(m.role in CHART_ROLES for m in memberships),
        works_in_laboratory=any(m.role in LABORATORY_ROLES for m in memberships),
        sets_up_laboratory=any(m.role in SETTING_UP_ROLES for m in memberships),
        sets_up_centre=any(can_set_up_centre(user, m.centre) for m in memberships),
        keeps_machines=any(m.role == RoleChoice.ADMINISTRATOR for m in memberships),
        audits=any(m.role == RoleChoice.AUDITOR for m in memberships),
    )
