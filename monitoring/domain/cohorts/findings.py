"""Mutations of the diagnosis, and what became of them: gained, persisting, lost.

Source: Higué et al., Blood Cancer J 2025;15:141 (FILO), supplementary table 3; docs/methods/cohorts.md, "Mutations".
"""

from datetime import date

from monitoring.domain.cohorts.facts import ClinicalFacts, EventKind, FindingStatus, GeneFinding, LineKind
from monitoring.domain.cohorts.patient import MutationChange

COMPARED = frozenset({FindingStatus.GAINED, FindingStatus.PERSISTENT, FindingStatus.LOST})
SAY_IT_WAS_THERE = frozenset({FindingStatus.PERSISTENT, FindingStatus.LOST})


def genes_of_diagnosis(facts: ClinicalFacts) -> frozenset[str]:
    """Return the genes mutated at diagnosis: found before the first remission, or said later to persist or be lost."""
    until = _diagnosis_until(facts)
    return frozenset(
        each.gene
        for each in facts.findings
        if each.status in SAY_IT_WAS_THERE or (each.status is FindingStatus.PRESENT and _is_early(each, until))
    )


def mutation_changes(facts: ClinicalFacts) -> tuple[MutationChange, ...]:
    """Return what was said to be gained, persistent or lost; a plain finding after remission is compared by gene.

    Present again is PERSISTENT, absent is LOST where the gene was mutated at diagnosis; present is GAINED where it was
    looked for then and absent. A gene of which nothing was known at diagnosis says nothing.
    """
    until = _diagnosis_until(facts)
    mutated = genes_of_diagnosis(facts)
    absent = {
        each.gene for each in facts.findings if each.status is FindingStatus.ABSENT and _is_early(each, until)
    } - mutated
    found = []
    for each in facts.findings:
        status = each.status
        if status not in COMPARED:
            if _is_early(each, until):
                continue
            compared = _compared(each, mutated, absent)
            if compared is None:
                continue
            status = compared
        found.append(MutationChange(each.gene, status.value, each.on))
    return tuple(found)


def _compared(finding: GeneFinding, mutated: frozenset[str], absent: set[str]) -> FindingStatus | None:
    is_present = finding.status is FindingStatus.PRESENT
    if finding.gene in mutated:
        return FindingStatus.PERSISTENT if is_present else FindingStatus.LOST
    return FindingStatus.GAINED if is_present and finding.gene in absent else None


def _diagnosis_until(facts: ClinicalFacts) -> date | None:
    """The first remission, else the end of first line; None: nothing says when the diagnosis is over."""
    ends = [line.ends_on for line in facts.lines if line.kind is LineKind.FIRST_LINE and line.ends_on is not None]
    return facts.first_on(EventKind.REMISSION) or min(ends, default=None)


def _is_early(finding: GeneFinding, until: date | None) -> bool:
    return until is None or finding.on < until
