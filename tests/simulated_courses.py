"""A simulated cohort of any size, the same for the same number: courses with everything that the figures draw."""

import math
import random
from datetime import date, timedelta
from decimal import Decimal

from monitoring.domain.cohorts.patient import (
    CohortPatient,
    CycleGiven,
    Doubling,
    Level,
    MutationChange,
    ResponseAt,
    Transplant,
)
from monitoring.domain.ctcae import Grade
from monitoring.domain.response import BelowDiagnosis, BestResponse
from monitoring.domain.terms import CycleResponse, Marker, Tissue
from monitoring.domain.toxicity import Spell
from monitoring.domain.toxicity_table import ToxicityCase, of_patient
from tests.cohort_patients import RELAPSE_ON, TREATED_ON, cohort_patient

DAYS = (7, 14, 14, 14, 21, 28, 28)
MARKERS = (Marker.NPM1,) * 12 + (Marker.CBFB_MYH11, Marker.RUNX1_RUNX1T1)
GENES = ("NPM1", "DNMT3A", "FLT3-ITD", "IDH2", "TET2", "NRAS")
CAUSES = ("AML", "infection", "graft-versus-host disease", "")


def simulated(patients: int, seed: int = 7) -> tuple[CohortPatient, ...]:
    """Return so many patients."""
    return tuple(_patient(random.Random(f"{seed}-{number}"), number) for number in range(1, patients + 1))


def _patient(chance: random.Random, number: int) -> CohortPatient:
    cycles = _cycles(chance)
    levels = tuple(_levels(chance, Tissue.BONE_MARROW) + _levels(chance, Tissue.PERIPHERAL_BLOOD))
    responses = tuple(_responses(chance, len(cycles)))
    last = RELAPSE_ON + timedelta(days=chance.randint(150, 1500))
    died = chance.random() < 0.3
    hsct = TREATED_ON + timedelta(days=chance.randint(60, 140)) if chance.random() < 0.7 else None
    second = RELAPSE_ON + timedelta(days=chance.randint(150, 900)) if chance.random() < 0.25 else None
    relapse = RELAPSE_ON + timedelta(days=chance.randint(150, 900)) if chance.random() < 0.25 else None
    cases = {one.number: _toxicity(chance, one) for one in cycles}
    return cohort_patient(
        number=number,
        marker=chance.choice(MARKERS),
        diagnosed_on=RELAPSE_ON - timedelta(days=chance.randint(200, 1100)),
        genes=frozenset({"NPM1", *chance.sample(GENES, 2)}),
        cycles=cycles,
        responses=responses,
        best={tissue: _best(responses, tissue) for tissue in Tissue},
        levels=levels,
        transplants=(_transplant(chance, hsct),) if hsct and hsct < last else (),
        not_transplanted_because="" if hsct else chance.choice(("not fit for transplant", "no donor", "")),
        second_molecular_relapse_on=second if second and second < last else None,
        haematological_relapse_on=relapse if relapse and relapse < last else None,
        died_on=last if died else None,
        death_cause=chance.choice(CAUSES) if died else "",
        last_contact_on=last,
        last_assessment_on=last - timedelta(days=20),
        toxicity=of_patient(list(cases.values())),
        toxicity_by_cycle=cases,
        mutation_changes=_mutations(chance),
        doubling=_doubling(chance),
    )  # fmt: skip


def _cycles(chance: random.Random) -> tuple[CycleGiven, ...]:
    found = []
    starts_on = TREATED_ON
    for number in range(1, chance.choice((1, 2, 2, 3, 3, 4, 8)) + 1):
        days = chance.choice(DAYS)
        found.append(
            CycleGiven(
                number, starts_on, starts_on + timedelta(days=27), days, days, 400, "AZACITIDINE", 7,
                chance.choice(("", "", "POSACONAZOLE", "STRONG_INHIBITOR")), "", chance.choice((True, False, None)),
                chance.choice(("OUTPATIENT", "INPATIENT", "")),
            )
        )  # fmt: skip
        starts_on += timedelta(days=chance.randint(28, 42))
    return tuple(found)


def _responses(chance: random.Random, cycles: int) -> list[ResponseAt]:
    return [
        _response(chance, number, tissue)
        for number in range(1, cycles + 1)
        for tissue in Tissue
        if chance.random() < (0.9 if tissue is Tissue.PERIPHERAL_BLOOD else 0.65)
    ]


