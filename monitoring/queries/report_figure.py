"""The figure of the report: drawn from the very series and verdict that the sheet tells of."""

from typing import Any

from monitoring.charts.trajectory import trajectory
from monitoring.models import Patient
from monitoring.queries.figures import read_surroundings, trajectory_inputs
from monitoring.queries.growth import forecast_of
from monitoring.queries.patient_page import MarkerPage
from monitoring.queries.patient_record import Standpoint
from monitoring.queries.series_inputs import SeriesInputs


def figure_of(patient: Patient, marker: MarkerPage, at: Standpoint) -> dict[str, Any]:
    """Return the trajectory of a marker from the standpoint of its page, in seven queries."""
    inputs = SeriesInputs(
        series_id=marker.followed.series_id,
        patient_id=patient.pk,
        revision=marker.revision,
        alerting_ruleset=marker.alerting.value,
        time_zone=patient.centre.time_zone,
        series=marker.series,
    )
    around = read_surroundings([inputs], at.known_at)[inputs.series_id]
    drawn_from = trajectory_inputs(inputs, around, marker.alerting, forecast_of(marker.growth))
    return trajectory(drawn_from, marker.verdict, marker.alerting, at.as_of)
