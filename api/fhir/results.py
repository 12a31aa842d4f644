"""Observations: the results that count, each with the versions it had."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from api.fhir import codes, filters, specimens
from api.fhir.callers import Caller
from api.fhir.quantities import SCALE_OF_UNIT
from api.fhir.refusals import bad_request, not_found
from api.fhir.searching import Kind, Together
from api.fhir.shown_observations import Level, ShownResult, observation
from monitoring.domain.sample_classes import ABL1_COPIES_FOR_NEGATIVE, LOD_PCT_ABL1_FOR_NEGATIVE
from monitoring.domain.terms import Call, Marker, Tissue
from monitoring.domain.units import to_pct_abl1
from monitoring.models import MrdResult
from monitoring.queries import open_records, told_versions
from monitoring.queries.told_versions import Version, VersionState, key_of

STATUSES = {
    VersionState.FIRST: "final",
    VersionState.CORRECTED: "corrected",
    VersionState.WITHDRAWN: "entered-in-error",
}
COMPONENTS = {
    codes.TARGET_COPIES: "target_copies",
    codes.ABL1_COPIES: "abl1_copies",
    codes.LOD: "lod_pct_abl1",
    codes.LOQ: "loq_pct_abl1",
}


def rows(caller: Caller) -> QuerySet[MrdResult]:
    """Return the last signed version of every result that the caller sees; `root` is the id of its Observation."""
    return open_records.last_results(caller.charts, caller.laboratories)


def shown(caller: Caller, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Return Observation resources; three queries for all of them."""
    versions = told_versions.of_results(found)
    names = specimens.names_of(caller, "Observation", [row.root for row in found])
    return [
        _shown(caller, row.root, row, versions[key_of(row)], len(versions[key_of(row)]), names.get(row.root, []))
        for row in found
    ]


def numbered(caller: Caller, numbers: Collection[int]) -> Mapping[int, dict[str, Any]]:
    """Return Observations by their ids; as many queries for a hundred as for one."""
    found = list(rows(caller).filter(rooted(numbers)))
    return {int(resource["id"]): resource for resource in shown(caller, found)}


def version_of(caller: Caller, row: Any, number: str) -> dict[str, Any]:
    """Return one version as it was when it began; 404 where there is none with this number."""
    versions = told_versions.of_results([row])[key_of(row)]
    if not (number.isascii() and number.isdigit() and len(number) < len("10000") and 0 < int(number) <= len(versions)):
        raise not_found()
    then = told_versions.content_at(versions[int(number) - 1])
    names = specimens.names_of(caller, "Observation", [row.root]).get(row.root, [])
    return _shown(caller, row.root, then, versions, int(number), names)


def history(caller: Caller, row: Any) -> list[dict[str, Any]]:
    """Return every version, newest first."""
    count = len(told_versions.of_results([row])[key_of(row)])
    return [version_of(caller, row, str(number)) for number in range(count, 0, -1)]


def _shown(
    caller: Caller, root: int, row: MrdResult, versions: Sequence[Version], number: int,
    names: Sequence[tuple[str, str]],
) -> dict[str, Any]:  # fmt: skip
    version = versions[number - 1]
    signed = row.authorised_at or version.at
    row.sample.patient = row.patient
    return observation(
        caller.base,
        ShownResult(
            number=root,
            version=number,
            changed_at=version.at.isoformat(),
            status=STATUSES[version.state],
            identifiers=names,
            marker=Marker(row.series.marker),
            tissue=Tissue(row.tissue),
            assay=str(row.assay),
            laboratory=row.assay.laboratory.name,
            patient=row.patient_id,
            sample=row.sample_id,
            collected=specimens.collected(row.sample),
            issued=signed.isoformat(),
            level=_level(row),
            comment=row.comment,
        ),
    )


def _level(row: MrdResult) -> Level:
    return Level(Call(row.call), row.pct_abl1, row.target_copies, row.abl1_copies, row.lod_pct_abl1, row.loq_pct_abl1)


def rooted(numbers: Collection[int]) -> Q:
    """Narrow to the results whose Observations have these ids.

    Their rows are looked up first: a condition on `root` would be worked out for every row that a search goes through.
    """
    return Q(pk__in=told_versions.rows_rooted(numbers))


def _numbered(_caller: Caller, values: Sequence[str]) -> Q:
    return rooted([int(each) for each in values if filters.is_number(each)])


