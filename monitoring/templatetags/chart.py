"""Tags and filters of the patient page: thin doors to monitoring.wording."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from monitoring.domain.due_samples import DueSample
from monitoring.domain.response import BelowDiagnosis
from monitoring.domain.terms import CourseStart
from monitoring.models.choices import (
    CareRoleChoice,
    ElnRiskChoice,
    EventKindChoice,
    GeneChoice,
    RemissionChoice,
    ScaleChoice,
    SexChoice,
    TreatmentKindChoice,
)
from monitoring.queries.cycle_responses import CycleRow
from monitoring.queries.cycles_on_record import CycleFacts
from monitoring.queries.gene_findings import GenesOnRecord, TestedGene
from monitoring.queries.patient_record import Event, Finding, PatientRecord, TreatmentLine
from monitoring.wording import banner_words, cycle_words, numbers, schedule_words, timeline_words
from monitoring.wording.alert_words import retracted_words
from monitoring.wording.phrases import AFTER_COURSE_START
from monitoring.wording.sample_correction_words import corrected_said

register = template.Library()

register.filter("due_title", schedule_words.due_title)
register.filter("due_tissues", schedule_words.due_tissues)
register.filter("due_day", schedule_words.due_day)
register.filter("grace_words", schedule_words.grace_words)
register.filter("due_standing", schedule_words.standing)
register.filter("constructed_words", timeline_words.constructed_words)
register.filter("retracted_words", retracted_words)
register.simple_tag(timeline_words.span_words, name="span_words")

LABELS = {
    "sex": SexChoice,
    "eln_risk": ElnRiskChoice,
    "remission": RemissionChoice,
    "event": EventKindChoice,
    "treatment": TreatmentKindChoice,
    "gene": GeneChoice,
    "scale": ScaleChoice,
    "care": CareRoleChoice,
}


@register.filter
def label(code: str, table: str) -> str:
    """Write the words of a choice: `{{ event.kind|label:"event" }}`."""
    return str(LABELS[table](code).label)


@register.filter
def after_start(kind: str) -> str:
    """Write after what a course began: `after HSCT`."""
    return str(AFTER_COURSE_START[CourseStart(kind)])


@register.filter
def finding_words(finding: Finding) -> str:
    """Write what was found of a gene."""
    return timeline_words.finding_words(
        gene=finding.gene,
        variant=finding.variant,
        status=finding.status,
        vaf_pct=finding.vaf_pct,
        ratio=finding.allelic_ratio,
    )


@register.simple_tag
def tested_words(tested: TestedGene) -> str:
    """Write when a gene was tested last."""
    return banner_words.tested_words(tested.finding.found_on, is_older=tested.is_older)


@register.simple_tag
def never_tested(genes: GenesOnRecord) -> tuple[str, str]:
    """Write which genes that decide drugs were never tested, after its label."""
    return banner_words.never_tested_words(genes.never_tested)


@register.simple_tag
def transplant_words(event: Event) -> str:
    """Write a transplant with its donor and the MRD before it."""
    return banner_words.transplant_words(event.happened_on, event.donor, event.mrd_at_hsct)


@register.simple_tag
def after_transplant(record: PatientRecord) -> list[tuple[str, str]]:
    """List what is on record of graft-versus-host disease and donor lymphocytes."""
    return banner_words.after_transplant_words(
        record.days_of(EventKindChoice.GVHD), record.days_of(EventKindChoice.DLI)
    )


@register.filter
def event_details(event: Event) -> list[str]:
    """List the details of an event."""
    return timeline_words.event_details(
        donor=event.donor,
        conditioning=event.conditioning,
        conditioning_starts_on=event.conditioning_starts_on,
        mrd_at_hsct=event.mrd_at_hsct,
        cause=event.cause,
        detail=event.detail,
    )


@register.filter
def finding_details(finding: Finding) -> list[str]:
    """List where, how and in which sample a gene was tested."""
    return timeline_words.finding_details(
        tissue=finding.tissue, method=finding.method, accession_number=finding.accession_number
    )


@register.filter
def line_details(line: TreatmentLine) -> list[str]:
    """Return what the timeline says of a line of treatment beside its days."""
    return timeline_words.line_details(cycle_2_on=line.cycle_2_on, stopped_because=line.stopped_because)


@register.filter
def partner(cycle: CycleFacts) -> str:
    """Write what was given with venetoclax."""
    return cycle_words.partner_words(cycle.partner_drug, cycle.partner_dose_mg_m2, cycle.partner_days)


@register.filter
def inhibitor(cycle: CycleFacts) -> str:
    """Write the CYP3A4 inhibitor or inducer."""
    return cycle_words.inhibitor_words(cycle.cyp3a4, cycle.cyp3a4_drug)


@register.filter
def days_given(cycle: CycleFacts) -> str:
    """Write days given of days planned."""
    return cycle_words.given_words(cycle.given_days, cycle.planned_days)


@register.filter
def circumstances(cycle: CycleFacts) -> list[str]:
    """List what else is on record of a cycle."""
    return cycle_words.circumstances(
        ramp_up=cycle.ramp_up, tls_prophylaxis=cycle.tls_prophylaxis, g_csf=cycle.g_csf, setting=cycle.setting
    )


@register.inclusion_tag("components/cycle_response.html")
def cycle_response(row: CycleRow, tissue: str, as_of: date) -> dict[str, Any]:
    """Show the response of a tissue after a cycle, with the sample behind it."""
    response = row.responses.get(tissue)
    if response is None:
        return {"response": None}
    detail = cycle_words.response_detail(response, row.decided_by.get(tissue), as_of)
    return {
        "response": response.response.value,
        "detail": detail,
        "is_minor": response.is_minor_response,
        "is_low_positive": response.below_diagnosis is BelowDiagnosis.LOW_POSITIVE,
    }


@register.simple_tag
def typed_value(value: Decimal, scale: str) -> str:
    """Write a value as it was typed, every digit, with its scale."""
    return f"{numbers.exact(value)} {ScaleChoice(scale).label}"


@register.filter
def is_open(due: DueSample) -> bool:
    """Whether someone still has to do something about a due sample."""
    return due.is_open


register.filter("corrected_said", corrected_said)


@register.filter
def remarks_of(remarks: dict[str, list[str]], result_id: str) -> list[str]:
    """List the remarks of one result."""
    return remarks.get(result_id, [])
