"""The steps of a result in sentences: who did what, when, and what an edit changed."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from monitoring.wording.dates import moment
from monitoring.wording.measurements import mean_copies
from monitoring.wording.numbers import exact, pct
from monitoring.wording.states import CALLS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class _ColumnChange(Protocol):
    @property
    def column(self) -> str: ...
    @property
    def before(self) -> str | None: ...
    @property
    def after(self) -> str | None: ...


class _Step(Protocol):
    @property
    def action(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def changes(self) -> "tuple[_ColumnChange, ...]": ...


DONE: dict[str, "_StrPromise"] = {
    "result.enter": _("%(person)s entered version %(version)s"),
    "result.edit": _("%(person)s edited version %(version)s"),
    "result.submit": _("%(person)s submitted version %(version)s"),
    "result.reject": _("%(person)s returned version %(version)s"),
    "result.authorise": _("%(person)s authorised version %(version)s"),
    "result.supersede": _("version %(version)s was replaced when %(person)s authorised the next"),
    "result.withdraw": _("%(person)s withdrew version %(version)s"),
}
COLUMNS: dict[str, "_StrPromise"] = {
    "call": _("call"),
    "pct_abl1": _("% of ABL1"),
    "target_copies": _("target copies"),
    "abl1_copies": _("ABL1 copies"),
    "lod_pct_abl1": _("limit, % of ABL1"),
    "loq_pct_abl1": _("limit of quantification, % of ABL1"),
    "entered_value": _("value as entered"),
    "comment": _("comment"),
}


def step_said(step: _Step) -> str:
    """Return one step: `A. Novak returned version 1, 20 Nov 2026, 10:31: wrong tube`."""
    sentence = DONE.get(step.action, _("%(person)s changed version %(version)s"))
    done = str(sentence) % {"person": step.by, "version": step.version}
    told = f"{done}, {moment(timezone.localtime(step.at))}"
    details = [step.reason] if step.reason else [*map(change_said, step.changes)]
    if not details:
        return told
    between = pgettext("between two parts of a sentence", "; ")
    return _now("%(done)s: %(details)s") % {"done": told, "details": between.join(details)}


def change_said(change: _ColumnChange) -> str:
    """Return what an edit changed in one column: `% of ABL1 0.093, now 0.95`."""
    return _now("%(what)s %(before)s, now %(after)s") % {
        "what": COLUMNS[change.column],
        "before": _value(change.column, change.before),
        "after": _value(change.column, change.after),
    }


def _value(column: str, text: str | None) -> str:
    if not text:
        return _now("none")
    if column == "call":
        return str(CALLS[text].words)
    shown = _NUMBERS.get(column)
    return shown(Decimal(text)) if shown else text


_NUMBERS: dict[str, Callable[[Decimal], str]] = {
    "pct_abl1": pct,
    "lod_pct_abl1": pct,
    "loq_pct_abl1": pct,
    "target_copies": mean_copies,
    "abl1_copies": mean_copies,
    "entered_value": exact,
}
