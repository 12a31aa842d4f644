"""Each operation of REST v1 in words for its description: what it takes, what it answers, what may be asked."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from rest_framework import serializers

from api.v1 import alert_turns, answers, bench, care, corrections, markers, result_turns, runs
from api.v1.answers import Shape
from api.v1.cohort_fields import CohortFields, VersionFields
from api.v1.patient_rows import ChangeFields, Table
from api.v1.registration import PatientFactsFields, RegistrationFields
from api.v1.result_turns import ReasonFields
from api.v1.results import MeasurementFields, ResultFields

AT = ("as_of", "known_at")
PAGES = ("after", "limit")
STEP_REFUSALS = (400, 403, 404, 409, 412, 422)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its answer, its body, its parameters, and the refusals that it may give."""

    answer: Shape | None
    asked: tuple[str, ...] = ()
    body: Shape | None = None
    status: int = 200
    refusals: tuple[int, ...] = (400, 404, 422)
    headers: tuple[str, ...] = ()
    example: dict[str, Any] = field(default_factory=dict)
    others: tuple[tuple[int, Shape, str], ...] = ()
    media: str = "application/pdf"  # of an answer that is a file


class BulkFields(serializers.Serializer[Any]):
    """Up to 1,000 results."""

    results = serializers.ListField(child=ResultFields(), min_length=1, max_length=1000)


class PatientChange(PatientFactsFields, ChangeFields):
    """What is corrected of who the patient is, and why."""


LEVEL = {
    "call": "DETECTED", "value": "0.0930", "scale": "PCT_ABL1", "abl1_copies": "39600", "loq": "25",
    "loq_scale": "PER_10_5_ABL1",
}  # fmt: skip
ENTRY: dict[str, Any] = {
    "series": 17, "assay": 3, "sample": {"accession_number": "26-04711", "tissue": "BM", "collected_on": "2026-11-16"},
    "reported": LEVEL,
}  # fmt: skip
DEFINITION = {
    "ruleset": "ELN2021", "markers": ["NPM1"], "failures": ["RELAPSE"], "regimens": ["VEN_AZA"],
    "started_from": "2022-01-01",
}  # fmt: skip
PART_QUESTION = (
    "version", "endpoint", "origin", "grouping", "comparison", "tissue", "landmark_days", "pooled",
)  # fmt: skip
FILE_QUESTION = ("version", "origin", "without_dates")
_PROGRESS = (202, answers.COHORT_PART_PROGRESS, "It is being computed; ask the Location again after Retry-After.")
_FILE_PROGRESS = (
    202, answers.ANALYSIS_SET_PROGRESS, "One of many rows is being made; ask the Location again after Retry-After."
)  # fmt: skip
REGISTRATION: dict[str, Any] = {
    "centre": 2, "pseudonym": "P-0007", "born_on": "1967-03-14", "sex": "F",
    "disease": {"diagnosed_on": "2026-06-03", "karyotype": "46,XX[20]", "eln_risk": "FAVOURABLE",
                "eln_risk_edition": "2022"},
    "marker": {"marker": "NPM1", "mutation_type": "A", "baseline_pct_abl1": "640"},
    "first_line": {"regimen": "7+3", "starts_on": "2026-06-06"},
}  # fmt: skip
SEEN: dict[str, Any] = {"version": 1, "submitted_at": "2026-11-20T10:00:00Z"}


def _read(answer: Shape, *asked: str) -> Operation:
    return Operation(answer, (*asked, "fields"), headers=("If-None-Match",), refusals=(304, 400, 404, 412, 422))


def _for_some(operation: Operation) -> Operation:
    """The same, of what is read by some roles only, which the others are told."""
    return replace(operation, refusals=(403, *operation.refusals))


def _rows(row: Shape, *asked: str) -> Operation:
    return _read(answers.listed(row, **answers.NEXT, **answers.STANDPOINT), *AT, *PAGES, *asked)


def _step(answer: Shape, body: Shape | None, /, status: int = 200, **example: Any) -> Operation:
    return Operation(answer, body=body, status=status, refusals=STEP_REFUSALS, headers=("If-Match",), example=example)


