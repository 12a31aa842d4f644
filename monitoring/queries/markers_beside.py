"""The other markers followed in a patient: their verdicts by the rule set that raises alerts, beside the one shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.domain.classify import classify
from monitoring.domain.rulesets import RULESETS
from monitoring.domain.series import Series
from monitoring.domain.terms import RuleSetId
from monitoring.domain.verdicts import Verdict
from monitoring.queries.known_inputs import read_inputs
from monitoring.queries.patient_page import FollowedMarker, PatientPage
from monitoring.queries.patient_record import Standpoint


@dataclass(frozen=True, slots=True)
class MarkerBeside:
    """A marker that is followed too, with its verdict."""

    followed: FollowedMarker
    series: Series
    verdict: Verdict


def read_beside(page: PatientPage) -> tuple[MarkerBeside, ...]:
    """Return every marker but the one that the page shows whole; nothing is read where there is only one."""
    shown = page.marker.followed.series_id if page.marker else None
    others = [one for one in page.followed if one.series_id != shown]
    return _read(others, page.standpoint) if others else ()


def _read(others: Sequence[FollowedMarker], standpoint: Standpoint) -> tuple[MarkerBeside, ...]:
    by_id = {one.series_id: one for one in others}
    return tuple(
        MarkerBeside(
            by_id[each.series_id],
            each.series,
            classify(each.series, RULESETS[RuleSetId(each.alerting_ruleset)], standpoint.as_of),
        )
        for each in read_inputs(by_id, standpoint.known_at)
    )
