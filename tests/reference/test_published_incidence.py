"""A worked example in print: Satagopan et al., Br J Cancer 2004;91:1229, Table 2 (breast cancer, competing deaths).

The table lists the first nine of 305 patients; the other 296 leave later, here one month after the last of the nine.
"""

from monitoring.domain.survival.aalen_johansen import aalen_johansen
from monitoring.domain.survival.curves import Curve, Estimate
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.observations import Observation

OF_CANCER, OF_OTHER_CAUSES = "breast cancer", "other"
PATIENTS = 305
LISTED = (
    Observation(7),
    Observation(10, OF_CANCER),
    Observation(14),
    Observation(16, OF_CANCER),
    Observation(18, OF_OTHER_CAUSES),
    Observation(23, OF_CANCER),
    Observation(24),
    Observation(26, OF_OTHER_CAUSES),
    Observation(27, OF_CANCER),
)
EVERYBODY = (*LISTED, *[Observation(28)] * (PATIENTS - len(LISTED)))
# month, at risk, overall survival in per cent; month, cumulative incidence of death of breast cancer in per cent
PRINTED_SURVIVAL = (
    (10, 304, 99.7),
    (16, 302, 99.3),
    (18, 301, 99.0),
    (23, 300, 98.7),
    (26, 298, 98.3),
    (27, 297, 98.0),
)
PRINTED_INCIDENCE = ((10, 0.3), (16, 0.6), (23, 0.9), (27, 1.2))


def told_by(curve: Curve, month: int) -> Estimate:
    told = curve.at(month)
    assert isinstance(told, Estimate)
    return told


def test_survival_and_numbers_at_risk_are_those_printed() -> None:
    curve = kaplan_meier(EVERYBODY)
    for month, at_risk, per_cent in PRINTED_SURVIVAL:
        told = told_by(curve, month)
        assert told.at_risk == at_risk
        assert abs(100 * told.estimate - per_cent) < 0.06


def test_the_incidence_is_that_printed_which_adds_up_rounded_steps() -> None:
    curve = aalen_johansen(EVERYBODY).incidence[OF_CANCER]
    # each printed step of 0.33 % was rounded to 0.3 before it was added: at most 0.05 a step
    for steps, (month, per_cent) in enumerate(PRINTED_INCIDENCE, start=1):
        assert abs(100 * told_by(curve, month).estimate - per_cent) < 0.05 * steps
