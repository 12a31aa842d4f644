"""The words of the patient page: sentences, rows and remarks made from what the queries found, for the template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import FlagCode, RuleSetId
from monitoring.domain.verdicts import Flag
from monitoring.queries.patient_alerts import AlertStep, PatientAlert
from monitoring.queries.patient_page import MarkerPage
from monitoring.views.alert_story import Desk, ToldAlert, told_alert
from monitoring.wording import growth_words, rule_words, states
from monitoring.wording.account import Account
from monitoring.wording.earlier_episodes import details, title
from monitoring.wording.eln2025_response_words import ResponseRow, citation, response_rows
from monitoring.wording.evidence_rows import EvidenceRow, evidence_rows, unit_words
from monitoring.wording.growth_words import KeyNumber
from monitoring.wording.next_sample_words import next_sample_sentences
from monitoring.wording.rule_sets_beside import Disagreement, because, differs, disagreements, in_few_words
from monitoring.wording.table_remarks import NOT_REPEATED, deciding, remarks
from monitoring.wording.verdict_sentence import Sentence, verdict_sentence
from monitoring.wording.words import Tone, Word

# flags that are told of single samples only, in the table
TOLD_AT_THE_SAMPLE = NOT_REPEATED | {FlagCode.ASSAY_CHANGED, FlagCode.EARLY_POST_HSCT, FlagCode.NPM1_LOSS_KNOWN}


@dataclass(frozen=True, slots=True)
class RuleTold:
    """The rule by which the open episode or suspicion stands."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class RuleSetRow:
    """One rule set's verdict on the same samples."""

    ruleset: RuleSetId
    words: str
    word: Word
    on: date | None
    because: list[str]
    raises_alerts: bool
    differs: bool


@dataclass(frozen=True, slots=True)
class ToldFlag:
    """A flag with the latest day on which it holds."""

    code: FlagCode
    on: date | None


@dataclass(frozen=True, slots=True)
class EarlierEpisode:
    """An episode or suspicion that is over; `answered` is how its alert was acknowledged."""

    title: str
    icon: str
    tone: Tone
    on: date
    details: list[str]
    answered: AlertStep | None


@dataclass(frozen=True, slots=True)
class MarkerStory:
    """Everything that is said of one marker."""

    sentence: Sentence
    relapse_on: date | None
    rule: RuleTold | None
    rows: list[EvidenceRow]
    unit: str
    citation: str
    edition: str
    next_samples: list[str]
    rulesets: list[RuleSetRow]
    disagreements: list[Disagreement]
    responses: list[ResponseRow]
    response_citation: str
    flags: list[ToldFlag]
    numbers: list[KeyNumber]
    remarks: Mapping[str, list[str]]
    deciding: frozenset[str]
    earlier: list[EarlierEpisode]
    open_alerts: list[ToldAlert]
    alerts_in_hand: list[ToldAlert]
    past_alerts: list[ToldAlert]

    @property
    def unacknowledged(self) -> list[str]:
        """The index samples of alerts that wait: their rings are drawn in the colour of alarm."""
        return [told.alert.index_id for told in self.open_alerts if told.alert.index_id]


def story_of(page: MarkerPage, as_of: date, now: datetime, desk: Desk | None) -> MarkerStory:
    """Return the words for one marker, in the reader's language; `now` is the moment from which waiting is counted."""
    accounts = {ruleset: Account(page.series, verdict, as_of) for ruleset, verdict in page.verdicts.items()}
    own = accounts[page.alerting]
    told = [told_alert(each, page, now, desk) for each in page.alerts]
    return MarkerStory(
        sentence=verdict_sentence(own),
        relapse_on=own.open_episode.relapse_on if own.open_episode else None,
        rule=_rule(own),
        rows=evidence_rows(own, page.next_samples),
        unit=unit_words(own),
        citation=RULESETS[page.alerting].citation,
        edition=rule_words.edition_words(page.alerting),
        next_samples=next_sample_sentences(own, page.next_samples),
        rulesets=[_ruleset_row(account, own) for account in _own_first(accounts, page.alerting)],
        disagreements=disagreements(own, (account for account in accounts.values() if account is not own)),
        responses=response_rows(page.eln2025_responses),
        response_citation=citation(),
        flags=list(_flags(page.verdict.flags)),
        numbers=list(growth_words.key_numbers(own, page.growth)),
        remarks=remarks(own),
        deciding=deciding(own),
        earlier=[_earlier(own, page.alerts, place) for place in range(len(own.earlier))],
        open_alerts=[each for each in told if each.alert.is_open],
        alerts_in_hand=[each for each in told if each.alert.is_in_hand],
        past_alerts=[each for each in told if not each.alert.is_open and not each.alert.is_in_hand],
    )


def _rule(own: Account) -> RuleTold | None:
    episode = own.standing
    if episode is None:
        return None
    return RuleTold(rule_words.rule_name(episode.rule), rule_words.rule_text(own, episode.rule))


def _own_first(accounts: Mapping[RuleSetId, Account], alerting: RuleSetId) -> list[Account]:
    return sorted(accounts.values(), key=lambda account: account.verdict.ruleset is not alerting)


def _ruleset_row(account: Account, own: Account) -> RuleSetRow:
    episode = account.standing
    words, word = in_few_words(account)
    return RuleSetRow(
        ruleset=account.verdict.ruleset,
        words=words,
        word=word,
        on=episode.relapse_on if episode else None,
        because=because(account),
        raises_alerts=account is own,
        differs=differs(own, account),
    )


def _flags(flags: Iterable[Flag]) -> Iterable[ToldFlag]:
    """Each flag once, with its latest day, in the order in which the rule set names them."""
    latest: dict[FlagCode, date | None] = {}
    for flag in flags:
        if flag.code not in TOLD_AT_THE_SAMPLE:
            latest[flag.code] = max((on for on in (latest.get(flag.code), flag.on) if on), default=None)
    return (ToldFlag(code, on) for code, on in latest.items())


def _earlier(own: Account, alerts: Iterable[PatientAlert], place: int) -> EarlierEpisode:
    episode = own.earlier[place]
    answered = [alert.acknowledged for alert in alerts if alert.index_id == episode.index and alert.acknowledged]
    word = states.episode_words(episode.status, episode.kind)[1]
    return EarlierEpisode(
        title=title(episode),
        icon=word.icon,
        tone=word.tone if word.tone is Tone.GOOD else Tone.QUIET,  # nothing that is over needs a person today
        on=episode.relapse_on,
        details=details(own, episode),
        answered=answered[-1] if answered else None,
    )
