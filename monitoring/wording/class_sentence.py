"""A series without an open episode in one sentence: its latest sample, the other tissue, why there is no relapse."""

from django.utils.translation import gettext as _

from monitoring.domain.classed_results import ClassedResult
from monitoring.domain.terms import Call, SampleClass
from monitoring.wording.account import Account
from monitoring.wording.earlier_episodes import event_of_start, told_in_passing
from monitoring.wording.phrases import (
    at_level,
    capitalised,
    full_day,
    marker_name,
    not_detected,
    ruleset_name,
    tissue_name,
    where,
)


def class_sentence(account: Account) -> str:
    """Return what follows the class that is the state of a series without open episode or candidate."""
    latest = account.latest
    if latest is None:
        return _nothing_evaluable(account)
    told = [sample_sentence(account, latest), _other_tissue(account, latest)]
    past, waiting = account.earlier, _nothing_since(account, latest)
    if past:
        told.append(told_in_passing(account, past[0]))
    if waiting:
        told.append(waiting)
    elif not past and latest.is_detected:
        told.append(_why_no_relapse(account, latest))
    return " ".join(part for part in told if part)


def sample_sentence(account: Account, sample: ClassedResult) -> str:
    """Return what one sample showed, by its class."""
    result, name = sample.result, marker_name(account)
    if result.call is not Call.DETECTED:
        return _("%(marker)s %(what)s.") % {"marker": name, "what": not_detected(account, sample)}
    values = {
        "marker": name,
        "where": where(result.tissue),
        "at": at_level(account, result),
        "day": full_day(result.collected_on),
        "ruleset": ruleset_name(account),
    }
    if sample.is_negative:
        return (
            _("%(marker)s was %(at)s %(where)s on %(day)s, so little that %(ruleset)s counts it as negative.") % values
        )
    return _("%(marker)s was detected %(where)s %(at)s on %(day)s.") % values


def _other_tissue(account: Account, latest: ClassedResult) -> str:
    """Return the latest sample of the other tissue where it says something else; a negative never hides it."""
    other = account.latest_of(latest.tissue.other)
    if other is None or other.sample_class is latest.sample_class:
        return ""
    start = account.course_begun_by(latest.collected_on)
    if start is not None and other.collected_on < start.on:
        return ""
    values = {"where": capitalised(where(other.tissue)), "day": full_day(other.collected_on)}
    if other.result.call is not Call.DETECTED:
        return _("%(where)s it was not detected on %(day)s.") % values
    return _("%(where)s it was detected %(at)s on %(day)s.") % {**values, "at": at_level(account, other.result)}


def _nothing_since(account: Account, latest: ClassedResult) -> str:
    """Return that the present course has no evaluable sample yet; empty where it has one."""
    start = account.course_begun_by(account.as_of)
    if start is None or latest.collected_on >= start.on:
        return ""
    return _("No evaluable sample since %(event)s.") % {"event": event_of_start(start)}


def _why_no_relapse(account: Account, latest: ClassedResult) -> str:
    """Return why the rule set calls a detected sample no relapse."""
    values = {"ruleset": ruleset_name(account)}
    if account.ruleset.only_positive_triggers and latest.sample_class is SampleClass.LOW_LEVEL:
        return _("That is below the level from which %(ruleset)s calls a relapse.") % values
    end = account.series.end_of_treatment
    if end is not None and latest.collected_on < end:
        return _("First-line treatment was not over: before its end a rise is no relapse.")
    if latest.sample_class is SampleClass.DETECTED:
        return _("Without a marrow level at diagnosis %(ruleset)s cannot grade it.") % values
    return (
        _("No relapse by %(ruleset)s: no earlier negative that counts, no tenfold rise in one tissue and assay.")
        % values
    )


def _nothing_evaluable(account: Account) -> str:
    samples = account.samples
    if not samples:
        return _("No result is on record up to %(day)s.") % {"day": full_day(account.as_of)}
    read = [one for one in samples if one.sample_class is not SampleClass.IGNORED]
    if not read:
        return _("Only blood was sampled; %(ruleset)s reads marrow alone.") % {"ruleset": ruleset_name(account)}
    last = read[-1]
    return _("The latest sample, of %(tissue)s on %(day)s, could not be evaluated.") % {
        "tissue": tissue_name(last.tissue),
        "day": full_day(last.collected_on),
    }