def _response(chance: random.Random, number: int, tissue: Tissue) -> ResponseAt:
    fall = Decimal(str(round(chance.gauss(0.6 + 0.4 * number, 1.2), 3)))
    undetected = fall > 1 and chance.random() < 0.6
    response = (
        CycleResponse.NEGATIVITY if undetected
        else CycleResponse.REDUCTION if fall >= 1
        else CycleResponse.PROGRESSION if fall <= -1
        else CycleResponse.STABLE
    )  # fmt: skip
    depth = BelowDiagnosis.NEGATIVE if undetected else chance.choice(tuple(BelowDiagnosis)[1:])
    return ResponseAt(
        number, tissue, response, TREATED_ON + timedelta(days=28 * number - 4), Decimal("0.4"), fall,
        is_at_least=undetected, is_minor_response=1 <= fall < 2 and not undetected, below_diagnosis=depth,
    )  # fmt: skip


def _best(responses: tuple[ResponseAt, ...], tissue: Tissue) -> BestResponse:
    order = list(CycleResponse)
    own = sorted(
        (one for one in responses if one.tissue is tissue), key=lambda one: (order.index(one.response), one.cycle)
    )
    if not own:
        return BestResponse(CycleResponse.NOT_EVALUATED)
    return BestResponse(own[0].response, own[0].cycle, 28 * own[0].cycle - 4)


def _levels(chance: random.Random, tissue: Tissue) -> list[Level]:
    found, log = [], chance.gauss(-0.4, 0.7)
    for day in sorted(chance.randint(-80, 240) for _ in range(chance.randint(1, 8))):
        on = TREATED_ON + timedelta(days=day)
        log += 0.25 if day < 0 else chance.gauss(-0.45, 0.5)
        limit = chance.uniform(-2.9, -2.3)
        value = Decimal(f"{math.pow(10, max(log, limit)):.3g}")
        found.append(Level(on, tissue, value, is_detected=log > limit))
    return found


def _transplant(chance: random.Random, on: date) -> Transplant:
    return Transplant(
        on, chance.choice(("matched sibling", "matched unrelated", "haploidentical", "")),
        chance.choice(("MAC", "RIC")), on - timedelta(days=7), chance.choice(("NEGATIVE", "LOW_LEVEL", "POSITIVE", "")),
    )  # fmt: skip


def _toxicity(chance: random.Random, cycle: CycleGiven) -> ToxicityCase:
    neutrophils = chance.choice((None, Grade.MODERATE, Grade.SEVERE, Grade.LIFE_THREATENING))
    is_grade_4 = neutrophils is Grade.LIFE_THREATENING
    spell = Spell(cycle.starts_on + timedelta(days=12), chance.randint(3, 14)) if is_grade_4 else None
    return ToxicityCase(
        neutrophils=neutrophils,
        platelets=chance.choice((None, Grade.MILD, Grade.SEVERE)),
        haemoglobin=chance.choice((Grade.MODERATE, Grade.SEVERE)),
        neutrophils_grade_4=spell,
        febrile_neutropenia=int(chance.random() < 0.15),
        infection=int(chance.random() < 0.1),
        units={"RED_CELLS": chance.choice((0, 0, 2, 4)), "PLATELETS": chance.choice((0, 0, 1))},
        reductions=int(chance.random() < 0.2),
        holds=int(chance.random() < 0.2),
        admitted=chance.choice((True, False, None)),
    )


def _mutations(chance: random.Random) -> tuple[MutationChange, ...]:
    if chance.random() < 0.5:
        return ()
    kinds = ("GAINED", "PERSISTENT", "PERSISTENT", "LOST")
    return tuple(MutationChange(gene, chance.choice(kinds), RELAPSE_ON) for gene in chance.sample(GENES, 3))


def _doubling(chance: random.Random) -> Doubling | None:
    if chance.random() < 0.45:
        return None
    days = math.exp(chance.gauss(math.log(12), 0.5))
    return Doubling(
        days, days * chance.uniform(0.3, 0.7), None if chance.random() < 0.15 else days * chance.uniform(1.5, 6)
    )