def _identified(caller: Caller, value: str) -> Q:
    system, code = filters.token(value)
    own = system in {None, f"{caller.base}/fhir/ids/result"} and filters.is_number(code)
    return rooted([*filters.rows_named(caller, "Observation", value), *([int(code)] if own else [])])


def _code(_caller: Caller, value: str) -> Q:
    system, code = filters.token(value)
    found = filters.NOBODY
    if system is None or codes.is_local(system):
        found |= Q(series__marker__in=[m.value for m, each in codes.RATIO_CODES.items() if each == code])
    if system in {None, codes.LOINC}:
        for (marker, tissue), each in codes.LOINC_CODES.items():
            if each == code:
                found |= Q(series__marker=marker.value, tissue=tissue.value)
    return found


def _status(_caller: Caller, value: str) -> Q:
    _system, code = filters.token(value)
    return {
        "final": Q(state="AUTHORISED", earlier=False),
        "corrected": Q(state="AUTHORISED", version__gt=1, earlier=True),  # few rows are left to look behind
        "entered-in-error": Q(state="WITHDRAWN"),
    }.get(code, filters.NOBODY)


def _component(_caller: Caller, value: str) -> Q:
    _system, code = filters.token(value)
    return Q(**{f"{COMPONENTS[code]}__isnull": False}) if code in COMPONENTS else filters.NOBODY


def _value(_caller: Caller, value: str) -> Q:
    """`lt0.01|http://unitsofmeasure.org|%`: what is below a limit never equals it, and is less where the limit is."""
    number, _bar, unit = value.partition("|")
    system, _bar, code = unit.rpartition("|")
    prefix = number[:2] if number[:2].isalpha() else "eq"
    try:
        told = Decimal(number.removeprefix(prefix))
        if code not in SCALE_OF_UNIT or system not in {"", codes.UCUM} or not told.is_finite() or told <= 0:
            raise ValueError
        level = to_pct_abl1(told, SCALE_OF_UNIT[code])
    except (ValueError, ArithmeticError) as error:
        raise bad_request("value", "value-quantity: a number above 0 with its unit, as 0.01|<UCUM>|%.") from error
    enough = Q(abl1_copies__gte=ABL1_COPIES_FOR_NEGATIVE)
    enough |= Q(abl1_copies__isnull=True, lod_pct_abl1__lte=LOD_PCT_ABL1_FOR_NEGATIVE)
    below = Q(call="NOT_DETECTED", lod_pct_abl1__lte=level) & enough
    below |= Q(call="DETECTED", pct_abl1__isnull=True, loq_pct_abl1__lte=level)
    found = {
        "eq": Q(pct_abl1=level),
        "ne": Q(pct_abl1__isnull=False) & ~Q(pct_abl1=level),
        "lt": Q(pct_abl1__lt=level) | below,
        "le": Q(pct_abl1__lte=level) | below,
        "gt": Q(pct_abl1__gt=level),
        "ge": Q(pct_abl1__gte=level),
    }
    if prefix not in found:
        raise bad_request("not-supported", "value-quantity: this prefix is not known here.")
    return found[prefix]


def _specimens(caller: Caller, found: Sequence[Any]) -> list[dict[str, Any]]:
    numbers = {row.sample_id for row in found}
    return specimens.shown(caller, list(specimens.rows(caller).filter(pk__in=numbers)))


def _provenance(caller: Caller, found: Sequence[Any]) -> list[dict[str, Any]]:
    from api.fhir import provenance

    return provenance.shown(caller, list(provenance.rows(caller).filter(pk__in=[row.pk for row in found])))


KIND = Kind(
    name="Observation",
    rows=rows,
    shown=shown,
    parameters={
        "patient": filters.reference("patient_id", "Patient"),
        "subject": filters.reference("patient_id", "Patient"),
        "specimen": filters.reference("sample_id", "Specimen"),
        "identifier": ("token", _identified),
        "code": ("token", _code),
        "date": filters.day("collected_on"),
        "category": filters.always((codes.CATEGORY, "laboratory")),
        "status": ("token", _status),
        "value-quantity": ("quantity", _value),
        "component-code": ("token", _component),
        "_lastUpdated": filters.moment("changed"),
        "_id": ("token", Together(_numbered)),
    },
    sorts={"date": "collected_on", "_lastUpdated": "changed"},
    through_all="_id",  # upwards: what is corrected while pages are read gets a higher number, and is still to come
    number=lambda _caller, number: rooted([number]),
    included={"Observation:specimen": _specimens, "Provenance:target": _provenance},
)
