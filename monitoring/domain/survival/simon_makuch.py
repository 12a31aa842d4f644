"""Survival before and after an exposure that comes during follow-up, without immortal time.

Source: Simon and Makuch, Stat Med 1984;3:35 (curves); Mantel and Byar, J Am Stat Assoc 1974;69:81 (test).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.domain.survival.curves import Curve
from monitoring.domain.survival.durations import Time
from monitoring.domain.survival.exposures import (
    EXPOSED,
    EXPOSURE_GROUPS,
    UNEXPOSED,
    ExposedPatient,
    person_time,
    under_observation_after,
)
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.log_rank import LogRank, NotComparable, log_rank
from monitoring.domain.survival.observations import NoPatients, Observation


class NobodyExposed(NoPatients):
    """No patient was under observation after the exposure, or none before."""


@dataclass(frozen=True, slots=True)
class SimonMakuch:
    """Both curves, from the time on from which they are drawn, and the Mantel-Byar test or why there is none."""

    since: Time
    unexposed: Curve
    exposed: Curve
    mantel_byar: LogRank | NotComparable


def simon_makuch(patients: Sequence[ExposedPatient], since: Time | None = None) -> SimonMakuch:
    """Return the curves of exposed and unexposed person-time; with `since`, conditional on being at risk after it.

    Raises NobodyExposed where one of the two has nobody. Early on few are exposed, and one death may take the curve to
    0 for good: choose `since` so that enough are.
    """
    stretches = person_time(patients)
    if since is not None:
        stretches = under_observation_after(stretches, since)
    apart = {name: [each for each in stretches if each.group == name] for name in EXPOSURE_GROUPS}
    for name, members in apart.items():
        if not members:
            raise NobodyExposed(f"no patient was under observation {name}")
    return SimonMakuch(
        0 if since is None else since,
        kaplan_meier(apart[UNEXPOSED]),
        kaplan_meier(apart[EXPOSED]),
        _compared(stretches),
    )


def mantel_byar(patients: Sequence[ExposedPatient]) -> LogRank:
    """Compare exposed with unexposed person-time by the log-rank test; NotComparable where one has nobody."""
    return log_rank(person_time(patients), EXPOSURE_GROUPS)


def _compared(stretches: list[Observation]) -> LogRank | NotComparable:
    try:
        return log_rank(stretches, EXPOSURE_GROUPS)
    except NotComparable as nothing:
        return nothing
