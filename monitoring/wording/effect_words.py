"""What a change to the record does to the verdicts: as it would be before it is saved, and as it is afterwards."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.terms import RuleSetId
from monitoring.domain.verdict_change import VerdictChange
from monitoring.domain.verdicts import Verdict
from monitoring.wording import signing_effects
from monitoring.wording.states import word


class Effect(Protocol):
    """One marker by one rule set, before and after a change of the record."""

    @property
    def marker(self) -> str: ...
    @property
    def ruleset(self) -> RuleSetId: ...
    @property
    def now(self) -> Verdict: ...
    @property
    def then(self) -> Verdict: ...
    @property
    def change(self) -> VerdictChange: ...
    @property
    def reclassed(self) -> int: ...
    @property
    def is_none(self) -> bool: ...


def would_said(effects: Iterable[Effect]) -> list[str]:
    """Return what would change, one sentence a rule set and marker; nothing of those that stay as they are."""
    found = list(effects)
    several = len({each.marker for each in found}) > 1
    return [_sentence(each, several) for each in found if not each.is_none]


def is_said(effects: Iterable[Effect]) -> list[str]:
    """Return where the series stands afterwards by each rule set whose state or episodes changed, not flags alone."""
    return [
        _("By %(ruleset)s now: %(state)s.") % {
            "ruleset": word("ruleset", each.ruleset).words, "state": signing_effects.state_said(each.then)[0],
        }
        for each in effects
        if any(change.flag is None for change in each.change.changes)
    ]  # fmt: skip


def _sentence(effect: Effect, several: bool) -> str:
    parts = [
        signing_effects.phrase(VerdictChange((change,)), effect.now, effect.then) for change in effect.change.changes
    ]
    if effect.reclassed:
        sentence = ngettext(
            "would class %(count)s sample differently", "would class %(count)s samples differently", effect.reclassed
        )
        parts.append(sentence % {"count": effect.reclassed})
    said = {"who": word("ruleset", effect.ruleset).words, "what": ", ".join(parts)}
    if several:
        return _("%(marker)s: %(who)s %(what)s.") % {**said, "marker": word("marker", effect.marker).words}
    return _("%(who)s %(what)s.") % said
