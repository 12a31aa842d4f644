"""Which stored alert is the one that a wanted alert continues, when its index sample has moved meanwhile."""

from collections.abc import Sequence
from datetime import date

from monitoring.domain.terms import FlagCode
from monitoring.domain.urgency import EPISODE, AlertDue
from monitoring.models import Alert
from monitoring.models.choices import AlertStateChoice

Pairs = list[tuple[AlertDue, Alert | None]]


def pair(wanted: Sequence[AlertDue], stored: Sequence[Alert]) -> tuple[Pairs, list[Alert]]:
    """Pair each wanted alert with the stored one that it continues, the surest signs first; return what is left over.

    The same index sample; then the same day or samples, or a run of flags that shares days with the stored one; last
    the same number of an episode that still stands. A stored alert continues one wanted alert at most, and one that
    was taken back none that another stored alert could be.
    """
    left = sorted(stored, key=lambda alert: alert.state == AlertStateChoice.RETRACTED)
    partner: dict[int, Alert] = {}
    for is_same in (_same_index, _same_samples, _same_number):
        for place, due in enumerate(wanted):
            if place in partner:
                continue
            found = next((alert for alert in left if _same_kind(due, alert) and is_same(due, alert)), None)
            if found is not None:
                partner[place] = found
                left.remove(found)
    return [(due, partner.get(place)) for place, due in enumerate(wanted)], left


def _same_kind(due: AlertDue, alert: Alert) -> bool:
    """A flag keeps its alert when the centre chooses another rule set: what was seen in the sample was seen.

    An episode is one of a rule set, and so is the disagreement with it.
    """
    if due.code != alert.code:
        return False
    if due.code in (EPISODE, FlagCode.RULESETS_DISAGREE):
        return due.ruleset == alert.ruleset
    return (due.tissue or None) == (alert.detail.get("tissue") or None)


def _same_index(due: AlertDue, alert: Alert) -> bool:
    if due.index is None:
        return due.on == alert.index_on
    return str(alert.index_result_id) == due.index


def _same_samples(due: AlertDue, alert: Alert) -> bool:
    if due.code == EPISODE:
        # The index was amended away and the confirming sample is now the index, or the other way round.
        resampled = due.index == alert.detail.get("latest") or due.latest == str(alert.index_result_id)
        return due.on == alert.index_on or resampled
    if due.code == FlagCode.NO_RESPONSE:  # a later sample of the same window decides now
        return alert.state != AlertStateChoice.RETRACTED
    if due.on is None or due.latest_on is None or alert.index_on is None:
        return False
    until = alert.detail.get("latest_on") or alert.index_on.isoformat()
    return due.on <= date.fromisoformat(until) and alert.index_on <= due.latest_on


def _same_number(due: AlertDue, alert: Alert) -> bool:
    number = alert.detail.get("number")
    still_stands = alert.state != AlertStateChoice.RETRACTED
    return due.code == EPISODE and still_stands and number is not None and number == due.number
