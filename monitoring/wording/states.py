"""The words of every code of the rules, with icon and tone: the one table of truth.

A haematologist's words: marrow and blood, suspected and confirmed, not detected. Verdicts are feminine in French
because the MRD and the relapse are; calls are masculine because the transcript is.
"""

from enum import StrEnum

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.domain import evidence
from monitoring.domain.terms import (
    Call,
    CourseStart,
    CycleResponse,
    EpisodeKind,
    EpisodeResponse,
    EpisodeStatus,
    FlagCode,
    Marker,
    Rule,
    RuleSetId,
    SampleClass,
    Timepoint,
    Tissue,
)
from monitoring.wording.flags import FLAGS
from monitoring.wording.words import Tone, Word

NO_STATE = "NONE"  # a series without any evaluable sample

STATUSES: dict[str, Word] = {
    EpisodeStatus.SUSPECTED: Word(_("Suspected"), "suspected", Tone.SUSPECTED),
    EpisodeStatus.CONFIRMED: Word(_("Confirmed"), "confirmed", Tone.CONFIRMED),
    EpisodeStatus.PARTLY_RESPONDED: Word(_("Responded in one tissue only"), "low", Tone.SUSPECTED),
    EpisodeStatus.RESPONDED: Word(_("Responded"), "good", Tone.GOOD),
    EpisodeStatus.REMITTED_UNTREATED: Word(_("Resolved without treatment"), "good", Tone.GOOD),
    EpisodeStatus.NOT_CONFIRMED: Word(_("Not confirmed"), "closed"),
    EpisodeStatus.TREATED_UNCONFIRMED: Word(_("Treated before confirmation"), "closed"),
    EpisodeStatus.ABSORBED: Word(_("Counted with another episode"), "closed"),
    EpisodeStatus.CLOSED_BY_EVENT: Word(_("Closed by transplant, relapse or death"), "closed"),
}
CLASSES: dict[str, Word] = {
    SampleClass.NEGATIVE: Word(_("Negative"), "good", Tone.GOOD),
    SampleClass.LOW_LEVEL: Word(_("Low level"), "low"),
    SampleClass.POSITIVE: Word(_("Positive"), "positive"),
    SampleClass.DETECTED: Word(pgettext_lazy("class of a sample", "Detected"), "positive"),
    SampleClass.LIMITED_NEGATIVE: Word(_("Limited negative"), "limited"),
    SampleClass.INDETERMINATE: Word(pgettext_lazy("class of a sample", "Indeterminate"), "indeterminate"),
    SampleClass.NOT_EVALUABLE: Word(_("Not evaluable"), "not-evaluable"),
    SampleClass.IGNORED: Word(_("Not read by this rule set"), "none"),
}
CALLS: dict[str, Word] = {
    Call.DETECTED: Word(_("Detected"), "positive"),
    Call.NOT_DETECTED: Word(_("Not detected"), "good"),
    Call.INDETERMINATE: Word(_("Indeterminate"), "indeterminate"),
    Call.NOT_EVALUABLE: Word(_("Not evaluable"), "not-evaluable"),
    Call.UNKNOWN: Word(_("Not interpreted"), "ask"),
}
KINDS: dict[str, Word] = {
    EpisodeKind.MOLECULAR_RELAPSE: Word(_("Molecular relapse"), "confirmed", Tone.CONFIRMED),
    EpisodeKind.MOLECULAR_PROGRESSION: Word(_("Molecular progression"), "confirmed", Tone.CONFIRMED),
}
EPISODES: dict[tuple[str, str], Word] = {
    (EpisodeStatus.CONFIRMED, EpisodeKind.MOLECULAR_RELAPSE): Word(
        _("Confirmed molecular relapse"), "confirmed", Tone.CONFIRMED
    ),
    (EpisodeStatus.CONFIRMED, EpisodeKind.MOLECULAR_PROGRESSION): Word(
        _("Confirmed molecular progression"), "confirmed", Tone.CONFIRMED
    ),
    (EpisodeStatus.SUSPECTED, EpisodeKind.MOLECULAR_RELAPSE): Word(
        _("Suspected molecular relapse"), "suspected", Tone.SUSPECTED
    ),
    (EpisodeStatus.SUSPECTED, EpisodeKind.MOLECULAR_PROGRESSION): Word(
        _("Suspected molecular progression"), "suspected", Tone.SUSPECTED
    ),
}
RESPONSES: dict[str, Word] = {
    CycleResponse.NEGATIVITY: Word(_("Negativity"), "good", Tone.GOOD),
    CycleResponse.REDUCTION: Word(_("Reduction, 1 log or more"), "low", Tone.GOOD),
    CycleResponse.STABLE: Word(_("Stable"), "indeterminate"),
    CycleResponse.PROGRESSION: Word(_("Progression, 1 log or more"), "confirmed", Tone.CONFIRMED),
    CycleResponse.NOT_EVALUATED: Word(_("Not evaluated"), "not-evaluable"),
}
TISSUES: dict[str, Word] = {
    Tissue.BONE_MARROW: Word(_("marrow"), "marrow"),
    Tissue.PERIPHERAL_BLOOD: Word(_("blood"), "blood"),
}
MARKERS: dict[str, Word] = {
    Marker.NPM1: Word(_("NPM1")),
    Marker.RUNX1_RUNX1T1: Word(_("RUNX1::RUNX1T1")),
    Marker.CBFB_MYH11: Word(_("CBFB::MYH11")),
}
RULE_SETS: dict[str, Word] = {
    RuleSetId.ELN2021: Word(_("ELN 2021")),
    RuleSetId.ELN2022: Word(_("ELN 2022")),
    RuleSetId.ELN2025: Word(_("ELN 2025")),
    RuleSetId.TIONG2020: Word(_("Tiong 2020")),
}
RULES: dict[str, Word] = {
    Rule.R1: Word(_("Conversion"), meaning=_("Detected after a negative.")),
    Rule.R2: Word(_("Rise"), meaning=_("At least one log above the lowest value.")),
}
TIMEPOINTS: dict[str, Word] = {
    Timepoint.AFTER_CYCLE_2: Word(_("After cycle 2")),
    Timepoint.END_OF_TREATMENT: Word(_("End of treatment")),
}
COURSE_STARTS: dict[str, Word] = {
    CourseStart.HSCT: Word(_("HSCT"), "transplant"),
    CourseStart.HAEMATOLOGICAL_RELAPSE: Word(_("Haematological relapse"), "confirmed", Tone.CONFIRMED),
}
FACTS: dict[str, Word] = {
    evidence.INDEX: Word(_("index sample")),
    evidence.PRIOR_NEGATIVE: Word(_("prior negative")),
    evidence.NADIR: Word(_("lowest value")),
    evidence.CONFIRMED_BY: Word(_("confirming sample")),
    evidence.WAIVER: Word(_("one sample suffices")),
    evidence.RESPONSE: Word(_("response")),
    evidence.REFERENCE: Word(_("reference before treatment")),
    evidence.TREATMENT: Word(_("pre-emptive treatment")),
    evidence.BASELINE: Word(_("at diagnosis")),
    evidence.LIMITED_NEGATIVE: Word(_("limited negative before it")),
    evidence.NEGATIVE: Word(pgettext_lazy("role of a sample", "negative")),
    evidence.ENDED: Word(_("ended")),
}
STATES: dict[str, Word] = {
    **{str(code): word for code, word in CLASSES.items()},
    **{str(code): word for code, word in STATUSES.items()},
    NO_STATE: Word(_("No evaluable result"), "none"),
}

