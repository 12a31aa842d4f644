"""Tables and their constraints, one noun per file."""

from monitoring.models.alerts import Alert, AlertChange, AlertTime
from monitoring.models.audit import AuditEntry, AuditSeal, InterfaceAccess, LoadedStudy, ReadEntry, RowHistory
from monitoring.models.clients import AccessToken, ApiClient, CdsCard, CdsFeedback, IdempotencyKey, UsedAssertion
from monitoring.models.cohorts import (
    AnalysisChange,
    AnalysisRow,
    Cohort,
    CohortAnswer,
    CohortFile,
    CohortVersion,
    CohortWork,
)
from monitoring.models.desks import CalendarFeed, CurveNote, SamplingInterval, SavedView
from monitoring.models.events import ClinicalEvent
from monitoring.models.exchange import (
    AlertToPublish,
    ExternalIdentifier,
    InboundMessage,
    ReceivedResource,
    ReportedResult,
    SenderProfile,
    Subscription,
    SubscriptionEvent,
    UnknownSender,
)
from monitoring.models.launches import LaunchAttempt, LaunchIssuer, LaunchPerson
from monitoring.models.notifications import AlertToTell, Notification, NotificationPreference, WebhookEndpoint
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
from monitoring.models.sample_corrections import SampleCorrection
from monitoring.models.samples import Assay, Laboratory, Sample
from monitoring.models.series import Baseline, MrdSeries, RecomputeRequest
from monitoring.models.shadows import ShadowDifference, ShadowRun, SignedEdition
from monitoring.models.summaries import SeriesSummary
from monitoring.models.treatments import (
    AdverseEvent,
    BloodCount,
    DoseChange,
    Transfusion,
    Treatment,
    VenetoclaxCycle,
)
from monitoring.models.verdicts import StoredEpisode, StoredFigure, StoredVerdict

__all__ = [
    "AccessToken",
    "AdverseEvent",
    "Alert",
    "AlertChange",
    "AlertTime",
    "AlertToPublish",
    "AlertToTell",
    "AnalysisChange",
    "AnalysisRow",
    "ApiClient",
    "Assay",
    "AssayBridge",
    "AuditEntry",
    "AuditSeal",
    "Baseline",
    "BloodCount",
    "CalendarFeed",
    "CareRelation",
    "CdsCard",
    "CdsFeedback",
    "Centre",
    "ClinicalEvent",
    "Cohort",
    "CohortAnswer",
    "CohortFile",
    "CohortVersion",
    "CohortWork",
    "CurveNote",
    "Disease",
    "DoseChange",
    "ExternalIdentifier",
    "ExternalRound",
    "ExternalSample",
    "IdempotencyKey",
    "InboundMessage",
    "InterfaceAccess",
    "Laboratory",
    "LaunchAttempt",
    "LaunchIssuer",
    "LaunchPerson",
    "LoadedStudy",
    "Membership",
    "MrdResult",
    "MrdSeries",
    "MutationFinding",
    "Notification",
    "NotificationPreference",
    "Patient",
    "QpcrRun",
    "QualityPoint",
    "QualityTarget",
    "ReadEntry",
    "ReagentLot",
    "ReceivedResource",
    "RecomputeRequest",
    "RepeatRequest",
    "ReportedResult",
    "ResultContributor",
    "ResultWell",
    "RowHistory",
    "RunLot",
    "RunReaction",
    "RunSample",
    "RunTarget",
    "Sample",
    "SampleCorrection",
    "SamplingInterval",
    "SavedView",
    "SenderProfile",
    "SeriesSummary",
    "ShadowDifference",
    "ShadowRun",
    "SignedEdition",
    "StoredEpisode",
    "StoredFigure",
    "StoredVerdict",
    "Subscription",
    "SubscriptionEvent",
    "Transfusion",
    "Treatment",
    "UnknownSender",
    "UsedAssertion",
    "User",
    "VenetoclaxCycle",
    "WebhookEndpoint",
]
