"""What would change a verdict: one sentence for each sample that would."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.domain.next_samples import NextSample, NextSampleKind
from monitoring.domain.terms import Tissue
from monitoring.wording import numbers
from monitoring.wording.account import Account
from monitoring.wording.phrases import capitalised, marker_name, where

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONSEQUENCES: Mapping[NextSampleKind, "_StrPromise"] = {
    NextSampleKind.SUSPECTS: gettext_lazy("%(what)s would be a suspected relapse."),
    NextSampleKind.RELAPSES_AT_ONCE: gettext_lazy("%(what)s would be a confirmed relapse at once."),
    NextSampleKind.CONFIRMS: gettext_lazy("%(what)s would confirm it."),
    NextSampleKind.REFUTES: gettext_lazy("%(what)s would close it as not confirmed."),
    NextSampleKind.RESPONDS: gettext_lazy("%(what)s would be a response: negativity."),
    NextSampleKind.REDUCES: gettext_lazy("%(what)s would be a response: reduction."),
    NextSampleKind.PROGRESSES: gettext_lazy("%(what)s would be progression on treatment."),
    NextSampleKind.RISES: gettext_lazy("%(what)s would be a tenfold rise within the relapse."),
}
NEGATIVE: Mapping[Tissue, "_StrPromise"] = {
    Tissue.BONE_MARROW: gettext_lazy("A marrow negative"),
    Tissue.PERIPHERAL_BLOOD: gettext_lazy("A blood negative"),
}


def next_sample_sentences(account: Account, found: Iterable[NextSample]) -> list[str]:
    """Return one sentence for each sample that would change the verdict, in the order of what they would do."""
    order = list(NextSampleKind)
    return [_sentence(account, each) for each in sorted(found, key=lambda one: order.index(one.kind))]


def _sentence(account: Account, each: NextSample) -> str:
    return str(CONSEQUENCES[each.kind]) % {"what": _what(account, each)}


def _what(account: Account, each: NextSample) -> str:
    if each.is_negative:
        return str(NEGATIVE[each.tissue])
    values = {"marker": marker_name(account), "where": where(each.tissue)}
    if each.from_pct_abl1 is not None:
        level = numbers.pct(account.on_own_scale(each.from_pct_abl1))
        return capitalised(_("%(level)s or more %(where)s") % {**values, "level": level})
    if each.up_to_pct_abl1 is None:
        return capitalised(_("%(marker)s detected %(where)s") % values)
    level = numbers.pct(account.on_own_scale(each.up_to_pct_abl1))
    if each.once_treated:
        return capitalised(_("%(level)s or less %(where)s, once treatment has begun,") % {**values, "level": level})
    return capitalised(_("%(level)s or less %(where)s") % {**values, "level": level})
