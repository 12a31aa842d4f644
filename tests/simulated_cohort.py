"""A simulated cohort to draw: patients with every kind of event, in groups of different size, the same at each run."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from monitoring.domain.cohorts import part_answers, parts
from monitoring.domain.cohorts.definition import CohortDefinition
from monitoring.domain.cohorts.flow import Flow
from monitoring.domain.cohorts.part_answers import CohortData
from monitoring.domain.cohorts.parts import PartQuestion
from monitoring.domain.cohorts.patient import CohortPatient, Transplant
from monitoring.domain.response import FirstLineResponse
from monitoring.domain.terms import CycleResponse, Marker, Tissue
from tests.cohort_patients import RELAPSE_ON, cohort_patient, response_at

CBF = 4  # of the patients, as in FILO 2025
CENTRES = ("Northfield", "Southbridge", "CHU de Saint-Louis")


def day(number: float) -> date:
    """The day so many days after the relapse."""
    return RELAPSE_ON + timedelta(days=int(number))


def asked(
    part: str, patients: list[CohortPatient], others: Iterable[CohortPatient] = (), **options: Any
) -> tuple[PartQuestion, Any]:
    """The question to a part, and its answer; `others` of the patients are those of other centres."""
    question = parts.ask(part, options)
    flow = Flow(len(patients), (), tuple(one.series_id for one in patients))
    elsewhere = frozenset(one.series_id for one in others)
    data = CohortData(CohortDefinition(), flow, tuple(patients), revision=1, cared_for=len(patients), others=elsewhere)
    return question, part_answers.answer_of(question, data)


def simulated(patients: int = 70, seed: int = 7) -> list[CohortPatient]:
    """That many patients; of one seed always the same."""
    chance = random.Random(seed)
    return [_patient(number, chance) for number in range(1, patients + 1)]


def _patient(number: int, chance: random.Random) -> CohortPatient:
    last = chance.randint(200, 1700)
    died = _on(chance, 900, last)
    until = died or day(last)
    transplants = [day(chance.randint(70, 300))] if chance.random() < 0.7 else []
    return cohort_patient(
        number=number,
        marker=Marker.NPM1 if number > CBF else Marker.CBFB_MYH11,
        centre=chance.choice(CENTRES),
        genes=frozenset({"NPM1", "FLT3-ITD"} if chance.random() < 0.45 else {"NPM1"}),
        first_line_response=chance.choice((FirstLineResponse.CR_MRD, FirstLineResponse.CR_MRD_LL)),
        died_on=died,
        last_contact_on=until,
        last_assessment_on=min(until, day(last - 20)),
        second_molecular_relapse_on=_before(_on(chance, 500, last), until),
        haematological_relapse_on=_before(_on(chance, 700, last), until),
        transplants=tuple(Transplant(on) for on in transplants if on < until),
        before_transplant={tissue: response_at(2, tissue, chance.choice(list(CycleResponse))) for tissue in Tissue},
        after_c1_c2={tissue: chance.choice(list(CycleResponse)) for tissue in Tissue},
    )


def _on(chance: random.Random, mean_days: int, last: int) -> date | None:
    """A day within the time of observation, or none."""
    days = chance.expovariate(1 / mean_days)
    return day(days) if 20 < days < last and chance.random() < 0.5 else None


def _before(on: date | None, until: date) -> date | None:
    return on if on is not None and on < until else None
