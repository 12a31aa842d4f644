"""The sample that a statement speaks of: which tissue, which level, over which earlier value of this series."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from monitoring.domain import evidence
from monitoring.domain.imagined_samples import Levels
from monitoring.domain.next_samples import ANY_LEVEL, NextSample, Ratio
from monitoring.domain.terms import Tissue
from monitoring.wording import bars, dates, numbers
from monitoring.wording.account import Account
from monitoring.wording.phrases import marker_name, where

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NEGATIVE: Mapping[Tissue, "_StrPromise"] = {
    Tissue.BONE_MARROW: gettext_lazy("a marrow negative"),
    Tissue.PERIPHERAL_BLOOD: gettext_lazy("a blood negative"),
}
PARTS: Mapping[Ratio, "_StrPromise"] = {
    Ratio.TENTH: gettext_lazy("a tenth of %(level)s on %(day)s"),
    Ratio.HALF: gettext_lazy("half of %(level)s on %(day)s"),
}
AFTER_NEGATIVE: Mapping[Tissue, "_StrPromise"] = {
    Tissue.BONE_MARROW: gettext_lazy("after the marrow negative of %(day)s"),
    Tissue.PERIPHERAL_BLOOD: gettext_lazy("after the blood negative of %(day)s"),
}


def subject(account: Account, samples: Sequence[NextSample]) -> str:
    """Return every sample of which one suffices: `NPM1 detected in the marrow or 0.1 % or more in the blood`.

    What all of them are measured against is told once, at the end.
    """
    overs = [_over_words(account, each) for each in samples]
    shared = overs[0] if all(one == overs[0] for one in overs) else ""
    between = pgettext("between two samples of which one suffices", " or ")
    told = [str(NEGATIVE[each.tissue]) for each in samples if each.is_negative]
    for levels, alike in _by_levels(samples).items():
        places = between.join(_where(each) + ("" if shared else _over(account, each)) for each in alike)
        told.append(_at_levels(account, levels) % {"where": places})
    what = between.join(told) + (f" ({shared})" if shared else "")
    if any(each.once_treated for each in samples):
        return _("%(what)s, once treatment has begun,") % {"what": what}
    return what


def _by_levels(samples: Sequence[NextSample]) -> Mapping[Levels, list[NextSample]]:
    found: dict[Levels, list[NextSample]] = {}
    for each in samples:
        if each.levels is not None:
            found.setdefault(each.levels, []).append(each)
    return found


def _at_levels(account: Account, levels: Levels) -> str:
    """Return `NPM1 detected %(where)s`, or the levels before it."""
    if levels == ANY_LEVEL:
        return _("{marker} detected %(where)s").replace("{marker}", marker_name(account))
    between = pgettext("between the two ends of a run of levels", " but ")
    shown = between.join(end for end in (_least(account, levels), _most(account, levels)) if end)
    return shown.replace("%", "%%") + " %(where)s"


def _where(each: NextSample) -> str:
    place = where(each.tissue)
    if each.assay_key is None:
        return place
    return _("%(where)s by %(assay)s") % {"where": place, "assay": each.assay_key or _("an assay without a name")}


def _least(account: Account, levels: Levels) -> str:
    if levels.least is None:
        return ""
    level = bars.at_least(account.on_own_scale(levels.least))
    return (_("%(level)s or more") if levels.least_counts else _("more than %(level)s")) % {"level": level}


def _most(account: Account, levels: Levels) -> str:
    if levels.most is None:
        return ""
    level = bars.at_most(account.on_own_scale(levels.most))
    return (_("%(level)s or less") if levels.most_counts else _("less than %(level)s")) % {"level": level}


def _over(account: Account, each: NextSample) -> str:
    """Return in brackets what the sample is measured against; empty where it is no value or day of this series."""
    told = _over_words(account, each)
    return f" ({told})" if told else ""


def _over_words(account: Account, each: NextSample) -> str:
    over = each.over
    if over is None or over.on is None or over.tissue is None:
        return ""
    day = dates.day(over.on)
    if over.fact == evidence.PRIOR_NEGATIVE:
        return str(AFTER_NEGATIVE[over.tissue]) % {"day": day}
    if over.pct_abl1 is None:
        return ""
    values = {"level": numbers.pct(account.on_own_scale(over.pct_abl1)), "day": day}
    if each.ratio is not Ratio.TENFOLD:
        return str(PARTS[each.ratio]) % values if each.ratio is not None else ""
    floor = over.floor_pct_abl1
    if floor is None or floor == over.pct_abl1:
        return _("ten times %(level)s on %(day)s") % values
    values["level"] = numbers.pct(account.on_own_scale(floor))
    return _("ten times %(level)s, the limit of the sample of %(day)s") % values
