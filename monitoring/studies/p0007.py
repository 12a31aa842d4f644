"""P-0007, the one patient of the demonstration whose story is told by hand (p0007.txt)."""

import re
from collections.abc import Callable
from datetime import date
from importlib import resources

from monitoring.domain.terms import Call, Marker, Tissue
from monitoring.studies.leukaemia import AML_TYPES
from monitoring.studies.records import (
    AdverseEventRecord,
    BaselineRecord,
    CountRecord,
    CycleRecord,
    EventRecord,
    FindingRecord,
    HoldRecord,
    PatientRecord,
    SampleRecord,
    TransfusionRecord,
    TreatmentRecord,
)
from monitoring.studies.synthetic import place

PSEUDONYM = "P-0007"
NOTHING, NOT_DETECTED = "-", "nd"
COLUMNS_APART = re.compile(" {2,}")

Line = dict[str, str]
DayOf = Callable[[str], int]


def story(today: date) -> PatientRecord:
    """Return the patient with every day moved so that the story is told today; the birth date stays."""
    tables = read_tables()
    told = tables["patient"][0]
    diagnosed_on = date.fromisoformat(told["diagnosed_on"])

    def day_of(text: str) -> int:
        return (date.fromisoformat(text) - diagnosed_on).days

    born_on = date.fromisoformat(told["born_on"])
    patient = PatientRecord(
        pseudonym=PSEUDONYM,
        sex=told["sex"],
        born_on=born_on,
        diagnosed_on=diagnosed_on,
        marker=Marker.NPM1,
        mutation_type=told["mutation_type"],
        aml_type=AML_TYPES[Marker.NPM1],
        karyotype=told["karyotype"],
        eln_risk=told["eln_risk"],
        baselines=[
            BaselineRecord(Tissue(line["tissue"]), line["pct_abl1"], int(line["abl1_copies"]))
            for line in tables["baselines"]
        ],
        findings=[_finding(line, day_of) for line in tables["findings"]],
        treatments=_treatments(tables, day_of),
        events=[_event(line, day_of) for line in tables["events"]],
        adverse_events=[_adverse_event(line, day_of) for line in tables["adverse_events"]],
        counts=[_count(line, day_of) for line in tables["counts"]],
        holds=[_hold(line, day_of) for line in tables["holds"]],
        transfusions=[_transfusion(line, day_of) for line in tables["transfusions"]],
        samples=[_sample(line, day_of) for line in tables["samples"]],
    )
    moved = place(patient, day_of(told["told_on"]), today)
    moved.born_on = born_on
    return moved


def read_tables() -> dict[str, list[Line]]:
    """Return the tables of p0007.txt by name; a dash is an empty cell."""
    text = resources.files("monitoring.studies").joinpath("p0007.txt").read_text(encoding="utf-8")
    tables: dict[str, list[Line]] = {}
    names: list[str] = []
    for raw in text.splitlines():
        if not raw or raw.startswith("#"):
            continue
        if raw.startswith("["):
            table = tables[raw.strip("[]")] = []
            names = []
        elif not names:
            names = COLUMNS_APART.split(raw)
        else:
            table.append(dict(zip(names, map(_cell, COLUMNS_APART.split(raw)), strict=True)))
    return tables


def _cell(text: str) -> str:
    return "" if text == NOTHING else text


def _finding(line: Line, day_of: DayOf) -> FindingRecord:
    return FindingRecord(
        line["gene"], line["variant"], line["status"], day_of(line["found_on"]), line["method"], line["vaf_pct"] or None
    )


def _treatments(tables: dict[str, list[Line]], day_of: DayOf) -> list[TreatmentRecord]:
    lines = [
        TreatmentRecord(
            line["kind"], line["regimen"], day_of(line["starts_on"]), day_of(line["ends_on"]), line["stopped_because"]
        )
        for line in tables["treatments"]
    ]
    lines[-1].cycles = [_cycle(line, day_of) for line in tables["cycles"]]
    return lines


def _cycle(line: Line, day_of: DayOf) -> CycleRecord:
    return CycleRecord(
        number=int(line["number"]),
        starts=day_of(line["starts_on"]),
        ends=day_of(line["ends_on"]),
        planned_days=int(line["planned"]),
        given_days=int(line["given"]),
        dose_mg=int(line["dose_mg"]),
        partner_drug="AZACITIDINE",
        partner_dose_mg_m2="75",
        partner_days=int(line["aza_days"]),
        cyp3a4=line["cyp3a4"],
        cyp3a4_drug=line["cyp3a4"].lower(),
        setting="OUTPATIENT",
    )


def _event(line: Line, day_of: DayOf) -> EventRecord:
    return EventRecord(
        line["kind"], day_of(line["happened_on"]), line["detail"], line["donor"], mrd_at_hsct=line["mrd_at_hsct"]
    )


def _adverse_event(line: Line, day_of: DayOf) -> AdverseEventRecord:
    return AdverseEventRecord(
        day_of(line["cycle_starts_on"]),
        line["term"],
        int(line["grade"]),
        day_of(line["starts_on"]),
        day_of(line["ends_on"]),
        line["kind"],
        line["temperature_c"] or None,
        {"yes": True, "no": False}.get(line["sustained"]),
    )


def _count(line: Line, day_of: DayOf) -> CountRecord:
    return CountRecord(day_of(line["measured_on"]), line["neutrophils"], line["platelets"], line["haemoglobin"])


def _hold(line: Line, day_of: DayOf) -> HoldRecord:
    ends = day_of(line["ends_on"]) if line["ends_on"] else None
    return HoldRecord(day_of(line["cycle_starts_on"]), day_of(line["starts_on"]), ends, line["because"])


def _transfusion(line: Line, day_of: DayOf) -> TransfusionRecord:
    return TransfusionRecord(
        day_of(line["cycle_starts_on"]), line["product"], int(line["units"]), day_of(line["given_on"])
    )


def _sample(line: Line, day_of: DayOf) -> SampleRecord:
    found = line["pct_abl1"] != NOT_DETECTED
    return SampleRecord(
        day=day_of(line["collected_on"]),
        tissue=Tissue(line["tissue"]),
        call=Call.DETECTED if found else Call.NOT_DETECTED,
        pct_abl1=line["pct_abl1"] if found else None,
        abl1_copies=int(line["abl1_copies"]),
        timepoint=line["timepoint"],
        quality_note=line["quality_note"],
    )
