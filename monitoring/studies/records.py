"""What a data set says of one patient: plain values, days counted from diagnosis, nothing of the database."""

from dataclasses import dataclass, field
from datetime import date

from monitoring.domain.terms import Call, Marker, Tissue


@dataclass(slots=True)
class SampleRecord:
    """A sample with its result: value in per cent of ABL1 as text, ABL1 copies a well; `laboratory` counts from 0."""

    day: int
    tissue: Tissue
    call: Call
    pct_abl1: str | None
    abl1_copies: int
    timepoint: str = ""
    laboratory: int = 0
    quality_note: str = ""


@dataclass(slots=True)
class BaselineRecord:
    """The level at diagnosis in one tissue, per cent of ABL1."""

    tissue: Tissue
    pct_abl1: str
    abl1_copies: int


@dataclass(slots=True)
class FindingRecord:
    """What was found of one gene."""

    gene: str
    variant: str
    status: str
    day: int
    method: str = ""
    vaf_pct: str | None = None
    allelic_ratio: str | None = None


@dataclass(slots=True)
class CycleRecord:
    """A venetoclax cycle from its first to its last day; None where something was not recorded."""

    number: int
    starts: int
    ends: int
    planned_days: int | None
    given_days: int | None
    dose_mg: int
    partner_drug: str
    partner_dose_mg_m2: str
    partner_days: int
    cyp3a4: str = ""
    cyp3a4_drug: str = ""
    setting: str = ""
    g_csf: bool | None = False


@dataclass(slots=True)
class TreatmentRecord:
    """A line of treatment; `ends` None while it goes on."""

    kind: str
    regimen: str
    starts: int
    ends: int | None = None
    stopped_because: str = ""
    cycles: list[CycleRecord] = field(default_factory=list)


@dataclass(slots=True)
class EventRecord:
    """An event of the patient's way."""

    kind: str
    day: int
    detail: str = ""
    donor: str = ""
    conditioning: str = ""
    conditioning_starts: int | None = None
    mrd_at_hsct: str = ""
    cause: str = ""


@dataclass(slots=True)
class AdverseEventRecord:
    """An adverse event by CTCAE within the venetoclax cycle that starts on a day."""

    cycle_starts: int
    term: str
    grade: int
    starts: int
    ends: int | None
    kind: str = ""
    temperature_c: str | None = None
    sustained_over_an_hour: bool | None = None


@dataclass(slots=True)
class CountRecord:
    """A blood count: neutrophils and platelets in 10^9/L, haemoglobin in g/dL, as text."""

    day: int
    neutrophils: str
    platelets: str
    haemoglobin: str


@dataclass(slots=True)
class HoldRecord:
    """Days without venetoclax within the cycle that starts on a day; `ends` None: not taken up again."""

    cycle_starts: int
    starts: int
    ends: int | None
    because: str


@dataclass(slots=True)
class TransfusionRecord:
    """Units of a product given on a day, within the cycle that starts on a day."""

    cycle_starts: int
    product: str
    units: int
    day: int


@dataclass(slots=True)
class Growth:
    """The truth behind a simulated relapse: when the marker began to rise, and how fast it doubled."""

    starts: int
    doubling_time_days: float


@dataclass(slots=True)
class PatientRecord:
    """Everything about one patient; the results come from at most two laboratories."""

    pseudonym: str
    sex: str
    born_on: date
    diagnosed_on: date
    marker: Marker
    mutation_type: str
    aml_type: str
    karyotype: str
    eln_risk: str
    remission: str = ""
    baselines: list[BaselineRecord] = field(default_factory=list)
    findings: list[FindingRecord] = field(default_factory=list)
    treatments: list[TreatmentRecord] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    adverse_events: list[AdverseEventRecord] = field(default_factory=list)
    counts: list[CountRecord] = field(default_factory=list)
    holds: list[HoldRecord] = field(default_factory=list)
    transfusions: list[TransfusionRecord] = field(default_factory=list)
    samples: list[SampleRecord] = field(default_factory=list)
    growths: list[Growth] = field(default_factory=list)

    def on(self, day: int) -> date:
        """Return the date of a day counted from diagnosis."""
        return date.fromordinal(self.diagnosed_on.toordinal() + day)
