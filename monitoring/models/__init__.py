"""Tables and their constraints, one noun per file."""

from monitoring.models.audit import AuditEntry, AuditSeal, LoadedStudy, ReadEntry, RowHistory
from monitoring.models.events import ClinicalEvent
from monitoring.models.patients import CareRelation, Disease, MutationFinding, Patient
from monitoring.models.people import Centre, Membership, User
from monitoring.models.quality import (
    AssayBridge,
    ExternalRound,
    ExternalSample,
    QualityPoint,
    QualityTarget,
    ReagentLot,
    RunLot,
)
from monitoring.models.results import MrdResult, ResultContributor, ResultWell
from monitoring.models.runs import QpcrRun, RepeatRequest, RunReaction, RunSample, RunTarget
from monitoring.models.samples import Assay, Laboratory, Sample
from monitoring.models.series import Baseline, MrdSeries, RecomputeRequest
from monitoring.models.summaries import SeriesSummary
from monitoring.models.treatments import AdverseEvent, DoseChange, Transfusion, Treatment, VenetoclaxCycle
from monitoring.models.verdicts import Alert, AlertChange, StoredEpisode, StoredFigure, StoredVerdict

__all__ = [
    "AdverseEvent",
    "Alert",
    "AlertChange",
    "Assay",
    "AssayBridge",
    "AuditEntry",
    "AuditSeal",
    "Baseline",
    "CareRelation",
    "Centre",
    "ClinicalEvent",
    "Disease",
    "DoseChange",
    "ExternalRound",
    "ExternalSample",
    "Laboratory",
    "LoadedStudy",
    "Membership",
    "MrdResult",
    "MrdSeries",
    "MutationFinding",
    "Patient",
    "QpcrRun",
    "QualityPoint",
    "QualityTarget",
    "ReadEntry",
    "ReagentLot",
    "RecomputeRequest",
    "RepeatRequest",
    "ResultContributor",
    "ResultWell",
    "RowHistory",
    "RunLot",
    "RunReaction",
    "RunSample",
    "RunTarget",
    "Sample",
    "SeriesSummary",
    "StoredEpisode",
    "StoredFigure",
    "StoredVerdict",
    "Transfusion",
    "Treatment",
    "User",
    "VenetoclaxCycle",
]
