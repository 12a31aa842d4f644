"""Records that are open to who works at some centres: `charts` are those whose charts, `laboratories` whose tubes.

Each is a set of rows that a search narrows further; nothing is read before it is asked for.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import DateField, Exists, F, Func, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Greatest

from monitoring.models import Alert, ClinicalEvent, Disease, MrdResult, Patient, Sample, VenetoclaxCycle
from monitoring.queries.care import cared_for

RETRACTION = "RETRACTION"  # the alert that another one was taken back: that one tells it itself
SAME = {"sample": OuterRef("sample"), "assay": OuterRef("assay"), "determination": OuterRef("determination")}
Centres = Sequence[int]


def patients(charts: Centres, laboratories: Centres) -> QuerySet[Patient]:
    """Return the patients for whom these centres care, or whose samples they measure."""
    seen = Q(cared_for(charts, "pk")) | Q(cared_for(laboratories, "pk", measuring=True))
    return Patient.objects.filter(seen).select_related("centre")


def measured_patients(centre_id: int, where: Q) -> list[Patient]:
    """Return at most two patients for whom a centre cares or whom it measures: one, none, or not the only one."""
    seen = cared_for([centre_id], "pk", measuring=True)
    return list(Patient.objects.filter(where).filter(seen).select_related("centre").order_by("pk")[:2])


def samples(charts: Centres, laboratories: Centres) -> QuerySet[Sample]:
    """Return the samples of patients whose charts are open, and those of these laboratories."""
    seen = Q(cared_for(charts)) | Q(laboratory__centre_id__in=laboratories)
    return Sample.objects.filter(seen).select_related("laboratory", "patient__centre")


def reported_samples(charts: Centres, laboratories: Centres) -> QuerySet[Sample]:
    """Return the samples with a signed result: when the last was `issued`, whether one `counts` or was `corrected`."""
    signed = MrdResult.objects.filter(sample=OuterRef("pk"), authorised_at__isnull=False).order_by()
    last = signed.values("sample").annotate(last=Max("authorised_at")).values("last")
    return samples(charts, laboratories).filter(Exists(signed)).annotate(
        issued=Subquery(last), counts=Exists(signed.filter(state="AUTHORISED")),
        corrected=Exists(signed.filter(state="SUPERSEDED")),
    )  # fmt: skip


def signed_results(charts: Centres, laboratories: Centres) -> QuerySet[MrdResult]:
    """Return every signed version of the results of open charts and of these laboratories."""
    seen = Q(cared_for(charts)) | Q(assay__laboratory__centre_id__in=laboratories)
    return MrdResult.objects.filter(seen, authorised_at__isnull=False).select_related("assay__laboratory")


def last_results(charts: Centres, laboratories: Centres) -> QuerySet[MrdResult]:
    """Return the last signed version of each result; `root` is the number of the first row of its determination."""
    same = MrdResult.objects.filter(**SAME).order_by()
    signed = same.filter(authorised_at__isnull=False)
    first = same.values("sample").annotate(first=Min("pk")).values("first")
    return (
        signed_results(charts, laboratories)
        .filter(state__in=["AUTHORISED", "WITHDRAWN"])
        .exclude(Exists(signed.filter(version__gt=OuterRef("version"))))
        .annotate(
            root=Subquery(first),
            earlier=Exists(signed.filter(version__lt=OuterRef("version"))),
            changed=Greatest("authorised_at", "withdrawn_at", F("sample__recorded_at")),
        )
        .select_related("sample__patient__centre", "assay__laboratory", "patient__centre", "series")
    )


def results_numbered(numbers: Collection[int]) -> list[MrdResult]:
    """Return the results with these numbers, as far as this transaction sees them."""
    return list(MrdResult.objects.filter(pk__in=numbers))


def alerts(charts: Centres) -> QuerySet[Alert]:
    """Return the alerts of patients whose charts are open."""
    seen = Alert.objects.filter(cared_for(charts)).exclude(code=RETRACTION)
    return seen.select_related("series", "index_result")


def cycles(charts: Centres, now: datetime) -> QuerySet[VenetoclaxCycle]:
    """Return the venetoclax cycles of patients whose charts are open; `day_there`: the day it is at their centre."""
    there = Func(F("patient__centre__time_zone"), Value(now), function="timezone")
    return VenetoclaxCycle.objects.filter(cared_for(charts)).annotate(day_there=Cast(there, DateField()))


def transplants(charts: Centres) -> QuerySet[ClinicalEvent]:
    """Return the transplants of patients whose charts are open."""
    return ClinicalEvent.objects.filter(cared_for(charts), kind="HSCT")


def diseases(charts: Centres) -> "QuerySet[Any]":
    """Return the leukaemias of patients whose charts are open; `relapsed` where a relapse in the blood is on record."""
    relapse = ClinicalEvent.objects.filter(patient=OuterRef("patient"), kind="HAEMATOLOGICAL_RELAPSE")
    return Disease.objects.filter(cared_for(charts)).annotate(relapsed=Exists(relapse))
