"""What signing a result would change, as a sentence, as a phrase in a list, and as the message after it was done."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.sample_classes import INERT_CLASSES
from monitoring.domain.terms import EpisodeKind, EpisodeStatus, SampleClass
from monitoring.domain.verdict_change import Change, ChangeKind, VerdictChange
from monitoring.domain.verdicts import Episode, Verdict
from monitoring.wording.dates import day
from monitoring.wording.states import NO_STATE, episode_words, word
from monitoring.wording.words import Tone, Word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Told = tuple[ChangeKind, EpisodeKind | None]

FIRST = 1  # number of the first episode; later ones are told by their number

_RELAPSE = EpisodeKind.MOLECULAR_RELAPSE
_PROGRESSION = EpisodeKind.MOLECULAR_PROGRESSION

# The sentence of a result that waits; %(patient)s, and where it is named %(number)s, %(on)s, %(was)s, %(alert)s.
WOULD: dict[Told, "_StrPromise"] = {
    (ChangeKind.CONFIRMS, _RELAPSE): _("This result would <b>confirm molecular relapse</b> of %(patient)s."),
    (ChangeKind.CONFIRMS, _PROGRESSION): _("This result would <b>confirm molecular progression</b> of %(patient)s."),
    (ChangeKind.REOPENS, _RELAPSE): _("This result would <b>reopen molecular relapse %(number)s</b> of %(patient)s."),
    (ChangeKind.REOPENS, _PROGRESSION): _(
        "This result would <b>reopen molecular progression %(number)s</b> of %(patient)s."
    ),
    (ChangeKind.MOVES_DATE, _RELAPSE): _(
        "This result would <b>move the relapse date</b> of %(patient)s from %(was)s to %(on)s."
    ),
    (ChangeKind.MOVES_DATE, _PROGRESSION): _(
        "This result would <b>move the date of progression</b> of %(patient)s from %(was)s to %(on)s."
    ),
    (ChangeKind.TAKES_BACK, _RELAPSE): _(
        "This result would <b>take back the molecular relapse</b> of %(patient)s of %(was)s."
    ),
    (ChangeKind.TAKES_BACK, _PROGRESSION): _(
        "This result would <b>take back the molecular progression</b> of %(patient)s of %(was)s."
    ),
    (ChangeKind.SUSPECTS, _RELAPSE): _(
        "This result would <b>raise a suspicion of molecular relapse</b> of %(patient)s."
    ),
    (ChangeKind.SUSPECTS, _PROGRESSION): _(
        "This result would <b>raise a suspicion of molecular progression</b> of %(patient)s."
    ),
    (ChangeKind.ENDS, _RELAPSE): _(
        "This result would <b>end molecular relapse %(number)s</b> of %(patient)s: responded."
    ),
    (ChangeKind.ENDS, _PROGRESSION): _(
        "This result would <b>end molecular progression %(number)s</b> of %(patient)s: responded."
    ),
    (ChangeKind.PARTLY_ENDS, _RELAPSE): _(
        "This result would show <b>a response in one tissue</b> in molecular relapse %(number)s of %(patient)s."
    ),
    (ChangeKind.PARTLY_ENDS, _PROGRESSION): _(
        "This result would show <b>a response in one tissue</b> in molecular progression %(number)s of %(patient)s."
    ),
    (ChangeKind.CLOSES_SUSPICION, None): _(
        "This result would <b>close the suspicion</b> of %(on)s in %(patient)s: not confirmed."
    ),
    (ChangeKind.TAKES_BACK_SUSPICION, None): _(
        "This result would <b>take back the suspicion</b> of %(was)s in %(patient)s."
    ),
    (ChangeKind.ALTERS, None): _(
        "This result would <b>change what is told of the episode</b> of %(on)s in %(patient)s."
    ),
    (ChangeKind.RAISES_ALERT, None): _("This result would <b>raise an alert</b> on %(patient)s: %(alert)s."),
    (ChangeKind.RETRACTS_ALERT, None): _("This result would <b>retract an alert</b> on %(patient)s: %(alert)s."),
    (ChangeKind.CHANGES_STATE, None): _(
        "This result would <b>change the state</b> of %(patient)s from %(before)s to %(after)s."
    ),
}
FIRST_RESULT = _("This result would be <b>the first evaluable result</b> of %(patient)s: %(after)s.")
NO_CHANGE = _("This result would change no verdict of %(patient)s.")

# The phrase of a list.
PHRASES: dict[Told, "_StrPromise"] = {
    (ChangeKind.CONFIRMS, _RELAPSE): _("would confirm molecular relapse"),
    (ChangeKind.CONFIRMS, _PROGRESSION): _("would confirm molecular progression"),
    (ChangeKind.REOPENS, _RELAPSE): _("would reopen molecular relapse %(number)s"),
    (ChangeKind.REOPENS, _PROGRESSION): _("would reopen molecular progression %(number)s"),
    (ChangeKind.MOVES_DATE, _RELAPSE): _("would move the relapse date from %(was)s to %(on)s"),
    (ChangeKind.MOVES_DATE, _PROGRESSION): _("would move the date of progression from %(was)s to %(on)s"),
    (ChangeKind.TAKES_BACK, _RELAPSE): _("would take back the molecular relapse of %(was)s"),
    (ChangeKind.TAKES_BACK, _PROGRESSION): _("would take back the molecular progression of %(was)s"),
    (ChangeKind.SUSPECTS, _RELAPSE): _("would raise a suspicion of molecular relapse"),
    (ChangeKind.SUSPECTS, _PROGRESSION): _("would raise a suspicion of molecular progression"),
    (ChangeKind.ENDS, _RELAPSE): _("would end molecular relapse %(number)s: responded"),
    (ChangeKind.ENDS, _PROGRESSION): _("would end molecular progression %(number)s: responded"),
    (ChangeKind.PARTLY_ENDS, _RELAPSE): _("would show a response in one tissue"),
    (ChangeKind.PARTLY_ENDS, _PROGRESSION): _("would show a response in one tissue"),
    (ChangeKind.CLOSES_SUSPICION, None): _("would close the suspicion of %(on)s: not confirmed"),
    (ChangeKind.TAKES_BACK_SUSPICION, None): _("would take back the suspicion of %(was)s"),
    (ChangeKind.ALTERS, None): _("would change what is told of the episode of %(on)s"),
    (ChangeKind.RAISES_ALERT, None): _("would raise an alert: %(alert)s"),
    (ChangeKind.RETRACTS_ALERT, None): _("would retract an alert: %(alert)s"),
    (ChangeKind.CHANGES_STATE, None): _("would change the state from %(before)s to %(after)s"),
}

FIRST_RESULT_PHRASE = _("would be the first evaluable result: %(after)s")

_TONES = {
    ChangeKind.CONFIRMS: Tone.CONFIRMED,
    ChangeKind.REOPENS: Tone.CONFIRMED,
    ChangeKind.MOVES_DATE: Tone.CONFIRMED,
    ChangeKind.TAKES_BACK: Tone.OVERDUE,
    ChangeKind.SUSPECTS: Tone.SUSPECTED,
    ChangeKind.RAISES_ALERT: Tone.SUSPECTED,
    ChangeKind.ENDS: Tone.GOOD,
    ChangeKind.PARTLY_ENDS: Tone.GOOD,
}


def would(change: VerdictChange, now: Verdict, then: Verdict, patient: str) -> SafeString:
    """Return the sentence of a result that waits, the change itself in bold; says so where nothing changes."""
    first = change.first
    if first is None:
        return format_html(_percent(NO_CHANGE), patient=_whole(patient))
    table = _first_result(WOULD, FIRST_RESULT, first, now)
    return format_html(_percent(table[_key(table, first)]), patient=_whole(patient), **_names(first, now, then))


def phrase(change: VerdictChange, now: Verdict, then: Verdict, sample_class: SampleClass | None = None) -> str:
    """Return what a list says of a result: the weightiest change, that it counts for nothing, or that all stays."""
    first = change.first
    if first is not None:
        table = _first_result(PHRASES, FIRST_RESULT_PHRASE, first, now)
        return str(table[_key(table, first)]) % _names(first, now, then)
    if sample_class in INERT_CLASSES:
        return _now("none: counts for nothing, to be repeated")
    return _now("none: stays %(state)s") % {"state": _lower(state_said(now)[0])}


def tone(change: VerdictChange) -> str:
    """Return the tone of a change; what needs nobody is quiet."""
    return (Tone.QUIET if change.first is None else _TONES.get(change.first.kind, Tone.QUIET)).value


def state_said(verdict: Verdict) -> tuple[str, Word]:
    """Return where a series stands by a rule set, with icon and tone: `Confirmed molecular relapse`, `Low level`."""
    episode = standing_episode(verdict)
    if episode is None:
        said = word("state", verdict.state)
        return str(said.words), said
    words, said = episode_words(episode.status, episode.kind)
    if (episode.number or FIRST) > FIRST:
        words = _now("%(episode)s, number %(number)s") % {"episode": words, "number": episode.number}
    return words, said


def standing_episode(verdict: Verdict) -> Episode | None:
    """Return the episode or candidate that the state of a verdict speaks of; None where it is a class."""
    if verdict.state not in set(EpisodeStatus):
        return None
    of_state = [episode for episode in verdict.episodes if episode.status == verdict.state]
    return max(of_state, key=lambda episode: (episode.number or 0, episode.relapse_on), default=None)


def date_said(verdict: Verdict) -> str:
    """Return the date of the episode or suspicion that a state speaks of; empty where it speaks of none."""
    episode = standing_episode(verdict)
    if episode is None:
        return ""
    if episode.number is None:
        return _now("index %(on)s") % {"on": day(episode.relapse_on)}
    return _now("relapse date %(on)s") % {"on": day(episode.relapse_on)}


def done(patient: str, ruleset: str, then: Verdict) -> str:
    """Return the message after signing, which names the new verdict."""
    said = _lower(state_said(then)[0])
    when = date_said(then)
    named = {"patient": patient, "ruleset": word("ruleset", ruleset).words, "state": said, "date": when}
    if when:
        return _now("Authorised. %(patient)s by %(ruleset)s: %(state)s, %(date)s.") % named
    return _now("Authorised. %(patient)s by %(ruleset)s: %(state)s.") % named


def _first_result(
    table: Mapping[Told, "_StrPromise"], sentence: "_StrPromise", change: Change, now: Verdict
) -> Mapping[Told, "_StrPromise"]:
    """A change of state from none at all is told as what it is: the first result."""
    if change.kind is ChangeKind.CHANGES_STATE and now.state == NO_STATE:
        return {(ChangeKind.CHANGES_STATE, None): sentence}
    return table


def _key(table: Mapping[Told, "_StrPromise"], change: Change) -> tuple[ChangeKind, EpisodeKind | None]:
    kind = change.episode.kind if change.episode else None
    return (change.kind, kind) if (change.kind, kind) in table else (change.kind, None)


def _names(change: Change, now: Verdict, then: Verdict) -> dict[str, str]:
    episode, before = change.episode, change.before
    return {
        "number": str(episode.number or "") if episode else "",
        "on": day(episode.relapse_on) if episode else "",
        "was": day(before.relapse_on) if before else "",
        "alert": _lower(str(word("flag", change.flag).words)) if change.flag else "",
        "before": _lower(state_said(now)[0]),
        "after": _lower(state_said(then)[0]),
    }


def _percent(sentence: "str | Promise") -> str:
    """Turn the placeholders of a translation into those of format_html, which escapes what is filled in."""
    text = str(sentence).replace("{", "{{").replace("}", "}}")
    for name in ("patient", "number", "on", "was", "alert", "before", "after"):
        text = text.replace(f"%({name})s", f"{{{name}}}")
    return text


def _whole(patient: str) -> SafeString:
    return format_html('<span class="nb">{}</span>', patient)


def _lower(words: str) -> str:
    """Begin small, unless the words begin with an abbreviation."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
