"""What REST v1 answers, as shapes for its description: they describe the answers and never make them.

A test compares each with real answers (tests/integration/test_rest_schema.py).
"""

from typing import Any

from rest_framework import serializers

from monitoring.domain.terms import Call
from monitoring.models import SampleCorrection
from monitoring.models.choices import (
    AlertStateChoice,
    AuthorisationBasisChoice,
    CareRoleChoice,
    MarkerChoice,
    ResultStateChoice,
    RuleSetChoice,
    SexChoice,
    TissueChoice,
)

Shape = type[serializers.Serializer[Any]]
Field = serializers.Field[Any, Any, Any, Any]


def shape(name: str, told: str, /, **fields: Field) -> Shape:
    """Return a shape by its name, a sentence and its fields."""
    return type(name, (serializers.Serializer,), {**fields, "__doc__": told})


def text(*, null: bool = False, told: str = "") -> Field:
    """A text; null where there is none."""
    return serializers.CharField(allow_null=null, allow_blank=True, help_text=told)


def exact(*, null: bool = True, told: str = "") -> Field:
    """An exact decimal, as text, so that no digit is lost on the way."""
    return serializers.CharField(allow_null=null, help_text=told or "An exact decimal, as text.")


def whole(*, null: bool = False, told: str = "") -> Field:
    """A whole number."""
    return serializers.IntegerField(allow_null=null, help_text=told)


def day(*, null: bool = False) -> Field:
    """A day."""
    return serializers.DateField(allow_null=null)


def moment(*, null: bool = True) -> Field:
    """A moment with its offset from UTC."""
    return serializers.DateTimeField(allow_null=null)


def word(choices: type[Any], *, null: bool = False) -> Field:
    """One of some words."""
    return serializers.ChoiceField([each.value for each in choices], allow_null=null)


def flag(told: str = "") -> Field:
    """Yes or no."""
    return serializers.BooleanField(help_text=told)


def texts() -> Field:
    """Several texts."""
    return serializers.ListField(child=serializers.CharField())


def things() -> Field:
    """Several things of a shape of their own, described in docs/api.md."""
    return serializers.ListField(child=serializers.DictField())


def thing() -> Field:
    """A thing of a shape of its own, described in docs/api.md."""
    return serializers.DictField()


KNOWN_AT: dict[str, Field] = {
    "known_at": serializers.CharField(allow_null=True, help_text="The moment asked for; null is now.")
}
STANDPOINT: dict[str, Field] = {
    "as_of": serializers.DateField(allow_null=True, help_text="The day asked for."),
    **KNOWN_AT,
}
NEXT = {"next_after": whole(null=True, told="Ask with `after` for the next page; null on the last.")}


def listed(row: Shape, **others: Field) -> Shape:
    """Return the shape of a list of rows."""
    return shape(f"{row.__name__}List", f"{row.__name__}: a list.", results=row(many=True), **others)


