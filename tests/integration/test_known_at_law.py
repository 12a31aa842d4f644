"""Whatever is recorded, corrected, removed, signed, withdrawn and bridged: a moment's page is what was shown then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from monitoring.actions import events, patients, recompute, results
from monitoring.models import (
    AdverseEvent,
    Assay,
    AssayBridge,
    Baseline,
    BloodCount,
    ClinicalEvent,
    Disease,
    DoseChange,
    MrdResult,
    MutationFinding,
    Sample,
    Transfusion,
    Treatment,
    VenetoclaxCycle,
)
from monitoring.queries import figures, known_inputs, series_inputs
from monitoring.queries.patient_alerts import PatientAlert
from monitoring.queries.patient_page import PatientPage, read_patient_page
from monitoring.queries.patient_record import Standpoint
from tests.bridged_assays import other_assay, recorded, refreshed, revoked, signed
from tests.endurance import tried
from tests.known_record import KnownRecord
from tests.world import World, detected, not_detected

STEPS = 24
KINDS = ["HSCT", "DLI", "HAEMATOLOGICAL_RELAPSE", "REMISSION", "LAST_CONTACT"]


class Writer:
    """Somebody who writes into the record at random, by the product's own doors."""

    def __init__(self, record: KnownRecord, chance: Random) -> None:
        self.record, self.world, self.chance = record, record.world, chance
        # in the order of characters one comes before the world's own, one after it: either may give a bridge its name
        self.assays = [record.world.assay, *(other_assay(record.world, key) for key in ("A", "Z"))]
        refreshed(*self.assays)

    def step(self) -> None:
        steps: list[Callable[[], Any]] = [
            self.result, self.result, self.amend, self.withdraw, self.correct_sample, self.event, self.correct_event,
            self.remove_event, self.treatment, self.cycle, self.change_cycle, self.within_cycle, self.finding,
            self.remove_finding, self.baseline, self.disease, self.count, self.correct_count,
            self.sign_bridge, self.sign_bridge, self.revoke_bridge,
        ]  # fmt: skip
        self.world.as_person(self.world.clinician)
        self.chance.choice(steps)()
        self.world.as_person(self.world.clinician)

    def any(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        return self.chance.choice(found) if found else None

    def day(self) -> Any:
        return self.record.day(self.chance.randint(1, 400))

    def result(self, assay: Assay | None = None) -> None:
        value = self.chance.choice([None, None, "0.004", "0.03", "0.5", "3"])
        self.world.now = timezone.now()
        refreshed(*self.assays)
        self.world.assay = assay or self.chance.choice(self.assays)
        reading = detected(value) if value else not_detected(self.chance.choice([800, 5_000, 40_000]))
        self.world.authorised(self.record.series, self.day(), reading, self.chance.choice(["BM", "PB"]))

    def amend(self) -> None:
        signed = self.any(MrdResult.objects.filter(patient=self.record.patient, state="AUTHORISED"))
        if signed is None:
            return
        self.world.as_person(self.world.technician)
        draft = results.amend(by=self.world.technician, result=signed, reading=detected("0.2"), reason="repeat")
        second = results.submit(by=self.world.technician, result=draft, now=timezone.now())
        self.world.as_person(self.world.authoriser)
        seen = results.Seen(second.version, second.submitted_at)
        results.authorise(by=self.world.authoriser, result=second, seen=seen, now=timezone.now())

    def withdraw(self) -> None:
        signed = self.any(MrdResult.objects.filter(patient=self.record.patient, state="AUTHORISED"))
        if signed is not None:
            self.world.as_person(self.world.authoriser)
            results.withdraw(by=self.world.authoriser, result=signed, reason="mix-up", now=timezone.now())

    def sign_bridge(self) -> None:
        self.world.now = timezone.now()
        first, other = self.chance.sample(self.assays, 2)
        signed(self.world, recorded(self.world, other, first=first))

    def revoke_bridge(self) -> None:
        self.world.now = timezone.now()
        bridge = self.any(AssayBridge.objects.filter(revoked_at=None))
        if bridge is not None:
            revoked(self.world, bridge)

    def correct_sample(self) -> None:
        sample = self.any(Sample.objects.filter(patient=self.record.patient))
        if sample is not None:
            number = f"C-{self.world.next('corrected')}"
            self.world.corrected(sample, collected_on=self.day(), accession_number=number, now=timezone.now())

    def event(self) -> None:
        kind, on = self.chance.choice(KINDS), self.day()
        if not ClinicalEvent.objects.filter(patient=self.record.patient, kind=kind, happened_on=on).exists():
            row = ClinicalEvent(kind=kind, happened_on=on, donor="sibling")
            events.record(by=self.world.clinician, patient=self.record.patient, event=row, now=timezone.now())

    def correct_event(self) -> None:
        self._change(ClinicalEvent, donor=self.chance.choice(["sibling", "cord", ""]))

    def remove_event(self) -> None:
        event = self.any(ClinicalEvent.objects.filter(patient=self.record.patient))
        if event is not None:
            events.remove(by=self.world.clinician, event=event, reason="another patient")

    def treatment(self) -> None:
        kind, on = self.chance.choice(["FIRST_LINE", "PRE_EMPTIVE", "SALVAGE"]), self.day()
        Treatment.objects.create(
            patient=self.record.patient, kind=kind, regimen=f"{kind} {on}", starts_on=on, ends_on=on + timedelta(20)
        )

    def cycle(self) -> None:
        line = self.any(Treatment.objects.filter(patient=self.record.patient, kind="PRE_EMPTIVE"))
        taken = VenetoclaxCycle.objects.filter(patient=self.record.patient)
        on = self.day()
        if line is not None and not taken.filter(starts_on__lte=on + timedelta(27), ends_on__gte=on).exists():
            number = taken.filter(treatment=line).count() + 1
            VenetoclaxCycle.objects.create(
                patient=self.record.patient, treatment=line, number=number, starts_on=on, ends_on=on + timedelta(27)
            )

    def change_cycle(self) -> None:
        self._change(VenetoclaxCycle, given_days=self.chance.choice([7, 14, 21]), stopped_because="fever")

    def within_cycle(self) -> None:
        cycle = self.any(VenetoclaxCycle.objects.filter(patient=self.record.patient))
        if cycle is not None:
            on = cycle.starts_on
            own = {"cycle": cycle, "patient": self.record.patient}
            DoseChange.objects.create(**own, kind="HOLD", starts_on=on, because="neutropenia")
            AdverseEvent.objects.create(**own, term="Neutropenia", grade=self.chance.choice([3, 4]), starts_on=on)
            Transfusion.objects.create(**own, product="PLATELETS", units=1, given_on=on)

    def count(self) -> None:
        on = self.day()
        if not BloodCount.objects.filter(patient=self.record.patient, measured_on=on).exists():
            value = self.chance.choice([0, 1, 2])
            BloodCount.objects.create(patient=self.record.patient, measured_on=on, neutrophils=value, platelets=40)

    def correct_count(self) -> None:
        self._change(BloodCount, neutrophils=self.chance.choice([0, 1, 3]))

    def finding(self) -> None:
        finding = MutationFinding(
            gene=self.chance.choice(["NPM1", "DNMT3A", "FLT3-ITD"]), found_on=self.day(),
            status=self.chance.choice(["PRESENT", "GAINED", "LOST"]),
        )  # fmt: skip
        patients.record_finding(
            by=self.world.clinician, patient=self.record.patient, finding=finding, now=timezone.now()
        )

    def remove_finding(self) -> None:
        finding = self.any(MutationFinding.objects.filter(patient=self.record.patient))
        if finding is not None:
            finding.delete()

    def baseline(self) -> None:
        self._change(Baseline, pct_abl1=self.chance.choice([640, 1000, 1200]))

    def disease(self) -> None:
        self._change(Disease, karyotype=self.chance.choice(["46,XX", "46,XX,del(9q)"]))

    def _change(self, table: Any, **values: object) -> None:
        row = self.any(table.objects.filter(patient=self.record.patient))
        if row is not None:
            for name, value in values.items():
                setattr(row, name, value)
            row.save(update_fields=list(values))


def comparable(page: PatientPage) -> tuple[Any, ...]:
    """What the page tells, without what may differ: the revision, and since when an alert waits."""
    assert page.marker is not None
    alerts = sorted((_comparable(alert) for alert in page.marker.alerts), key=lambda told: told[0])
    marker = replace(page.marker, revision=0, alerts=(), is_pending=False)
    return page.identity, page.record, page.followed, marker, alerts


def _comparable(alert: PatientAlert) -> tuple[Any, ...]:
    return (alert.alert_id, alert.code, alert.urgency, alert.state, alert.status, alert.index_on, alert.latest_on,
            alert.changed_at, alert.retracted_because, alert.steps)  # fmt: skip


@pytest.mark.parametrize("seed", range(tried(6)))
def test_the_page_known_at_a_moment_is_the_page_that_was_shown_then(world: World, seed: int) -> None:
    record = KnownRecord(world)
    today = record.day(0)
    writer = Writer(record, Random(seed))
    for assay in writer.assays:
        writer.result(assay)
    shown: list[tuple[datetime, Any, Any]] = []
    for _ in range(STEPS):
        writer.step()
        recompute.drain_patient(record.patient.pk, now=timezone.now())
        page = read_patient_page(record.patient, Standpoint(today, today))
        [inputs] = series_inputs.read_current([record.series.pk])
        shown.append((timezone.now(), comparable(page), (inputs.series, _around(record, None))))
    for at, told, drawn in shown:
        page = read_patient_page(record.patient, Standpoint(today, today, at))
        [inputs] = known_inputs.read_known([record.series.pk], at)
        assert comparable(page) == told
        assert (inputs.series, _around(record, at)) == drawn


def _around(record: KnownRecord, at: datetime | None) -> figures.Surroundings:
    inputs = known_inputs.read_inputs([record.series.pk], at)
    return figures.read_surroundings(inputs, at)[record.series.pk]