def _analysis_set(view: str, media: str) -> dict[tuple[str, str], Operation]:
    """A file at once, or made by the worker: GET asks for it, POST asks again where it came to nothing."""
    asked = Operation(None, FILE_QUESTION, refusals=(400, 403, 404, 422), media=media, others=(_FILE_PROGRESS,))
    return {(view, "GET"): replace(asked, refusals=(400, 403, 404, 409, 422)), (view, "POST"): asked}


def _alert_step(body: Shape, **example: Any) -> Operation:
    return Operation(
        answers.ALERT_WHOLE, body=body, refusals=(*STEP_REFUSALS, 428), headers=("If-Match",),
        example={"comment": "Discussed on 20 November.", **example},
    )  # fmt: skip


def _level_at_diagnosis(view: str) -> dict[tuple[str, str], Operation]:
    """The level at diagnosis of one tissue: read, recorded or corrected, removed."""
    example = {
        "value": "640000", "scale": "PER_10_5_ABL1", "collected_on": "2024-06-03", "reason": "Read on the wrong scale",
    }  # fmt: skip
    corrected = (201, answers.LEVEL_ON_RECORD, "There was none; it is recorded.")
    return {
        (view, "GET"): _read(answers.LEVEL_ON_RECORD, *AT),
        (view, "PUT"): Operation(
            answers.LEVEL_ON_RECORD, body=markers.LevelFields, refusals=(*STEP_REFUSALS, 428), headers=("If-Match",),
            example=example, others=(corrected,),
        ),
        (view, "DELETE"): Operation(
            None, body=ChangeFields, status=204, refusals=STEP_REFUSALS, headers=("If-Match",)
        ),
    }  # fmt: skip


