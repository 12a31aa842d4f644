"""What is on record of the genes beside the followed marker: the latest test of each, and what was never tested."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from monitoring.models.choices import GeneChoice
from monitoring.queries.patient_record import Finding

# drugs are chosen by these: that none was tested is told, [DESIGN]
TOLD_WHEN_NEVER_TESTED = (GeneChoice.FLT3_ITD, GeneChoice.FLT3_TKD, GeneChoice.IDH1, GeneChoice.IDH2)


@dataclass(frozen=True, slots=True)
class TestedGene:
    """A finding of the last test of a gene; `is_older` where a relapse or suspicion began after it."""

    finding: Finding
    is_older: bool


@dataclass(frozen=True, slots=True)
class GenesOnRecord:
    """The last test of each gene in the order of the genes, and the genes that decide drugs without any test."""

    tested: tuple[TestedGene, ...]
    never_tested: tuple[str, ...]


def genes_on_record(findings: Iterable[Finding], relapse_on: date | None) -> GenesOnRecord:
    """Return what the last test of each gene found; that of the followed marker is said by the marker.

    `relapse_on` is the day on which what is open now began, None where nothing is. Of one day several variants of a
    gene may be on record: all are told. Other genes have their name in the variant and are apart by it.
    """
    latest: dict[tuple[str, str], list[Finding]] = {}
    for one in sorted(findings, key=lambda each: each.found_on):
        key = (one.gene, one.variant if one.gene == GeneChoice.OTHER else "")
        same_day = [each for each in latest.get(key, []) if each.found_on == one.found_on]
        latest[key] = [*same_day, one]
    tested = [one for key in sorted(latest) if key[0] != GeneChoice.NPM1 for one in latest[key]]
    genes = {gene for gene, _variant in latest}
    return GenesOnRecord(
        tested=tuple(TestedGene(one, relapse_on is not None and one.found_on < relapse_on) for one in tested),
        never_tested=tuple(gene.value for gene in TOLD_WHEN_NEVER_TESTED if gene.value not in genes),
    )
