"""What becomes an alert, how urgent it is, by when it is acknowledged and who hears of it next.

One alert follows an episode or candidate by its index sample; a run of consecutive samples of a tissue with the same
flag is one alert. The times are the defaults of a new centre. Source: docs/methods/rules.md, "Alerts".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from monitoring.domain.runs import runs_of_flags
from monitoring.domain.series import Series
from monitoring.domain.suspicion import cannot_wait
from monitoring.domain.terms import EpisodeKind, EpisodeStatus, FlagCode, RuleSetId, Tissue
from monitoring.domain.verdicts import Episode, Verdict

# The code of an alert that follows an episode or candidate; its status tells which.
EPISODE = "EPISODE"
SATURDAY = 5


class Urgency(IntEnum):
    """1 is the most urgent; 4 is shown on the patient's page only."""

    FIRST = 1
    SECOND = 2
    THIRD = 3
    FOURTH = 4


class Escalation(StrEnum):
    """Who hears of an alert that nobody acknowledged in time."""

    SECOND_CLINICIAN = "SECOND_CLINICIAN"
    CENTRE_LEAD = "CENTRE_LEAD"


@dataclass(frozen=True, slots=True)
class AcknowledgeWithin:
    """Days from the raising of an alert to its acknowledgement; working days leave out Saturdays and Sundays."""

    days: int
    working_days: bool

    def due_on(self, raised_on: date, holidays: frozenset[date] = frozenset()) -> date:
        """Return the last day on which the acknowledgement is in time."""
        if not self.working_days:
            return raised_on + timedelta(days=self.days)
        day, left = raised_on, self.days
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < SATURDAY and day not in holidays
        return day


ACKNOWLEDGE_WITHIN: Mapping[Urgency, AcknowledgeWithin | None] = {
    Urgency.FIRST: AcknowledgeWithin(days=1, working_days=True),
    Urgency.SECOND: AcknowledgeWithin(days=3, working_days=True),
    Urgency.THIRD: AcknowledgeWithin(days=7, working_days=False),
    Urgency.FOURTH: None,
}

ESCALATION: Mapping[Urgency, tuple[Escalation, ...]] = {
    Urgency.FIRST: (Escalation.SECOND_CLINICIAN, Escalation.CENTRE_LEAD),
    Urgency.SECOND: (Escalation.SECOND_CLINICIAN,),
    Urgency.THIRD: (),
    Urgency.FOURTH: (),
}

URGENCY_OF_FLAG: Mapping[FlagCode, Urgency] = {
    FlagCode.PROGRESSION_ON_THERAPY: Urgency.FIRST,
    FlagCode.RISING_IN_EPISODE: Urgency.FIRST,
    FlagCode.HIGH_LEVEL: Urgency.FIRST,
    FlagCode.POST_HSCT_POSITIVE: Urgency.FIRST,
    FlagCode.CONFIRMATION_OVERDUE: Urgency.SECOND,
    FlagCode.TARGET_SEEN_INADEQUATE: Urgency.SECOND,
    FlagCode.DETECTED_AFTER_LIMITED: Urgency.SECOND,
    FlagCode.RISE_ACROSS_ASSAYS: Urgency.SECOND,
    FlagCode.RESPONSE_LOST: Urgency.SECOND,
    FlagCode.EOT_POSITIVE: Urgency.SECOND,
    FlagCode.PERSISTENCE: Urgency.SECOND,
    FlagCode.NO_RESPONSE: Urgency.SECOND,
    FlagCode.SAMPLE_OVERDUE: Urgency.THIRD,
    FlagCode.RISING_ON_THERAPY: Urgency.THIRD,
    FlagCode.REVIEW_VALUE: Urgency.THIRD,
    FlagCode.RULESETS_DISAGREE: Urgency.THIRD,
    FlagCode.REPEAT_SAMPLE: Urgency.FOURTH,
    FlagCode.ASSAY_CHANGED: Urgency.FOURTH,
    FlagCode.EARLY_POST_HSCT: Urgency.FOURTH,
    FlagCode.UNQUANTIFIED: Urgency.FOURTH,
    FlagCode.END_OF_TREATMENT_MISSING: Urgency.FOURTH,
}
# A fact about the marker that stands beside every negative; nobody has to acknowledge it.
NEVER_AN_ALERT = frozenset({FlagCode.NPM1_LOSS_KNOWN})

ALERT_IN_EVERY_RULESET = frozenset(
    {
        FlagCode.HIGH_LEVEL,
        FlagCode.EOT_POSITIVE,
        FlagCode.PERSISTENCE,
        FlagCode.PROGRESSION_ON_THERAPY,
        FlagCode.RISING_IN_EPISODE,
        FlagCode.POST_HSCT_POSITIVE,
        FlagCode.DETECTED_AFTER_LIMITED,
    }
)

OPEN_STATUSES = frozenset({EpisodeStatus.SUSPECTED, EpisodeStatus.CONFIRMED, EpisodeStatus.PARTLY_RESPONDED})


