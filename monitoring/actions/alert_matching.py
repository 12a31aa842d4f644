"""Which stored alert is the one that a wanted alert continues, when its index sample has moved meanwhile."""

from collections.abc import Sequence

from monitoring.domain.terms import FlagCode
from monitoring.domain.urgency import ALERT_IN_EVERY_RULESET, EPISODE, AlertDue
from monitoring.models import Alert

Pairs = list[tuple[AlertDue, Alert | None]]


def pair(wanted: Sequence[AlertDue], stored: Sequence[Alert]) -> tuple[Pairs, list[Alert]]:
    """Pair each wanted alert with the stored one that it continues, the surest signs first; return what is left over.

    The same index sample; then the same episode number, or a run of flags that holds the stored sample; a stored
    alert continues one wanted alert at most.
    """
    left = list(stored)
    partner: dict[int, Alert] = {}
    for is_same in (_same_index, _same_episode_or_run):
        for place, due in enumerate(wanted):
            if place in partner:
                continue
            found = next((alert for alert in left if _same_kind(due, alert) and is_same(due, alert)), None)
            if found is not None:
                partner[place] = found
                left.remove(found)
    return [(due, partner.get(place)) for place, due in enumerate(wanted)], left


def _same_kind(due: AlertDue, alert: Alert) -> bool:
    """Flags that are alerts whatever the rule set keep their alert when the centre chooses another.

    So does a sample that is overdue: due dates do not depend on the rule set.
    """
    if due.code != alert.code:
        return False
    if due.code == EPISODE:
        return due.ruleset == alert.ruleset
    if (due.tissue or None) != (alert.detail.get("tissue") or None):
        return False
    return due.ruleset == alert.ruleset or due.code in ALERT_IN_EVERY_RULESET or due.code == FlagCode.SAMPLE_OVERDUE


def _same_index(due: AlertDue, alert: Alert) -> bool:
    if due.index is None:
        return due.on == alert.index_on
    return str(alert.index_result_id) == due.index


def _same_episode_or_run(due: AlertDue, alert: Alert) -> bool:
    if due.code == EPISODE:
        number = alert.detail.get("number")
        if due.on == alert.index_on or (number is not None and number == due.number):
            return True
        # The index was amended away and the confirming sample is now the index, or the other way round.
        return due.index == alert.detail.get("latest") or due.latest == str(alert.index_result_id)
    if due.on is None or due.latest_on is None or alert.index_on is None:
        return False
    return due.on <= alert.index_on <= due.latest_on
