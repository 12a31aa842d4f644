"""What the bearer of a token sees: charts of patients cared for today, and what the bearer's laboratories measure.

The second wall, row-level security, is wider: a laboratory's centre sees its patients for as long as it measured for
them. What a person may read of that is the same here as on the pages.
"""

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from api.auth.tokens import bearer
from monitoring import permissions
from monitoring.models import Alert, MrdResult, Sample
from monitoring.queries.care import cared_for
from monitoring.queries.laboratory import laboratory_centres


def patients_known(request: Request, patient: str = "patient_id") -> Q:
    """Narrow rows to patients whose chart the bearer may open, or whose samples the bearer's laboratories measure."""
    person = bearer(request)
    measured = cared_for(laboratory_centres(person), patient, measuring=True)
    return Q(cared_for(permissions.chart_centres_of(person), patient)) | Q(measured)


def samples(request: Request) -> QuerySet[Sample]:
    """Return the samples of open charts and of the bearer's laboratories."""
    person = bearer(request)
    charts = Q(cared_for(permissions.chart_centres_of(person)))
    return Sample.objects.filter(charts | Q(laboratory__centre_id__in=laboratory_centres(person)))


def results(request: Request) -> QuerySet[MrdResult]:
    """Return every version of the results of open charts and of those that the bearer's laboratories measured."""
    person = bearer(request)
    charts = Q(cared_for(permissions.chart_centres_of(person)))
    measured = Q(assay__laboratory__centre_id__in=laboratory_centres(person))
    return MrdResult.objects.filter(charts | measured).select_related("sample", "assay", "patient__centre")


def alerts(request: Request) -> QuerySet[Alert]:
    """Return the alerts of open charts."""
    charts = cared_for(permissions.chart_centres_of(bearer(request)))
    return Alert.objects.select_related("patient", "series", "held_by").filter(charts)