WRONG = shape(
    "WrongField", "A field that is wrong; of a file also the place in it.",
    path=text(told="Where: `sample.tissue`, `files[0]`."), message=text(),
    line=serializers.IntegerField(required=False),
    **{name: serializers.CharField(required=False) for name in ("code", "sheet", "column")},
)  # fmt: skip
PROBLEM = shape(
    "Problem", "Why something is refused (RFC 9457).",
    type=text(), title=text(), status=whole(), detail=text(), errors=WRONG(many=True),
    run=serializers.IntegerField(required=False, help_text="The run that these files are already."),
)  # fmt: skip
PATIENT = shape(
    "Patient", "A patient, by pseudonym.",
    id=whole(), centre=whole(), pseudonym=text(), born_on=day(), sex=word(SexChoice), is_synthetic=flag(),
    constructed=texts(), research_refused_on=day(null=True), corrected_at=moment(),
)  # fmt: skip
PATIENT_AT = type("PatientAt", (PATIENT,), {**STANDPOINT, "__doc__": "A patient, from a standpoint."})
OF_RECORD = {"id": whole(), "patient": whole(), "recorded_at": moment(null=False)}
CENTRE = shape(
    "Centre", "A centre of this installation.",
    id=whole(), code=text(), name=text(), is_own=flag(), is_synthetic=flag(),
)  # fmt: skip
CARE = shape(
    "CareRelation", "A centre's care for a patient; from `ends_on` on it sees nothing of the patient.",
    id=whole(), patient=whole(), centre=whole(), role=word(CareRoleChoice), starts_on=day(), ends_on=day(null=True),
)  # fmt: skip
SAMPLE = shape(
    "Sample", "A tube of marrow or blood.",
    **OF_RECORD, laboratory=whole(), accession_number=text(), tissue=word(TissueChoice), collected_on=day(),
    received_on=day(null=True), timepoint=text(null=True), not_measured_because=text(null=True), constructed=texts(),
)  # fmt: skip
FACTS = shape(
    "FactsOfSample", "What a sample is for the rules.", tissue=word(TissueChoice), collected_on=day(), timepoint=text()
)
CORRECTION_EFFECT = shape(
    "EffectOfCorrection", "One marker by one rule set: its state now, and once the correction is signed.",
    marker=word(MarkerChoice), ruleset=word(RuleSetChoice), now=text(), then=text(), changes=texts(),
    samples_reclassed=whole(),
)  # fmt: skip
_CORRECTION: dict[str, Field] = {
    "id": whole(), "sample": whole(), "patient": whole(), "state": word(SampleCorrection.State), "was": FACTS(),
    "becomes": FACTS(), "reason": text(), "proposed_by": whole(), "proposed_at": moment(null=False),
    "signed_by": whole(null=True), "signed_at": moment(), "closed_by": whole(null=True), "closed_at": moment(),
    "comment": text(null=True),
}  # fmt: skip
CORRECTION = shape("Correction", "What a sample with signed results is corrected to.", **_CORRECTION)
CORRECTION_WHOLE = shape(
    "CorrectionWhole", "A correction with what signing it would change today.",
    **_CORRECTION, effects=CORRECTION_EFFECT(many=True), effect=text(told="Sent back with the signature."),
)  # fmt: skip
BASELINE = shape(
    "BaselineLevel", "The level at diagnosis in one tissue.",
    tissue=word(TissueChoice), pct_abl1=exact(null=False), abl1_copies=exact(), collected_on=day(),
    constructed=texts(),
)  # fmt: skip
LEVEL_ON_RECORD = shape(
    "LevelOnRecord", "The level at diagnosis in one tissue, in % of ABL1.",
    **OF_RECORD, series=whole(), tissue=word(TissueChoice), pct_abl1=exact(null=False), abl1_copies=exact(),
    collected_on=day(), constructed=texts(),
)  # fmt: skip
MARKER = shape(
    "Marker", "A marker that is followed.",
    id=whole(), series=whole(), marker=word(MarkerChoice), mutation_type=text(), baselines=BASELINE(many=True),
)  # fmt: skip
SERIES = shape(
    "Series", "One patient, one marker.",
    id=whole(), patient=whole(), pseudonym=text(), marker=word(MarkerChoice), mutation_type=text(),
    revision=whole(told="Rises with every change of the inputs."),
)  # fmt: skip
SERIES_AT = type("SeriesAt", (SERIES,), {"on_record": flag(), **STANDPOINT, "__doc__": "A series, from a standpoint."})
TUBE = shape("TubeOfResult", "The sample of a result.", id=whole(), accession_number=text())
TYPED = shape("TypedLevel", "The level as it was told.", value=exact(), scale=text(null=True))
RESULT = shape(
    "Result", "One version of a result, in per cent of ABL1.",
    id=whole(), series=whole(), sample=TUBE(), assay=whole(), assay_key=text(), version=whole(),
    state=word(ResultStateChoice), collected_on=day(), tissue=word(TissueChoice), timepoint=text(null=True),
    call=word(Call), pct_abl1=exact(), target_copies=exact(), abl1_copies=exact(), lod_pct_abl1=exact(),
    loq_pct_abl1=exact(), entered=TYPED(), problems=things(), comment=text(), constructed=texts(),
    submitted_at=moment(), authorised_at=moment(), authorisation_basis=word(AuthorisationBasisChoice, null=True),
)  # fmt: skip
WELLS = shape(
    "CopiesOfWells", "Copies of each well, 0 where nothing amplified; null where its curve gave none.",
    **{name: serializers.ListField(child=exact()) for name in ("target", "abl1")},
)  # fmt: skip
RESULT_AT = type(
    "ResultAt",
    (RESULT,),
    {"copies": WELLS(allow_null=True), **STANDPOINT, "__doc__": "A version of a result, from a standpoint."},
)
BULK_ITEM = shape(
    "BulkItem", "What became of one result: its number and state, or the problem.",
    index=whole(told="Its place in the request, from 0."), status=whole(),
    **{name: serializers.CharField(required=False, allow_null=True) for name in ("state", "call", "pct_abl1")},
    **{name: serializers.IntegerField(required=False) for name in ("id", "version")},
    problem=PROBLEM(required=False),
)  # fmt: skip
BULK = shape("BulkAnswer", "What became of each result.", mode=text(), results=BULK_ITEM(many=True))
VERDICTS = shape(
    "Verdicts", "What each rule set says, with its evidence.",
    series=whole(), revision=whole(), alerting_ruleset=word(RuleSetChoice), on_record=flag(), verdicts=thing(),
    **STANDPOINT,
)  # fmt: skip
DUE = shape(
    "DueSample", "One due date: any one of `tissues` satisfies it.",
    rule=text(), tissues=texts(), due_on=day(null=True), grace_days=whole(), status=text(), overdue_days=whole(),
    number=whole(null=True), target_on=day(null=True), taken_on=day(null=True),
    not_made_for_open_relapse=flag(
        "The date comes from an interval of follow-up, while a relapse or suspicion is open and no treatment has begun "
        "since its index sample: the interval was not made for it, and a person decides when the next sample is taken."
    ),
)  # fmt: skip
SCHEDULE = shape(
    "Schedule", "What is to come and what is past.",
    series=whole(), on_record=flag(), to_come=DUE(many=True), past=DUE(many=True), **STANDPOINT,
)  # fmt: skip
RUN = shape(
    "Run", "A run of the bench, without its file.",
    id=whole(), laboratory=whole(), name=text(), format=text(), instrument=text(null=True), run_on=day(null=True),
    file_name=text(), file_sha256=text(), state=text(), revision=whole(), uploaded_by=text(),
    uploaded_at=moment(null=False), submitted_at=moment(), discarded_because=text(null=True),
)  # fmt: skip
TARGET = shape(
    "TargetOfRun", "A target of the file; `kind` is null until a person at the bench says what it is.",
    name=text(), kind=text(null=True), assay=whole(null=True), suggested_assay=whole(null=True), reactions=whole(),
)  # fmt: skip
NAMED = shape("NameOfRun", "A sample name of the file, and what its wells are there for.", name=text(), role=text())
NOTE = shape("NoteOfReader", "What the reader of the file had to decide.", code=text(), count=whole(), message=text())
RUN_TAKEN_IN = type(
    "RunTakenIn",
    (RUN,),
    {
        "page": text(told="Where a person at the bench goes on."), "targets": TARGET(many=True),
        "samples": NAMED(many=True), "notes": NOTE(many=True),
        "__doc__": "A run that was taken in, with what was read of its files.",
    },
)  # fmt: skip
_ALERT: dict[str, Field] = {
    "id": whole(), "patient": whole(), "pseudonym": text(), "series": whole(), "ruleset": word(RuleSetChoice),
    "code": text(), "urgency": whole(), "state": word(AlertStateChoice), "index_on": day(null=True),
    "raised_at": moment(null=False), "due_at": moment(), "acknowledged_at": moment(), "held_by": text(null=True),
    "escalation": whole(), "escalated_at": moment(), "resolved_at": moment(), "retracted_because": text(null=True),
}  # fmt: skip
ALERT = shape("Alert", "An alert.", **_ALERT)
ALERT_WHOLE = shape(
    "AlertWithSteps", "An alert with its life, and what a step taken with it sends back.",
    **_ALERT, revision=serializers.IntegerField(required=False), changed_at=serializers.DateTimeField(required=False),
    steps=things(), known_at=serializers.CharField(required=False, allow_null=True),
)  # fmt: skip
FIGURE = shape("Figure", "A figure for Plotly.", data=things(), layout=thing())
_COHORT: dict[str, Field] = {
    "id": whole(), "name": text(), "centre": whole(), "is_synthetic": flag(),
    "version": whole(told="The version in force."), "definition": thing(),
}  # fmt: skip
COHORT = shape("Cohort", "A cohort with the definition in force.", **_COHORT)
COHORT_VERSION = shape(
    "CohortVersion", "One version of a definition; none is ever changed.",
    number=whole(), definition=thing(), made_by=text(), made_at=moment(null=False), because=text(),
)  # fmt: skip
FLOW_STEP = shape(
    "FlowStep", "How many a criterion left out; `parts` are pairs of a name and a number.",
    criterion=text(), patients=whole(), parts=serializers.ListField(child=serializers.ListField()),
)  # fmt: skip
FLOW = shape("Flow", "Patients considered, included, and left out.", considered=whole(), included=whole(),
             left_out=FLOW_STEP(many=True))  # fmt: skip
