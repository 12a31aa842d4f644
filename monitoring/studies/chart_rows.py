"""What is known of copied patients beside their samples, table by table, in the order in which they depend.

What a series rests on is written before the series, so that its verdict is asked for once, not once a table.
"""

from collections.abc import Iterator
from typing import Any

from monitoring.studies.copying import copy_rows, reserve
from monitoring.studies.moments import Moments
from monitoring.studies.records import PatientRecord
from monitoring.studies.registry import Registry

Row = tuple[Any, ...]

NOTHING_CONSTRUCTED = {"constructed": "[]"}


class ChartRows:
    """The charts of patients that have got their numbers."""

    def __init__(
        self, registry: Registry, patients: list[PatientRecord], ids: list[int], series_ids: list[int], moments: Moments
    ) -> None:
        self.registry, self.patients, self.moments = registry, patients, moments
        self.ids, self.series_ids = ids, series_ids
        self.cycle_ids: dict[tuple[int, int], int] = {}

    def write(self) -> None:
        """Write table after table."""
        self._write_patients()
        self._write_diseases()
        self._write_treatments()
        self._write_events()
        self._write_series()

    def _each(self) -> Iterator[tuple[int, PatientRecord]]:
        return zip(self.ids, self.patients, strict=True)

    def _write_patients(self) -> None:
        copy_rows(
            "monitoring_patient",
            ("id", "pseudonym", "born_on", "sex", "recorded_at"),
            ((pk, p.pseudonym, p.born_on, p.sex, self.moments.recorded(p, 0)) for pk, p in self._each()),
            {
                "centre_id": self.registry.centre.pk, "hospital_number": "", "family_name": "", "given_name": "",
                "is_synthetic": True, **NOTHING_CONSTRUCTED,
            },
        )  # fmt: skip
        copy_rows("monitoring_carerelation", ("patient_id", "centre_id", "role", "starts_on"), self._care())

    def _care(self) -> Iterator[Row]:
        """The centre treats; each laboratory that measured sees its samples."""
        for pk, patient in self._each():
            yield pk, self.registry.centre.pk, "TREATING", patient.diagnosed_on
            for number in sorted({sample.laboratory for sample in patient.samples}):
                first = next(sample.day for sample in patient.samples if sample.laboratory == number)
                yield pk, self.registry.places[number].laboratory.centre_id, "LABORATORY", patient.on(first)

    def _write_diseases(self) -> None:
        copy_rows(
            "monitoring_disease",
            ("patient_id", "aml_type", "diagnosed_on", "karyotype", "eln_risk", "remission", "recorded_at"),
            (
                (pk, p.aml_type, p.diagnosed_on, p.karyotype, p.eln_risk, p.remission, self.moments.recorded(p, 0))
                for pk, p in self._each()
            ),
            {"eln_risk_edition": "2022", **NOTHING_CONSTRUCTED},
        )
        copy_rows(
            "monitoring_mutationfinding",
            (
                "patient_id",
                "gene",
                "variant",
                "status",
                "found_on",
                "method",
                "vaf_pct",
                "allelic_ratio",
                "recorded_at",
            ),
            (
                (
                    pk,
                    f.gene,
                    f.variant,
                    f.status,
                    p.on(f.day),
                    f.method,
                    f.vaf_pct,
                    f.allelic_ratio,
                    self.moments.recorded(p, f.day),
                )
                for pk, p in self._each()
                for f in p.findings
            ),
            {"tissue": "BM", **NOTHING_CONSTRUCTED},
        )

    def _write_treatments(self) -> None:
        lines = [(pk, patient, line) for pk, patient in self._each() for line in patient.treatments]
        ids = reserve("monitoring_treatment", len(lines))
        copy_rows(
            "monitoring_treatment",
            ("id", "patient_id", "kind", "regimen", "starts_on", "ends_on", "stopped_because", "recorded_at"),
            (
                (
                    own, pk, line.kind, line.regimen, p.on(line.starts),
                    None if line.ends is None else p.on(line.ends), line.stopped_because,
                    self.moments.recorded(p, line.starts),
                )
                for own, (pk, p, line) in zip(ids, lines, strict=True)
            ),
            NOTHING_CONSTRUCTED,
        )  # fmt: skip
        self._write_cycles(
            [(own, pk, p, cycle) for own, (pk, p, line) in zip(ids, lines, strict=True) for cycle in line.cycles]
        )
        self._write_adverse_events()
        self._write_within_cycles()

    def _write_cycles(self, cycles: list[Row]) -> None:
        ids = reserve("monitoring_venetoclaxcycle", len(cycles))
        self.cycle_ids = {(pk, c.starts): own for own, (_, pk, _, c) in zip(ids, cycles, strict=True)}
        copy_rows(
            "monitoring_venetoclaxcycle",
            (
                "id", "treatment_id", "patient_id", "number", "starts_on", "ends_on", "planned_days", "given_days",
                "dose_mg", "partner_drug", "partner_dose_mg_m2", "partner_days", "cyp3a4", "cyp3a4_drug", "setting",
                "g_csf", "recorded_at",
            ),
            (
                (
                    own, treatment, pk, c.number, p.on(c.starts), p.on(c.ends), c.planned_days, c.given_days,
                    c.dose_mg, c.partner_drug, c.partner_dose_mg_m2, c.partner_days, c.cyp3a4, c.cyp3a4_drug, c.setting,
                    c.g_csf, self.moments.recorded(p, c.starts),
                )
                for own, (treatment, pk, p, c) in zip(ids, cycles, strict=True)
            ),
            {"ramp_up": False, "tls_prophylaxis": False, "stopped_because": "", **NOTHING_CONSTRUCTED},
        )  # fmt: skip

    def _write_adverse_events(self) -> None:
        copy_rows(
            "monitoring_adverseevent",
            (
                "patient_id", "cycle_id", "term", "grade", "starts_on", "ends_on", "kind", "temperature_c",
                "sustained_over_an_hour", "recorded_at",
            ),
            (
                (
                    pk, self.cycle_ids[pk, e.cycle_starts], e.term, e.grade, p.on(e.starts),
                    None if e.ends is None else p.on(e.ends), e.kind, e.temperature_c, e.sustained_over_an_hour,
                    self.moments.recorded(p, e.starts),
                )
                for pk, p in self._each()
                for e in p.adverse_events
            ),
        )  # fmt: skip

    def _write_within_cycles(self) -> None:
        """Holds, transfusions and blood counts."""
        copy_rows(
            "monitoring_dosechange",
            ("patient_id", "cycle_id", "starts_on", "ends_on", "because", "recorded_at"),
            (
                (
                    pk, self.cycle_ids[pk, h.cycle_starts], p.on(h.starts), None if h.ends is None else p.on(h.ends),
                    h.because, self.moments.recorded(p, h.starts),
                )
                for pk, p in self._each()
                for h in p.holds
            ),
            {"kind": "HOLD"},
        )  # fmt: skip
        copy_rows(
            "monitoring_transfusion",
            ("patient_id", "cycle_id", "product", "units", "given_on", "recorded_at"),
            (
                (
                    pk, self.cycle_ids[pk, t.cycle_starts], t.product, t.units, p.on(t.day),
                    self.moments.recorded(p, t.day),
                )
                for pk, p in self._each()
                for t in p.transfusions
            ),
        )  # fmt: skip
        copy_rows(
            "monitoring_bloodcount",
            ("patient_id", "measured_on", "neutrophils", "platelets", "haemoglobin", "recorded_at"),
            (
                (pk, p.on(c.day), c.neutrophils, c.platelets, c.haemoglobin, self.moments.recorded(p, c.day))
                for pk, p in self._each()
                for c in p.counts
            ),
        )

    def _write_events(self) -> None:
        copy_rows(
            "monitoring_clinicalevent",
            (
                "patient_id", "kind", "happened_on", "donor", "conditioning", "conditioning_starts_on", "mrd_at_hsct",
                "cause", "detail", "recorded_at",
            ),
            (
                (
                    pk, e.kind, p.on(e.day), e.donor, e.conditioning,
                    None if e.conditioning_starts is None else p.on(e.conditioning_starts), e.mrd_at_hsct,
                    e.cause, e.detail, self.moments.recorded(p, e.day),
                )
                for pk, p in self._each()
                for e in p.events
            ),
            NOTHING_CONSTRUCTED,
        )  # fmt: skip

    def _write_series(self) -> None:
        numbered = list(zip(self.series_ids, self.ids, self.patients, strict=True))
        copy_rows(
            "monitoring_mrdseries",
            ("id", "patient_id", "marker", "mutation_type"),
            ((series, pk, p.marker.value, p.mutation_type) for series, pk, p in numbered),
            {"revision": 1},
        )
        copy_rows(
            "monitoring_baseline",
            ("series_id", "patient_id", "tissue", "pct_abl1", "abl1_copies", "collected_on", "recorded_at"),
            (
                (series, pk, b.tissue.value, b.pct_abl1, b.abl1_copies, p.diagnosed_on, self.moments.recorded(p, 0))
                for series, pk, p in numbered
                for b in p.baselines
            ),
            NOTHING_CONSTRUCTED,
        )
