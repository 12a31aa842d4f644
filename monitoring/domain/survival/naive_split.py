"""The split by what happened later, which makes the exposed immortal until then; never without its warning.

Source: Suissa, Am J Epidemiol 2008;167:492 (immortal time bias); docs/methods/transplant_comparison.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from monitoring.domain.survival.curves import Curve
from monitoring.domain.survival.exposures import EXPOSED, EXPOSURE_GROUPS, UNEXPOSED, ExposedPatient
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.log_rank import LogRank, log_rank
from monitoring.domain.survival.observations import Observation, by_group


class SplitWarning(StrEnum):
    """What a reader must be told beside the curves."""

    IMMORTAL_TIME = "IMMORTAL_TIME"


@dataclass(frozen=True, slots=True)
class NaiveSplit:
    """Curves and test from the origin by exposure at any time, with the days before it counted as the exposed's own."""

    unexposed: Curve
    exposed: Curve
    log_rank: LogRank
    exposed_patients: int
    warning: SplitWarning = field(default=SplitWarning.IMMORTAL_TIME, init=False)


def naive_split(patients: Sequence[ExposedPatient]) -> NaiveSplit:
    """Return the split that flatters the exposed; UnknownGroup or NotComparable where it cannot be made."""
    labelled = [
        Observation(
            each.observation.time,
            each.observation.cause,
            EXPOSED if each.is_exposed_by(each.observation.time) else UNEXPOSED,
            each.observation.entry,
        )
        for each in patients
    ]
    groups = by_group(labelled, EXPOSURE_GROUPS)
    return NaiveSplit(
        kaplan_meier(groups[UNEXPOSED]),
        kaplan_meier(groups[EXPOSED]),
        log_rank(labelled, EXPOSURE_GROUPS),
        len(groups[EXPOSED]),
    )
