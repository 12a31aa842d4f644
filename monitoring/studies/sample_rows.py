"""The samples and results of copied patients: every result entered by one person and signed by another."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from monitoring.domain.control_gene import ABL1_ADEQUATE, assess_abl1
from monitoring.domain.copies import MeanCopies
from monitoring.domain.sensitivity import limit_pct_abl1
from monitoring.domain.units import Scale
from monitoring.studies.copying import copy_rows, reserve
from monitoring.studies.moments import AUTHORISED_AFTER, SUBMITTED_AFTER, Moments
from monitoring.studies.places import LIMIT_COPIES
from monitoring.studies.records import PatientRecord
from monitoring.studies.registry import Registry

Row = tuple[Any, ...]

MEASURED = {
    "determination": 1, "version": 1, "state": "AUTHORISED", "authorisation_basis": "TWO_PEOPLE", "comment": "",
    "constructed": "[]", "reason": "",
}  # fmt: skip
TAKEN = {"anticoagulant": "EDTA", "haemodilution_noted": False, "constructed": "[]"}


@lru_cache(maxsize=4096)
def limit_of(abl1_copies: int) -> Decimal:
    """Return the limit of detection of a sample with so many ABL1 copies, per cent of ABL1."""
    return limit_pct_abl1(Decimal(LIMIT_COPIES), MeanCopies(Decimal(abl1_copies), 1))


@lru_cache(maxsize=4096)
def problems_of(abl1_copies: int) -> str:
    """Return what quality control says of so many ABL1 copies, as it is stored."""
    if abl1_copies >= ABL1_ADEQUATE:
        return "[]"
    found = assess_abl1(Decimal(abl1_copies))
    return json.dumps([{"code": each.code, "gene": each.gene, "found": str(each.found)} for each in found])


class SampleRows:
    """The samples of patients that have got their numbers, with one result each."""

    def __init__(
        self, registry: Registry, patients: list[PatientRecord], ids: list[int], series_ids: list[int], moments: Moments
    ) -> None:
        self.registry, self.moments = registry, moments
        self.taken = [
            (pk, series, number, patient, sample)
            for pk, series, patient in zip(ids, series_ids, patients, strict=True)
            for number, sample in enumerate(patient.samples, start=1)
        ]

    def write(self) -> None:
        """Write the samples, then their results."""
        sample_ids = reserve("monitoring_sample", len(self.taken))
        self._write_samples(sample_ids)
        self._write_results(sample_ids)

    def _write_samples(self, sample_ids: list[int]) -> None:
        columns = (
            "id", "patient_id", "laboratory_id", "accession_number", "tissue", "collected_on", "received_on",
            "timepoint", "quality_note", "recorded_at",
        )  # fmt: skip
        copy_rows("monitoring_sample", columns, self._samples(sample_ids), TAKEN)

    def _samples(self, sample_ids: list[int]) -> Iterator[Row]:
        laboratories = [place.laboratory.pk for place in self.registry.places]
        for own, (pk, _, number, p, s) in zip(sample_ids, self.taken, strict=True):
            day = p.on(s.day)
            yield (
                own, pk, laboratories[s.laboratory], f"{p.pseudonym}/{number}", s.tissue.value, day, day,
                s.timepoint, s.quality_note, self.moments.recorded(p, s.day),
            )  # fmt: skip

    def _write_results(self, sample_ids: list[int]) -> None:
        columns = (
            "patient_id", "series_id", "sample_id", "assay_id", "collected_on", "tissue", "timepoint", "assay_key",
            "call", "pct_abl1", "abl1_copies", "lod_pct_abl1", "entered_scale", "entered_value", "problems",
            "entered_by_id", "entered_at", "submitted_by_id", "submitted_at", "authorised_by_id", "authorised_at",
        )  # fmt: skip
        copy_rows("monitoring_mrdresult", columns, self._results(sample_ids), MEASURED)

    def _results(self, sample_ids: list[int]) -> Iterator[Row]:
        for sample_id, (pk, series, _, p, s) in zip(sample_ids, self.taken, strict=True):
            place = self.registry.places[s.laboratory]
            assay = place.assays[p.marker, p.mutation_type]
            technician, authoriser = place.staff.technician.pk, place.staff.authoriser.pk
            submitted = self.moments.recorded(p, s.day, SUBMITTED_AFTER)
            yield (
                pk, series, sample_id, assay.pk, p.on(s.day), s.tissue.value, s.timepoint, assay.assay_key,
                s.call.value, s.pct_abl1, s.abl1_copies, limit_of(s.abl1_copies),
                Scale.PCT_ABL1.value if s.pct_abl1 else "", s.pct_abl1, problems_of(s.abl1_copies),
                technician, submitted, technician, submitted,
                authoriser, self.moments.recorded(p, s.day, AUTHORISED_AFTER),
            )  # fmt: skip