WORDS: dict[type[StrEnum], dict[str, Word]] = {
    Marker: MARKERS,
    Tissue: TISSUES,
    Call: CALLS,
    SampleClass: CLASSES,
    Timepoint: TIMEPOINTS,
    CourseStart: COURSE_STARTS,
    RuleSetId: RULE_SETS,
    Rule: RULES,
    EpisodeKind: KINDS,
    EpisodeStatus: STATUSES,
    EpisodeResponse: {code: RESPONSES[code] for code in EpisodeResponse},
    FlagCode: FLAGS,
    CycleResponse: RESPONSES,
}
# the same tables by the names that templates use, for codes that come from the database as plain strings
TABLES: dict[str, dict[str, Word]] = {
    "marker": MARKERS,
    "tissue": TISSUES,
    "call": CALLS,
    "class": CLASSES,
    "timepoint": TIMEPOINTS,
    "course": COURSE_STARTS,
    "ruleset": RULE_SETS,
    "rule": RULES,
    "kind": KINDS,
    "status": STATUSES,
    "response": RESPONSES,
    "flag": FLAGS,
    "fact": FACTS,
    "state": STATES,
}


class NoWordsFor(Exception):
    """A code without words was to be shown; it is never shown as it is stored."""


def word(table: str, code: str) -> Word:
    """Return the words of a code of the named table; raises NoWordsFor."""
    try:
        return TABLES[table][code]
    except KeyError as error:
        raise NoWordsFor(f"{table}: {code}") from error


def episode_words(status: str, kind: str) -> tuple[str, Word]:
    """Return how an episode is told, and the word that gives icon and tone: `Confirmed molecular relapse`."""
    told = EPISODES.get((status, kind))
    if told is not None:
        return str(told.words), told
    state = word("status", status)
    sentence = _now("%(kind)s: %(status)s") % {
        "kind": word("kind", kind).words,
        "status": _uncapitalised(str(state.words)),
    }
    return sentence, state


def _uncapitalised(words: str) -> str:
    return words[:1].lower() + words[1:]
