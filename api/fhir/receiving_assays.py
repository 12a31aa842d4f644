"""Which series of the patient, and which assay of the sender, an Observation speaks of; several are told apart."""

from api.fhir.refusals import unprocessable
from api.fhir.sent_observations import SentObservation
from monitoring.models import ApiClient, Assay, MrdSeries, Patient
from monitoring.queries import sent_rows

WHERE = "Observation"


def series_of(patient: Patient, said: SentObservation) -> MrdSeries:
    """Return the series of the marker; 422 where it is not followed in this patient."""
    series = sent_rows.series_followed(patient, said.marker.value)
    if series is None:
        why = f"{said.marker.value} is not followed in this patient."
        raise unprocessable("business-rule", why, f"{WHERE}.code")
    return series


def assay_of(client: ApiClient, series: MrdSeries, said: SentObservation) -> Assay:
    """Return the one active assay of the laboratory for this marker: named by the method, or the only one that fits."""
    found = sent_rows.assays_in_use(client.laboratory, series.marker)
    named = [each for each in found if said.method and said.method in {each.name, str(each)}]
    fits = [each for each in found if each.mutation_type in {"", series.mutation_type}]
    wanted = named or (fits if len(found) > 1 else found)
    if len(wanted) == 1:
        return wanted[0]
    names = "; ".join(str(each) for each in wanted or found) or "none"
    why = f"Which assay of your laboratory? Name it in method.text. Those of {series.marker}: {names}."
    raise unprocessable("business-rule", why, f"{WHERE}.method")
