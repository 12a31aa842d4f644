"""Which stored alert is the one that a wanted alert continues, when its index sample has moved meanwhile."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from monitoring.domain.terms import FlagCode
from monitoring.domain.urgency import EPISODE, AlertDue
from monitoring.models import Alert
from monitoring.models.choices import AlertStateChoice

Pairs = list[tuple[AlertDue, Alert | None]]


def pair(wanted: Sequence[AlertDue], stored: Sequence[Alert]) -> tuple[Pairs, list[Alert]]:
    """Pair each wanted alert with the stored one that it continues, the surest signs first; return what is left over.

    The same index sample; then the same day or samples, or a run of flags that shares days with the stored one; last
    the same number of an episode that still stands. A stored alert continues one wanted alert at most: candidates that
    are closed come last, so that none takes the alert of the episode into which it went.
    """
    left = list(stored)
    partner: dict[int, Alert] = {}
    places = range(len(wanted))
    closed = [place for place in places if wanted[place].is_over and wanted[place].number is None]
    for among in ([place for place in places if place not in closed], closed):
        for is_same, order in ((_same_index, _own_first), (_same_samples, _standing_first), (_same_number, _own_first)):
            for place in among:
                due = wanted[place]
                fitting = [alert for alert in left if _same_kind(due, alert) and is_same(due, alert)]
                if place not in partner and fitting:
                    partner[place] = min(fitting, key=partial(order, due))
                    left.remove(partner[place])
    return [(due, partner.get(place)) for place, due in enumerate(wanted)], left


def _own_first(due: AlertDue, alert: Alert) -> tuple[bool, bool]:
    """Of alerts on the same sample that of the same rule set: two may not become one and the same."""
    return due.ruleset != alert.ruleset, alert.state == AlertStateChoice.RETRACTED


def _standing_first(due: AlertDue, alert: Alert) -> tuple[bool, bool]:
    """One that was taken back continues nothing that another could."""
    return alert.state == AlertStateChoice.RETRACTED, due.ruleset != alert.ruleset


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