_OF_RECORD = answers.STANDPOINT
OPERATIONS: dict[tuple[str, str], Operation] = {
    ("PatientList", "GET"): _rows(answers.PATIENT, "pseudonym"),
    ("PatientDetail", "GET"): _read(answers.PATIENT_AT, *AT),
    ("PatientList", "POST"): Operation(
        answers.PATIENT, body=RegistrationFields, status=201, refusals=(400, 403, 409, 422),
        headers=("Idempotency-Key",), example=REGISTRATION,
    ),
    ("PatientDetail", "PATCH"): Operation(
        answers.PATIENT, body=PatientChange, refusals=STEP_REFUSALS, headers=("If-Match",),
        example={"born_on": "1967-04-13", "reason": "Day and month were swapped"},
    ),
    ("CentreList", "GET"): _for_some(_read(answers.listed(answers.CENTRE, **answers.NEXT), *PAGES)),
    ("CareRelations", "GET"): _read(answers.listed(answers.CARE)),
    ("CareRelations", "POST"): Operation(
        answers.CARE, body=care.ShareFields, status=201, refusals=(400, 403, 404, 422),
        example={"centre": 3, "role": "TRANSPLANT", "starts_on": "2026-11-20", "reason": "A donor was found"},
    ),
    ("CareRelationDetail", "GET"): _read(answers.CARE),
    ("CareRelationDetail", "PATCH"): Operation(
        answers.CARE, body=care.CareEndFields, refusals=STEP_REFUSALS, headers=("If-Match",),
        example={"reason": "Back to the home centre"},
    ),
    ("PatientSamples", "GET"): _read(
        answers.shape("SamplesOfPatient", "", results=answers.SAMPLE(many=True), **_OF_RECORD), *AT
    ),
    ("Markers", "GET"): _read(answers.listed(answers.MARKER, **_OF_RECORD), *AT),
    ("Markers", "POST"): Operation(
        answers.MARKER, body=markers.MarkerFields, status=201, refusals=(400, 403, 404, 422),
        example={"marker": "NPM1", "mutation_type": "A"},
    ),
    ("MarkerDetail", "GET"): _read(answers.MARKER, *AT),
    ("MarkerDetail", "PATCH"): _step(
        answers.MARKER, markers.MarkerChange, mutation_type="B", reason="The report of the diagnosis says B"
    ),
    **_level_at_diagnosis("MarrowLevel"),
    **_level_at_diagnosis("BloodLevel"),
    ("PatientReport", "GET"): Operation(None, (*AT, "marker", "language")),
    ("SeriesList", "GET"): _rows(answers.SERIES, "patient", "pseudonym"),
    ("SeriesDetail", "GET"): _read(answers.SERIES_AT, *AT),
    ("SeriesResults", "GET"): _read(
        answers.shape(
            "ResultsOfSeries", "", results=answers.RESULT(many=True), **answers.NEXT, **answers.STANDPOINT
        ), *AT, *PAGES, "all",
    ),
    ("SeriesVerdicts", "GET"): _read(answers.VERDICTS, *AT),
    ("SeriesSchedule", "GET"): _read(answers.SCHEDULE, *AT),
    ("SeriesFigure", "GET"): Operation(answers.FIGURE, (*AT, "ruleset")),
    ("ResultList", "GET"): _rows(answers.RESULT, "result_state", "series"),
    ("ResultList", "POST"): Operation(
        answers.RESULT, body=ResultFields, status=201, refusals=(400, 403, 409, 422), example=ENTRY
    ),
    ("ResultBulk", "POST"): Operation(
        answers.BULK, ("mode", "submit"), BulkFields, 201, (400, 403, 409, 422), ("Idempotency-Key",),
        {"results": [ENTRY]},
    ),
    ("ResultDetail", "GET"): _read(answers.RESULT_AT, *AT),
    ("ResultDetail", "PUT"): Operation(
        answers.RESULT, body=MeasurementFields, refusals=(*STEP_REFUSALS, 428), headers=("If-Match",),
        example={"reported": LEVEL, "comment": "Read again"},
    ),
    ("ResultSubmit", "POST"): _step(answers.RESULT, None),
    ("ResultAuthorise", "POST"): _step(answers.RESULT, result_turns.SignedFields, 200, **SEEN),
    ("ResultReject", "POST"): _step(answers.RESULT, result_turns.RejectFields, 200, **SEEN, reason="The curve is poor"),
    ("ResultAmend", "POST"): _step(
        answers.RESULT, result_turns.AmendFields, 201, reported=LEVEL, reason="Read again"
    ),
    ("ResultWithdraw", "POST"): _step(answers.RESULT, result_turns.ReasonFields, reason="Tubes were swapped"),
    ("SampleList", "GET"): _read(
        answers.listed(answers.SAMPLE, **answers.NEXT), *PAGES, "patient", "accession_number", "tissue",
        "collected_from", "collected_to",
    ),
    ("SampleList", "POST"): Operation(
        answers.SAMPLE, body=bench.TubeFields, status=201, refusals=(400, 403, 422),
        example={"patient": 7, "laboratory": 1, **ENTRY["sample"], "received_on": "2026-11-17"},
    ),
    ("SampleDetail", "GET"): _read(answers.SAMPLE, *AT),
    ("SampleDetail", "PATCH"): Operation(
        answers.SAMPLE, body=bench.FactsChange, refusals=STEP_REFUSALS, headers=("If-Match",),
        example={"collected_on": "2026-11-15", "reason": "The label was misread"},
    ),
    ("SampleCorrections", "GET"): _read(answers.listed(answers.CORRECTION)),
    ("SampleCorrections", "POST"): Operation(
        answers.CORRECTION_WHOLE, body=corrections.ProposalFields, status=201, refusals=(400, 403, 404, 409, 422),
        example={"tissue": "PB", "reason": "The label was misread"},
    ),
    ("CorrectionDetail", "GET"): _read(answers.CORRECTION_WHOLE),
    ("CorrectionSign", "POST"): Operation(
        answers.CORRECTION_WHOLE, body=corrections.SignatureFields, refusals=(400, 403, 404, 409, 422),
        example={"effect": "9f2c4d6a8b0e1f35"},
    ),
    ("CorrectionReturn", "POST"): Operation(
        answers.CORRECTION_WHOLE, body=ReasonFields, refusals=(400, 403, 404, 409, 422),
        example={"reason": "The form says marrow"},
    ),
    ("CorrectionWithdraw", "POST"): Operation(
        answers.CORRECTION_WHOLE, body=ReasonFields, refusals=(400, 403, 404, 409, 422),
        example={"reason": "It was right"},
    ),
    ("RunList", "GET"): _read(answers.listed(answers.RUN, **answers.NEXT), *PAGES, "run_state", "laboratory"),
    ("RunList", "POST"): Operation(
        answers.RUN_TAKEN_IN, body=runs.RunFields, status=201, refusals=(400, 403, 409, 415, 422),
        example={"laboratory": 1, "files": ["the bytes of plate-2026-11-20.txt"]},
    ),
    ("RunDetail", "GET"): _read(answers.RUN),
    ("AlertList", "GET"): _read(
        answers.listed(answers.ALERT, **answers.NEXT, **answers.KNOWN_AT, pending_series=answers.whole()),
        "known_at", *PAGES, "alert_state",
    ),
    ("AlertDetail", "GET"): _read(answers.ALERT_WHOLE, "known_at"),
    ("AlertAcknowledge", "POST"): _alert_step(
        alert_turns.DecisionFields, action_taken="PREEMPTIVE_VENETOCLAX", next_sample_on="2026-12-03",
        next_sample_tissue="BM",
    ),
    ("AlertHandOver", "POST"): _alert_step(alert_turns.HandOverFields, to="second.clinician"),
    ("AlertResolve", "POST"): _alert_step(alert_turns.SeenFields),
    ("CohortList", "GET"): _for_some(_read(answers.listed(answers.COHORT, **answers.NEXT), *PAGES)),
    ("CohortList", "POST"): Operation(
        answers.COHORT_WHOLE, body=CohortFields, status=201, refusals=(400, 403, 409, 422),
        example={"centre": 2, "name": "NPM1, VEN-AZA since 2022", "definition": DEFINITION},
    ),
    ("CohortDetail", "GET"): _for_some(_read(answers.COHORT_WHOLE)),
    ("CohortVersions", "POST"): Operation(
        answers.COHORT_WHOLE, body=VersionFields, status=201, refusals=(400, 403, 404, 409, 422),
        example={"seen_version": 1, "because": "Progression too", "definition": DEFINITION},
    ),
    ("CohortPart", "GET"): Operation(
        answers.COHORT_PART, (*PART_QUESTION, "fields"), headers=("If-None-Match",),
        refusals=(304, 400, 403, 404, 409, 422), others=(_PROGRESS,),
    ),
    ("CohortPart", "POST"): Operation(
        answers.COHORT_PART, PART_QUESTION, refusals=(400, 403, 404, 422), others=(_PROGRESS,)
    ),
    **_analysis_set("AnalysisSetCsv", "text/csv"),
    **_analysis_set("AnalysisSetParquet", "application/vnd.apache.parquet"),
}  # fmt: skip


def of_table(table: Table, method: str, *, is_list: bool) -> Operation:
    """Return an operation on the rows of one table of a patient's record, whose fields say everything."""
    row = _row_of(table.fields)
    if method == "GET":
        return _read(_rows_of(table.fields), *AT) if is_list else _read(row, *AT)
    if method == "POST":
        return Operation(row, body=table.fields, status=201, refusals=(400, 403, 404, 409, 422))
    if method == "DELETE":
        return Operation(None, body=ChangeFields, status=204, refusals=STEP_REFUSALS, headers=("If-Match",))
    return Operation(row, body=_change_of(table.fields), refusals=STEP_REFUSALS, headers=("If-Match",))


@cache
def _row_of(fields: Shape) -> Shape:
    return type(fields.__name__.removesuffix("Fields"), (fields,), {**answers.OF_RECORD, "__doc__": fields.__doc__})


@cache
def _rows_of(fields: Shape) -> Shape:
    return answers.listed(_row_of(fields), **answers.STANDPOINT)


@cache
def _change_of(fields: Shape) -> Shape:
    name = f"{fields.__name__.removesuffix('Fields')}Change"
    return type(name, (fields, ChangeFields), {"__doc__": "What is corrected, and why."})