@dataclass(frozen=True, slots=True)
class AlertDue:
    """An alert that a verdict gives rise to.

    `code` is EPISODE or the flag; `index` the result that the alert follows: the index sample, or the first of a run,
    of which `latest` is the last, and `between` the days of those between the two. `status`, `kind` and `number` are
    those of the episode; `also_by` are other rule sets that raise the very same.
    """

    ruleset: RuleSetId
    code: str
    urgency: Urgency
    tissue: Tissue | None
    index: str | None
    on: date | None
    latest: str | None
    latest_on: date | None
    status: EpisodeStatus | None = None
    kind: EpisodeKind | None = None
    number: int | None = None
    also_by: tuple[RuleSetId, ...] = ()
    between: tuple[date, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether the candidate was closed or the episode has ended; a flag is never over by itself."""
        return self.status is not None and self.status not in OPEN_STATUSES


def urgency_of_retraction(urgency: Urgency) -> Urgency | None:
    """Return how urgent it is to hear that an alert no longer holds; None: it is not told on its own."""
    return Urgency.SECOND if urgency is Urgency.FIRST else None


def urgency_of_episode(episode: Episode, verdict: Verdict, series: Series) -> Urgency:
    """Return 1 for every confirmed episode and for a candidate that is high or rises fast, otherwise 2."""
    if episode.number is not None or cannot_wait(episode, verdict, series):
        return Urgency.FIRST
    return Urgency.SECOND


def alerts_of(verdict: Verdict, series: Series) -> list[AlertDue]:
    """Return every alert of one verdict: episodes and candidates by index, then runs of flags by their first day."""
    return [*_alerts_of_episodes(verdict, series), *_alerts_of_flags(verdict, series)]


def alerts_raised(verdicts: Mapping[RuleSetId, Verdict], chosen: RuleSetId, series: Series) -> list[AlertDue]:
    """Return the alerts of the rule set that the centre chose, and of the others what is an alert in every rule set.

    The same flag on the same sample is one alert, of the chosen rule set where that raises it.
    """
    alerts = alerts_of(verdicts[chosen], series)
    for ruleset, verdict in verdicts.items():
        if ruleset is not chosen:
            alerts += [alert for alert in _alerts_of_flags(verdict, series) if alert.code in ALERT_IN_EVERY_RULESET]
    return _merged([*alerts, *disagreements(verdicts, chosen)])


def disagreements(verdicts: Mapping[RuleSetId, Verdict], chosen: RuleSetId) -> list[AlertDue]:
    """Return RULESETS_DISAGREE for each confirmed episode of another rule set that the chosen one does not share.

    Two rule sets share an episode if one confirmed episode of each was open on a common day.
    """
    own = _confirmed(verdicts[chosen])
    return [
        replace(
            _alert_of_episode(episode, ruleset, URGENCY_OF_FLAG[FlagCode.RULESETS_DISAGREE]),
            code=FlagCode.RULESETS_DISAGREE.value,
        )
        for ruleset, verdict in verdicts.items()
        if ruleset is not chosen
        for episode in _confirmed(verdict)
        if not any(_share_a_day(episode, other) for other in own)
    ]


def _confirmed(verdict: Verdict) -> list[Episode]:
    return [episode for episode in verdict.episodes if episode.number is not None]


def _share_a_day(one: Episode, other: Episode) -> bool:
    one_end, other_end = one.ended_on or date.max, other.ended_on or date.max
    return one.relapse_on <= other_end and other.relapse_on <= one_end


def _alerts_of_episodes(verdict: Verdict, series: Series) -> list[AlertDue]:
    return [
        _alert_of_episode(episode, verdict.ruleset, urgency_of_episode(episode, verdict, series))
        for episode in verdict.episodes
    ]


def _alert_of_episode(episode: Episode, ruleset: RuleSetId, urgency: Urgency) -> AlertDue:
    return AlertDue(
        ruleset=ruleset,
        code=EPISODE,
        urgency=urgency,
        tissue=episode.tissue,
        index=episode.index,
        on=episode.relapse_on,
        latest=episode.confirmed_by or episode.index,
        latest_on=episode.confirmed_on or episode.relapse_on,
        status=episode.status,
        kind=episode.kind,
        number=episode.number,
    )


def _alerts_of_flags(verdict: Verdict, series: Series) -> list[AlertDue]:
    return [
        AlertDue(
            ruleset=verdict.ruleset,
            code=run[0].code.value,
            urgency=URGENCY_OF_FLAG[run[0].code],
            tissue=run[0].tissue,
            index=run[0].result,
            on=run[0].on,
            latest=run[-1].result,
            latest_on=run[-1].on,
            between=tuple(sorted({flag.on for flag in run[1:-1] if flag.on is not None})),
        )
        for run in runs_of_flags(verdict, series)
        if run[0].code not in NEVER_AN_ALERT
    ]


def _reach(alert: AlertDue) -> date:
    return alert.latest_on or date.min


def _merged(alerts: Iterable[AlertDue]) -> list[AlertDue]:
    """One alert for the same code on the same sample: the first one, unless that is over and a later one is not.

    A run of flags goes as far as the rule set that follows it furthest: its last sample is news by whichever it is.
    """
    by_key: dict[tuple[str, str | None], AlertDue] = {}
    for alert in alerts:
        key = (alert.code, alert.index)
        first, second = by_key.get(key), alert
        if first is not None:
            if first.is_over and not second.is_over:
                first, second = second, first
            longest = max((first, second), key=_reach) if alert.code != EPISODE else first
            also_by = (*by_key[key].also_by, second.ruleset)
            second = replace(
                first, also_by=also_by, latest=longest.latest, latest_on=longest.latest_on, between=longest.between
            )
        by_key[key] = second
    return list(by_key.values())
