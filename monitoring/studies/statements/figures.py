"""Numbers as papers print them: counts with percentages, medians, times, survival at a time."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

from monitoring.domain.cohorts.endpoints import Endpoint, Origin, endpoint_times
from monitoring.domain.cohorts.patient import CohortPatient
from monitoring.domain.survival.curves import Curve, Estimate
from monitoring.domain.survival.durations import days_of, months_of
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.observations import Observation
from monitoring.domain.survival.quantiles import Reached, quantile
from monitoring.domain.survival.quartiles import Quartiles
from monitoring.domain.survival.reverse_kaplan_meier import follow_up

PER_CENT = 100
YEARS_IN_MONTHS = (12, 24)
EXACT = Decimal("0.0001")  # digits kept of a computed number
NOT_REACHED = "not reached"


def per_cent(part: int, whole: int, rounding: str = ROUND_HALF_UP) -> str:
    """Return a share in whole per cent, as text: 42%."""
    exact = Decimal(PER_CENT * part) / Decimal(whole)
    return f"{exact.quantize(Decimal(1), rounding)}%"


def count_of(part: int, whole: int) -> str:
    """Return a count with its share: 27 (42%)."""
    return f"{part} ({per_cent(part, whole)})"


def count_half_even(part: int, whole: int) -> str:
    """Return the same, an exact half rounded to the even number: 2 of 16 is 12%."""
    return f"{part} ({per_cent(part, whole, ROUND_HALF_EVEN)})"


def decimal_of(number: Fraction | int) -> Decimal:
    """Return a fraction to four decimals."""
    exact = Fraction(number)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(EXACT)


def shown(number: Fraction | int, digits: int) -> str:
    """Return a number with so many decimals at most, halves up."""
    rounded = decimal_of(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return format(rounded.normalize(), "f")


def with_quartiles(found: Quartiles, digits: int = 1, *, with_range: bool = False) -> str:
    """Return median and quartiles: 48 (IQR 32-71; 6-526)."""
    median, q1, q3 = (shown(value, digits) for value in (found.median, found.q1, found.q3))
    ends = f"; {shown(found.smallest, 0)}-{shown(found.largest, 0)}" if with_range else ""
    return f"{median} (IQR {q1}-{q3}{ends})"


def observations(patients: Iterable[CohortPatient], endpoint: Endpoint, origin: Origin) -> list[Observation]:
    """Return the times in days to an endpoint, one cause for every event."""
    times = endpoint_times(patients, endpoint, origin).times
    return [Observation(each.days, "EVENT" if each.event else None) for each in times]


def survival_at(curve: Curve, months: int | Decimal) -> Decimal | None:
    """Return survival in per cent at so many months; None beyond the follow-up."""
    estimate = curve.at(days_of(months))
    return Decimal(str(PER_CENT * estimate.estimate)) if isinstance(estimate, Estimate) else None


def survival_1_and_2_years(patients: Sequence[CohortPatient], endpoint: Endpoint) -> str:
    """Return survival from the molecular relapse at 1 and 2 years: 95%/83%."""
    curve = kaplan_meier(observations(patients, endpoint, Origin.MOLECULAR_RELAPSE))
    found = [survival_at(curve, months) for months in YEARS_IN_MONTHS]
    return "/".join("-" if each is None else f"{each.quantize(Decimal(1), ROUND_HALF_UP)}%" for each in found)


def median_months(patients: Sequence[CohortPatient], endpoint: Endpoint, origin: Origin) -> Decimal | str:
    """Return the median of a curve in months, or that it was not reached."""
    estimate = quantile(kaplan_meier(observations(patients, endpoint, origin))).estimate
    return _months(estimate)


def reverse_median_months(patients: Sequence[CohortPatient], endpoint: Endpoint, origin: Origin) -> Decimal | str:
    """Return the median follow-up by reverse Kaplan-Meier in months."""
    return _months(follow_up(observations(patients, endpoint, origin)).median.estimate)


def _months(estimate: object) -> Decimal | str:
    return decimal_of(Fraction(estimate.time) / days_of(1)) if isinstance(estimate, Reached) else NOT_REACHED


def months(days: int) -> Decimal:
    """Return days as months."""
    return decimal_of(months_of(days))
