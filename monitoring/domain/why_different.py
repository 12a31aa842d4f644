"""Why two rule sets disagree about one series: the features that, were they alike, would make the verdicts agree.

Nothing is guessed: the other rule set is asked again with one feature of the first in the place of its own, then with
two, and so on; the fewest that bring the two together are the reason. Source: docs/methods/what_would_change.md.
"""

from datetime import date
from enum import StrEnum
from itertools import combinations

from monitoring.domain.classify import classify
from monitoring.domain.rulesets.guideline import RuleSet
from monitoring.domain.series import Series
from monitoring.domain.terms import EpisodeStatus
from monitoring.domain.verdicts import Episode, Verdict

_OPEN = (EpisodeStatus.CONFIRMED, EpisodeStatus.PARTLY_RESPONDED)


class Standing(StrEnum):
    """Whether a verdict speaks of a relapse."""

    RELAPSE = "RELAPSE"
    SUSPICION = "SUSPICION"
    NO_RELAPSE = "NO_RELAPSE"


class Feature(StrEnum):
    """What rule sets differ in, in the order in which it is told."""

    TISSUES = "TISSUES"
    LEVELS = "LEVELS"
    COUNTED_AS_NEGATIVE = "COUNTED_AS_NEGATIVE"
    SECOND_SAMPLE = "SECOND_SAMPLE"
    WAIVER = "WAIVER"


_FIELDS: dict[Feature, tuple[str, ...]] = {
    Feature.TISSUES: ("tissues",),
    Feature.LEVELS: ("levels", "only_positive_triggers"),
    Feature.COUNTED_AS_NEGATIVE: ("negative_below",),
    Feature.SECOND_SAMPLE: ("confirmation", "refuted_by_any_sample"),
    Feature.WAIVER: ("waiver",),
}


def standing_episode(verdict: Verdict) -> Episode | None:
    """Return the open episode of a verdict, else its earliest open candidate; None where there is neither."""
    holding = [one for one in verdict.episodes if one.status in _OPEN and one.status == verdict.state]
    if holding:
        return max(holding, key=lambda one: one.number or 0)
    return next((one for one in verdict.episodes if one.status is EpisodeStatus.SUSPECTED), None)


def stands(verdict: Verdict) -> tuple[Standing, date | None]:
    """Return whether a verdict speaks of a relapse, and its date; two that are equal do not disagree."""
    episode = standing_episode(verdict)
    if episode is None:
        return Standing.NO_RELAPSE, None
    waits = episode.status is EpisodeStatus.SUSPECTED
    return Standing.SUSPICION if waits else Standing.RELAPSE, episode.relapse_on


def why_different(series: Series, own: RuleSet, other: RuleSet, as_of: date | None) -> tuple[Feature, ...]:
    """Return the fewest features of `other` that make it disagree with `own` on a series; empty where they agree.

    With every feature taken over the two are the same rules, so there is always an answer.
    """
    wanted = stands(classify(series, own, as_of))
    if stands(classify(series, other, as_of)) == wanted:
        return ()
    unlike = [feature for feature in Feature if _differs(feature, own, other)]
    for count in range(1, len(unlike) + 1):
        for chosen in combinations(unlike, count):
            if stands(classify(series, _taking_over(own, other, chosen), as_of)) == wanted:
                return chosen
    return tuple(unlike)


def leading_reasons(series: Series, own: RuleSet, other: RuleSet, as_of: date | None) -> tuple[Feature, ...]:
    """Return those of `why_different` that move the verdict of `other` even alone; all of them where none does.

    The others only keep the two apart once the first is taken away.
    """
    features, stood = why_different(series, own, other, as_of), stands(classify(series, other, as_of))
    moving = [
        feature
        for feature in features
        if len(features) > 1 and stands(classify(series, _taking_over(own, other, (feature,)), as_of)) != stood
    ]
    return tuple(moving) or features


def _differs(feature: Feature, own: RuleSet, other: RuleSet) -> bool:
    return any(getattr(own, name) != getattr(other, name) for name in _FIELDS[feature])


def _taking_over(own: RuleSet, other: RuleSet, features: tuple[Feature, ...]) -> RuleSet:
    """The other rule set with some features of the first."""
    taken = {name: getattr(own, name) for feature in features for name in _FIELDS[feature]}
    values = {name: getattr(other, name) for name in RuleSet.__dataclass_fields__}
    return RuleSet(**(values | taken))
