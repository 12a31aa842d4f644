"""Survival of groups as plain data, the answer of `manage.py survival`, and as a table for a terminal.

What was not reached and what cannot be estimated is null in JSON and in the table "not reached" and "-".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from monitoring.domain.survival.curves import Curve, Estimate
from monitoring.domain.survival.durations import Time
from monitoring.domain.survival.kaplan_meier import kaplan_meier
from monitoring.domain.survival.log_log import Interval
from monitoring.domain.survival.log_rank import LogRank, NotComparable, log_rank
from monitoring.domain.survival.observations import Observations, by_group
from monitoring.domain.survival.quantiles import Quantile, QuantileEstimate, Reached, quantile
from monitoring.domain.survival.reverse_kaplan_meier import FollowUp, follow_up

EVERYBODY = "all"  # the name of the only group where none was asked for
NOTHING, NOT_REACHED = "-", "not reached"
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SurvivalReport:
    """A curve of each group with its median, the comparison or why there is none, and the follow-up of all."""

    curves: dict[str, Curve]
    medians: dict[str, QuantileEstimate]
    compared: LogRank | NotComparable
    follow_up: FollowUp


def survival_report(observations: Observations) -> SurvivalReport:
    """Return everything the command prints; NoPatients where there is nobody."""
    curves = {name: kaplan_meier(members) for name, members in by_group(observations).items()}
    try:
        compared: LogRank | NotComparable = log_rank(observations)
    except NotComparable as nothing:
        compared = nothing
    medians = {name: quantile(curve) for name, curve in curves.items()}
    return SurvivalReport(curves, medians, compared, follow_up(observations))


def report_to_dict(report: SurvivalReport, times: Sequence[Time]) -> Plain:
    """Return groups, logrank and followup_reverse_km as in DESIGN.md section 5; times in the unit of the file."""
    return {
        "groups": [_group(name, curve, report.medians[name], times) for name, curve in report.curves.items()],
        "logrank": _comparison(report.compared),
        "followup_reverse_km": {
            "median": _time(report.follow_up.median.estimate),
            "q1": _time(report.follow_up.q1.estimate),
            "q3": _time(report.follow_up.q3.estimate),
        },
    }


def _group(name: str, curve: Curve, median: QuantileEstimate, times: Sequence[Time]) -> Plain:
    return {
        "name": name or EVERYBODY,
        "n": curve.patients,
        "events": curve.events,
        "median": _time(median.estimate),
        "median_ci": [_time(median.low), _time(median.high)],
        "at": [_at(curve, time) for time in times],
    }


def _at(curve: Curve, time: Time) -> Plain:
    told = curve.at(time)
    interval = told.interval if isinstance(told, Estimate) and isinstance(told.interval, Interval) else None
    return {
        "t": _number(time),
        "survival": told.estimate if isinstance(told, Estimate) else None,
        "ci_low": None if interval is None else interval.low,
        "ci_high": None if interval is None else interval.high,
        "at_risk": told.at_risk if isinstance(told, Estimate) else 0,
    }


def _comparison(compared: LogRank | NotComparable) -> Plain | None:
    if isinstance(compared, NotComparable):
        return None
    return {"chi2": compared.chi2, "df": compared.df, "p": compared.p}


def _time(found: Quantile) -> int | Decimal | None:
    return _number(found.time) if isinstance(found, Reached) else None


def _number(time: Time) -> int | Decimal:
    """A whole number where it is one, otherwise all its digits: halves of decimals always end."""
    exact = Fraction(time)
    return int(exact) if exact.denominator == 1 else Decimal(exact.numerator) / Decimal(exact.denominator)


def report_table(told: Plain) -> str:
    """Return the same answer as lines for a terminal."""
    lines = []
    for group in told["groups"]:
        low, high = (_shown_time(limit) for limit in group["median_ci"])
        median = _shown_time(group["median"])
        lines.append(
            f"{group['name']}: n {group['n']}, events {group['events']}, median {median} (95 % CI {low} to {high})"
        )
        lines += [
            f"  at {_shown(at['t'])}: {_shown(at['survival'])}"
            f" (95 % CI {_shown(at['ci_low'])} to {_shown(at['ci_high'])}), at risk {at['at_risk']}"
            for at in group["at"]
        ]
    test, followed = told["logrank"], told["followup_reverse_km"]
    if test is not None:
        lines.append(f"log-rank: chi-square {_shown(test['chi2'])}, df {test['df']}, p {_shown(test['p'])}")
    q1, median, q3 = (_shown_time(followed[key]) for key in ("q1", "median", "q3"))
    return "\n".join([*lines, f"follow-up (reverse Kaplan-Meier): median {median}, quartiles {q1} and {q3}"])


def _shown(value: float | Decimal | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:.4g}" if isinstance(value, float) else format(value, "f" if isinstance(value, Decimal) else "d")


def _shown_time(value: int | Decimal | None) -> str:
    return NOT_REACHED if value is None else _shown(value)
