"""What would change a verdict: one sentence for each sample that would."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

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
    Tissue.BONE_MARROW: gettext_lazy("a marrow negative"),
    Tissue.PERIPHERAL_BLOOD: gettext_lazy("a blood negative"),
}


def next_sample_sentences(account: Account, found: Iterable[NextSample]) -> list[str]:
    """Return one sentence for each thing that a next sample would do, with every sample that would do it."""
    by_kind: dict[NextSampleKind, list[NextSample]] = defaultdict(list)
    for each in found:
        by_kind[each.kind].append(each)
    return [_sentence(account, kind, by_kind[kind]) for kind in NextSampleKind if kind in by_kind]


def _sentence(account: Account, kind: NextSampleKind, samples: list[NextSample]) -> str:
    between = pgettext("between two samples of which one suffices", " or ")
    what = between.join(_what(account, each) for each in samples)
    if any(each.once_treated for each in samples):
        what = _("%(what)s, once treatment has begun,") % {"what": what}
    return capitalised(str(CONSEQUENCES[kind]) % {"what": what})


def _what(account: Account, each: NextSample) -> str:
    if each.is_negative:
        return str(NEGATIVE[each.tissue])
    values = {"marker": marker_name(account), "where": where(each.tissue)}
    if each.from_pct_abl1 is not None:
        level = numbers.pct(account.on_own_scale(each.from_pct_abl1))
        return _("%(level)s or more %(where)s") % {**values, "level": level}
    if each.up_to_pct_abl1 is None:
        return _("%(marker)s detected %(where)s") % values
    level = numbers.pct(account.on_own_scale(each.up_to_pct_abl1))
    return _("%(level)s or less %(where)s") % {**values, "level": level}
