"""What a verdict rests on, row by row: which sample, which value, which arithmetic.

Levels stand in the unit named over the rows: % of ABL1, or % of diagnosis where the rule set counts so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from monitoring.domain import evidence
from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.episodes import CONFIRMATION_WINDOW_DAYS
from monitoring.domain.evidence import fold_and_log10
from monitoring.domain.next_samples import NextSample
from monitoring.domain.results import Result
from monitoring.domain.sample_effects import NextSampleKind
from monitoring.domain.terms import Call, Tissue
from monitoring.domain.verdicts import Episode, Evidence
from monitoring.wording import dates, numbers, states
from monitoring.wording.account import Account, FactIncomplete
from monitoring.wording.phrases import capitalised, tissue_name

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# facts with a row of their own, in a word or two since the rows are narrow; the others are arithmetic or ends
ROLES: Mapping[str, "_StrPromise"] = {
    evidence.PRIOR_NEGATIVE: pgettext_lazy("role of a sample", "prior negative"),
    evidence.NADIR: pgettext_lazy("role of a sample", "lowest"),
    evidence.INDEX: pgettext_lazy("role of a sample", "index"),
    evidence.CONFIRMED_BY: pgettext_lazy("role of a sample", "confirming"),
    evidence.REFERENCE: pgettext_lazy("role of a sample", "before treatment"),
    evidence.RESPONSE: pgettext_lazy("role of a sample", "response"),
    evidence.TREATMENT: pgettext_lazy("role of a sample", "pre-emptive treatment"),
}
RISES = (NextSampleKind.SUSPECTS, NextSampleKind.RELAPSES_AT_ONCE)
COMPARED = frozenset({evidence.NADIR, evidence.REFERENCE})
# samples that are compared, each with the label of its ratio
RATIO_LABELS: Mapping[str, "_StrPromise"] = {
    evidence.INDEX: gettext_lazy("Index / lowest"),
    evidence.CONFIRMED_BY: gettext_lazy("Confirming / lowest"),
    evidence.RESPONSE: gettext_lazy("Response / reference"),
}


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One line: when or what kind, in words, and the value. `decides` marks the samples that an episode rests on."""

    label: str
    words: str
    value: str
    decides: bool = False


def evidence_rows(account: Account, found: Iterable[NextSample] = ()) -> list[EvidenceRow]:
    """Return the rows of the open episode or candidate; without one, the latest sample of each tissue.

    `found` is what would change the verdict: it names the lowest value over which a rise would be counted.
    """
    episode = account.standing
    if episode is None:
        lowest = _lowest(found)
        return [row for tissue in Tissue for row in _of_tissue(account, tissue, lowest)]
    return [*_sample_rows(account, episode), *_arithmetic(account, episode), *_interval(account, episode)]


def unit_words(account: Account) -> str:
    """Return the unit in which the rows give levels."""
    return _("% of diagnosis") if account.speaks_of_diagnosis else _("% of ABL1")


def _sample_rows(account: Account, episode: Episode) -> Iterable[EvidenceRow]:
    """Each sample once, by date."""
    told: dict[tuple[str | None, str], Evidence] = {}
    for each in episode.because:
        if each.fact in ROLES:
            told.setdefault((each.result, each.fact), each)
    for each in sorted(told.values(), key=lambda one: one.on or date.max):
        yield EvidenceRow(
            label=dates.day(each.on) if each.on else "",
            words=_role(each),
            value=_value(account, each),
            decides=each.fact in (evidence.INDEX, evidence.CONFIRMED_BY),
        )


def _role(each: Evidence) -> str:
    role = str(ROLES[each.fact])
    if each.inherited:
        role = _("%(role)s, of the course before HSCT") % {"role": role}
    if each.tissue is None:
        return capitalised(role)
    return _("%(tissue)s, %(role)s") % {"tissue": capitalised(tissue_name(each.tissue)), "role": role}


def _value(account: Account, each: Evidence) -> str:
    if each.fact == evidence.TREATMENT:
        return _("begins")
    if each.result is None:
        return ""
    result = account.result(each.result)
    if each.fact == evidence.PRIOR_NEGATIVE and each.pct_abl1 is not None:
        return _("%(level)s, counts as negative") % {"level": _level(account, each.pct_abl1)}
    if each.floor_pct_abl1 is not None and each.floor_pct_abl1 != each.pct_abl1 and each.pct_abl1 is not None:
        values = {"level": _level(account, each.pct_abl1), "floor": _level(account, each.floor_pct_abl1)}
        return _("%(level)s, counted as its limit %(floor)s") % values
    return shown_value(account, result, each.limit_pct_abl1)


def shown_value(account: Account, result: Result, limit_pct_abl1: Decimal | None) -> str:
    """Return a value, or that it was not detected with its limit, in the unit of the rows."""
    if result.pct_abl1 is not None:
        return _level(account, result.pct_abl1)
    if result.call is Call.DETECTED:
        return _("below quantification")
    if limit_pct_abl1 is None:
        return _("not detected, limit not known")
    return _("not detected, limit %(limit)s") % {"limit": _level(account, limit_pct_abl1)}


def _level(account: Account, pct_abl1: Decimal) -> str:
    return numbers.pct(account.on_own_scale(pct_abl1))


