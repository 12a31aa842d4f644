"""The verdict of one marker for the sheet: sentence, evidence, the other rule sets, the numbers under the curve."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import FlagCode, RuleSetId
from monitoring.queries.patient_page import MarkerPage
from monitoring.reports.sheet import EvidenceLine, Fact, RuleSetLine, Said, Verdict, Why
from monitoring.wording import dates, growth_words, open_relapse_words, rule_words, schedule_words, states
from monitoring.wording.account import Account
from monitoring.wording.evidence_rows import evidence_rows, unit_words
from monitoring.wording.rule_sets_beside import because, differs, disagreements, in_few_words
from monitoring.wording.table_remarks import NOT_REPEATED
from monitoring.wording.verdict_sentence import verdict_sentence
from monitoring.wording.words import Word

# flags that are told of single samples only, in the table
TOLD_AT_THE_SAMPLE = NOT_REPEATED | {FlagCode.ASSAY_CHANGED, FlagCode.EARLY_POST_HSCT, FlagCode.NPM1_LOSS_KNOWN}


def accounts_of(page: MarkerPage, as_of: date) -> dict[RuleSetId, Account]:
    """Return the account of every rule set, that of the one that raises alerts first."""
    found = {ruleset: Account(page.series, verdict, as_of) for ruleset, verdict in page.verdicts.items()}
    return {page.alerting: found.pop(page.alerting), **found}


def said(words: str, word: Word) -> Said:
    """Return words with the icon and tone of a code."""
    return Said(words, word.icon, word.tone.value)


def verdict(page: MarkerPage, accounts: Mapping[RuleSetId, Account]) -> Verdict:
    """Return the verdict in one sentence, by which rule set, and who does not agree."""
    own = accounts[page.alerting]
    sentence = verdict_sentence(own)
    told = [_("By %(ruleset)s, the rule set that raises alerts here.") % {"ruleset": _name(page.alerting)}]
    if own.open_episode:
        day = dates.day(own.open_episode.relapse_on)
        told.append(_("Relapse date %(day)s, that of the index sample.") % {"day": day})
    other = [ruleset for ruleset, account in accounts.items() if account is not own and differs(own, account)]
    told += [_("%(ruleset)s does not agree") % {"ruleset": _name(ruleset)} + "." for ruleset in other]
    return Verdict(sentence.lead, sentence.rest, sentence.icon, sentence.tone.value, " ".join(told))


def why(page: MarkerPage, own: Account) -> Why:
    """Return samples, arithmetic, rule and flags."""
    episode = own.standing
    return Why(
        unit=unit_words(own),
        lines=[EvidenceLine(row.label, row.words, row.value, row.decides) for row in evidence_rows(own)],
        rule=rule_words.rule_name(episode.rule) if episode else "",
        rule_text=rule_words.rule_text(own, episode.rule) if episode else "",
        flags=list(_flags(page)),
        source=f"{RULESETS[page.alerting].citation} {rule_words.edition_words(page.alerting)}",
    )


def _flags(page: MarkerPage) -> Iterable[Fact]:
    """Each flag once, with its latest day."""
    latest: dict[FlagCode, date | None] = {}
    for flag in page.verdict.flags:
        if flag.code not in TOLD_AT_THE_SAMPLE:
            latest[flag.code] = max((on for on in (latest.get(flag.code), flag.on) if on), default=None)
    for code, on in latest.items():
        yield Fact(str(states.word("flag", code).words), dates.day(on) if on else "")


def ruleset_lines(accounts: Mapping[RuleSetId, Account], alerting: RuleSetId) -> list[RuleSetLine]:
    """Return what every rule set says of the same samples, the one that raises alerts first."""
    return [
        RuleSetLine(
            ruleset=_name(ruleset),
            raises_alerts=ruleset is alerting,
            verdict=said(*in_few_words(account)),
            on=dates.day(account.standing.relapse_on) if account.standing else "",
            because=because(account),
        )
        for ruleset, account in accounts.items()
    ]


def disagreement_facts(accounts: Mapping[RuleSetId, Account], alerting: RuleSetId) -> list[Fact]:
    """Return every rule set that differs, with the reason."""
    others = (account for ruleset, account in accounts.items() if ruleset is not alerting)
    return [Fact(one.title, one.told) for one in disagreements(accounts[alerting], others)]


def numbers(page: MarkerPage, own: Account) -> list[Fact]:
    """Return doubling time, change since index, fall from diagnosis, and when the next level is reached."""
    found = [*growth_words.since_index_words(own), *growth_words.below_diagnosis_words(own)]
    if page.growth is not None:
        doubling = growth_words.doubling_words(own, page.growth.tissue, page.growth.doubling)
        found = [doubling, *found, *growth_words.reaching_words(page.growth.reaching, own.as_of)]
    told = [Fact(one.name[:1].upper() + one.name[1:], one.value, one.beside) for one in found]
    return [*told, *_next_sample(page, own.as_of)]


def _next_sample(page: MarkerPage, as_of: date) -> Iterable[Fact]:
    """The next sample that has a date, and what its interval was not made for."""
    due = next((one for one in page.schedule.to_come if one.due_on is not None), None)
    relapse = page.open_relapse
    agreed = relapse.agreed if relapse else None
    if due is not None:
        beside = [f"{schedule_words.due_tissues(due)}, {schedule_words.due_title(due)}"]
        beside += [schedule_words.standing(due, as_of)]
        if relapse is not None and relapse.concerns(due.rule):
            beside.append(open_relapse_words.not_made_for_it())
        yield Fact(_("Next sample due"), schedule_words.due_day(due), "; ".join(beside))
    if agreed is not None:
        said = open_relapse_words.agreed_words(agreed.on, agreed.tissue, as_of)
        yield Fact(_("Next sample agreed"), dates.day(agreed.on) if agreed.on else _("none"), said)


def _name(ruleset: RuleSetId) -> str:
    return str(states.word("ruleset", ruleset).words)
