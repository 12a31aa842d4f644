"""What is to be taken next of a patient, by the schedule in force."""

from typing import Any

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from api.v1 import standpoints
from api.v1.series import readable_series
from monitoring.domain.classify import classify_all
from monitoring.domain.due_samples import DueSample
from monitoring.domain.surveillance import surveil
from monitoring.domain.terms import RuleSetId
from monitoring.queries import known_inputs, open_relapses, treatment_courses
from monitoring.queries.open_relapses import OpenRelapse


class SeriesSchedule(APIView):
    """The samples that are due in a series."""

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Return what is to come and what is past, from the standpoint asked for, by the rule set that raises alerts.

        `on_record` false says that at the moment asked for the marker was not followed yet.
        """
        series = readable_series(request, pk)
        at = standpoints.standpoint_of(request, series.patient)
        followed = {row.pk for row in known_inputs.followed_series(series.patient, at.known_at)}
        if series.pk not in followed:
            return standpoints.tagged(
                request, {"series": pk, "on_record": False, "to_come": [], "past": [], **standpoints.told(at)}
            )
        [inputs] = known_inputs.read_inputs([pk], at.known_at)
        verdict = classify_all(inputs.series, as_of=at.as_of)[RuleSetId(inputs.alerting_ruleset)]
        courses = treatment_courses.read([inputs.patient_id], at.known_at).get(inputs.patient_id, ())
        began = open_relapses.treated_from(inputs.patient_id, at.as_of, at.known_at)
        relapse = open_relapses.of_verdict(verdict, began)
        schedule = surveil(inputs.series, verdict, courses, at.as_of, inputs.intervals, inputs.cycle_2_on).schedule
        return standpoints.tagged(
            request,
            {
                "series": pk, "on_record": True, "to_come": [_show(due, relapse) for due in schedule.to_come],
                "past": [_show(due, None) for due in schedule.past], **standpoints.told(at),
            },
        )  # fmt: skip


def _show(due: DueSample, relapse: OpenRelapse | None) -> dict[str, Any]:
    return {
        "rule": due.rule,
        "tissues": list(due.tissues),
        "due_on": due.due_on,
        "grace_days": due.grace_days,
        "status": due.status,
        "overdue_days": due.overdue_days,
        "number": due.number,
        "target_on": due.target_on,
        "taken_on": due.taken_on,
        "not_made_for_open_relapse": relapse is not None and relapse.concerns(due.rule),
    }