def _arithmetic(account: Account, episode: Episode) -> Iterable[EvidenceRow]:
    """The ratio of each compared sample over what it was compared with, and of the confirming one over the index."""
    subject = episode.because[0]
    for each in episode.because:
        if each.fact in RATIO_LABELS:
            subject = each
        elif each.fact in COMPARED and each.fold is not None:
            yield _ratio_row(account, subject, each)
    if episode.confirmed_by is not None and not episode.waived:
        yield from _change(account, episode)


def _ratio_row(account: Account, subject: Evidence, each: Evidence) -> EvidenceRow:
    """One comparison of the rules: an unquantified sample stands with its limit of quantification."""
    label = str(RATIO_LABELS[subject.fact])
    by = each.floor_pct_abl1 or each.pct_abl1
    result = account.result(subject.result or "")
    now = result.pct_abl1 if result.pct_abl1 is not None else result.loq_pct_abl1
    if now is None or by is None or each.fold is None:
        raise FactIncomplete(f"{subject.fact} over {each.fact} of {result.id}")
    return EvidenceRow(label, _division(account, now, by), _change_words(each.fold))


def _change(account: Account, episode: Episode) -> Iterable[EvidenceRow]:
    """The confirming sample over the index, where the two may be compared: one tissue, one assay, two values."""
    if episode.confirmed_by is None:
        return
    index, second = account.result(episode.index), account.result(episode.confirmed_by)
    comparable = index.tissue is second.tissue and index.assay_key == second.assay_key
    if comparable and index.pct_abl1 is not None and second.pct_abl1 is not None:
        ratio, _log10 = fold_and_log10(second.pct_abl1, index.pct_abl1)
        words = _division(account, second.pct_abl1, index.pct_abl1)
        yield EvidenceRow(_("Change"), words, _change_words(ratio))


def _division(account: Account, now: Decimal, by: Decimal) -> str:
    shown = (numbers.level_number(account.on_own_scale(one)) for one in (now, by))
    return " / ".join(shown)


def _change_words(ratio: Decimal) -> str:
    if ratio == 1:
        return _("unchanged")
    return _("%(fold)s, %(log10)s") % {"fold": numbers.fold(ratio), "log10": numbers.log10_of_fold(ratio)}


def _interval(account: Account, episode: Episode) -> Iterable[EvidenceRow]:
    """Day n of 28, and whether that is in time."""
    if episode.waived:
        yield EvidenceRow(_("Second sample"), "", _("not needed at this level"))
        return
    until = episode.confirmed_on or account.as_of
    days = (until - episode.relapse_on).days
    values = {"day": days, "days": CONFIRMATION_WINDOW_DAYS}
    if episode.confirmed_on is not None:
        verdict = _("late, confirms all the same") if episode.late else _("in time")
    else:
        due_on = episode.relapse_on + timedelta(days=CONFIRMATION_WINDOW_DAYS)
        verdict = dates.countdown(due_on, account.as_of)
    yield EvidenceRow(_("Interval"), _("day %(day)s of %(days)s") % values, verdict)


def _lowest(found: Iterable[NextSample]) -> Mapping[str, Evidence]:
    """The nadir of each sample that a rise would be counted over, by its result."""
    overs = (each.over for each in found if each.kind in RISES)
    return {over.result: over for over in overs if over is not None and over.fact == evidence.NADIR and over.result}


def _of_tissue(account: Account, tissue: Tissue, lowest: Mapping[str, Evidence]) -> Iterable[EvidenceRow]:
    """The lowest value of a tissue, its latest sample, and the ratio of the two where they may be compared."""
    nadir = _nadir_of(account, tissue, lowest)
    if nadir is not None:
        yield EvidenceRow(dates.day(nadir.on) if nadir.on else "", _role(nadir), _value(account, nadir))
    yield from _latest(account, tissue)
    sample, by = account.latest_of(tissue), None if nadir is None else nadir.floor_pct_abl1
    if sample is not None and sample.quantified is not None and by is not None:
        fold, _log10 = fold_and_log10(sample.quantified, by)
        words = _division(account, sample.quantified, by)
        yield EvidenceRow(_("Latest / lowest"), words, _change_words(fold))


def _nadir_of(account: Account, tissue: Tissue, lowest: Mapping[str, Evidence]) -> Evidence | None:
    """The nadir of the assay of the latest sample, where that is another, later, quantified one."""
    sample = account.latest_of(tissue)
    if sample is None or sample.quantified is None:
        return None
    for result_id, over in lowest.items():
        earlier = account.result(result_id)
        comparable = (earlier.tissue, earlier.assay_key) == (tissue, sample.result.assay_key)
        if comparable and earlier.collected_on < sample.collected_on:
            return over
    return None


def _latest(account: Account, tissue: Tissue) -> Iterable[EvidenceRow]:
    """The latest evaluable sample of a tissue with its class."""
    sample = account.latest_of(tissue)
    if sample is None:
        return
    yield EvidenceRow(
        label=dates.day(sample.collected_on),
        words=_("%(tissue)s, latest: %(class)s")
        % {"tissue": capitalised(tissue_name(tissue)), "class": _class_words(sample)},
        value=shown_value(account, sample.result, sample.limit_pct_abl1),
    )


def _class_words(sample: ClassedResult) -> str:
    words = str(states.word("class", sample.sample_class).words)
    return words[:1].lower() + words[1:]