DATA_STATE = shape("DataState", "From which state of the data.", revision=whole(), patients=whole(), pending=whole())
COHORT_WHOLE = shape(
    "CohortWhole", "A cohort with its versions, and the flow of patients of today.",
    **_COHORT, versions=COHORT_VERSION(many=True), flow=FLOW(), data=DATA_STATE(),
)  # fmt: skip
_ASKED: dict[str, Field] = {"cohort": whole(), "version": whole(), "part": text(), "question": thing()}
COHORT_PART = shape(
    "CohortPart", "The answer of a part from the data of today; numbers by name, days from the origin.",
    **_ASKED, data_revision=whole(), computed_at=moment(null=False), answer=thing(),
)  # fmt: skip
COHORT_PART_PROGRESS = shape(
    "CohortPartProgress", "How far the answer is: ask the Location again after Retry-After seconds.",
    **_ASKED, state=text(), step=text(), share=whole(told="Per cent."), asked_at=moment(),
)  # fmt: skip
ANALYSIS_SET_PROGRESS = shape(
    "AnalysisSetProgress", "How far the file is: ask the Location again after Retry-After seconds.",
    cohort=whole(), version=whole(), kind=text(), origin=text(), without_dates=flag(), state=text(), step=text(),
    share=whole(told="Per cent."), asked_at=moment(null=False),
)  # fmt: skip
