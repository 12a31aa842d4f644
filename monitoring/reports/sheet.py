"""What stands on a sheet of the report: words only. Every text is data to the typesetter, never code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """Words with the icon and tone of a state; `icon` is empty where there is none."""

    words: str
    icon: str = ""
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands under it."""

    name: str
    value: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be read before everything else."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict as a sentence, and by which rules; `lead` is set bold in the colour of its tone."""

    lead: str
    rest: str
    icon: str
    tone: str
    by: str


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One line of evidence: when or what kind, in words, and the value."""

    label: str
    words: str
    value: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Why:
    """What the verdict rests on: samples and arithmetic, the rule, and its source."""

    unit: str
    lines: list[EvidenceLine]
    rule: str
    rule_text: str
    flags: list[Fact]
    source: str


@dataclass(frozen=True, slots=True)
class RuleSetLine:
    """One rule set's verdict on the same samples."""

    ruleset: str
    raises_alerts: bool
    verdict: Said
    on: str
    because: list[str]


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert, and what became of it."""

    alert: Said
    told: str


@dataclass(frozen=True, slots=True)
class Alerts:
    """Alerts that wait, and those that were dealt with; `remark` says where neither can be listed."""

    title: str
    waiting: list[AlertLine]
    past: list[AlertLine]
    remark: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve as a picture, its text equivalent, and how it is read."""

    svg: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class ResponseCell:
    """The response of one tissue after a cycle, with the sample behind it."""

    response: Said
    detail: str


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One venetoclax cycle as given, and how the samples responded."""

    name: str
    day_1: str
    late: str
    dose: str
    days: str
    given_with: str
    happened: list[str]
    marrow: ResponseCell | None
    blood: ResponseCell | None


@dataclass(frozen=True, slots=True)
class CourseOfCycles:
    """One course of cycles under its caption."""

    caption: str
    cycles: list[CycleLine]


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One authorised result; `is_inert` ones count as nothing."""

    on: str
    tissue: Said
    level: str
    limit: str
    copies: str
    sample_class: Said
    below_diagnosis: str
    remark: str
    authorised: str
    decides: bool
    is_inert: bool


@dataclass(frozen=True, slots=True)
class CourseOfSamples:
    """The samples of one course, newest first."""

    title: str
    samples: list[SampleLine]


@dataclass(frozen=True, slots=True)
class MarkerSheet:
    """Everything that is told of one marker."""

    title: str
    verdict: Verdict
    curve: Curve
    numbers: list[Fact]
    why: Why
    rulesets: list[RuleSetLine]
    disagreements: list[Fact]
    alerts: Alerts
    cycles: list[CourseOfCycles]
    samples: list[CourseOfSamples]
    samples_note: str
    class_by: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One patient, or one of several markers of a patient; `marker` is None where none is followed."""

    patient: str
    facts: list[Fact]
    band: Notice | None
    notices: list[Notice]
    marker: MarkerSheet | None
    head: str
    foot: str


@dataclass(frozen=True, slots=True)
class CoverLine:
    """One patient of the cover list: the verdict, `told` after its first words, and the number of the sheet, from 0."""

    patient: str
    marker: str
    state: Said
    told: str
    sheet: int


@dataclass(frozen=True, slots=True)
class Cover:
    """The list of patients of a meeting."""

    title: str
    lines: list[CoverLine]
    head: str
    foot: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole document."""

    title: str
    author: str
    language: str
    cover: Cover | None
    sheets: list[Sheet]
