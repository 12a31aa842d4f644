"""The mutations of a cohort in words: at diagnosis, and gained, persistent or lost later (FILO 2025, table S3)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.domain.cohorts.part_mutations import MutationRow, MutationsAnswer
from monitoring.wording import cohort_numbers
from monitoring.wording.cohort_pictures import NOTHING
from monitoring.wording.cohort_words import patients_words

OTHER = "OTHER"  # how a record names a gene that has no name of its own there


@dataclass(frozen=True, slots=True)
class GeneLine:
    """One gene."""

    gene: str
    at_diagnosis: str
    gained: str
    persistent: str
    lost: str


def context(answer: MutationsAnswer) -> dict[str, Any]:
    """Return what the component shows."""
    return {
        "is_empty": not answer.rows,
        "patients": patients_words(answer.patients),
        "looked_again": cohort_numbers.count(answer.looked_again),
        "sentence": looked_again_words(answer),
        "lines": [_line(row, answer) for row in answer.rows],
    }


def looked_again_words(answer: MutationsAnswer) -> str:
    """Say in how many patients mutations were looked for again."""
    if not answer.looked_again:
        return _("In no patient were mutations looked for again after the diagnosis.")
    return ngettext(
        "Looked for again after the diagnosis in %(n)s of %(of)s patients; the latest finding of each gene counts.",
        "Looked for again after the diagnosis in %(n)s of %(of)s patients; the latest finding of each gene counts.",
        answer.looked_again,
    ) % {"n": cohort_numbers.count(answer.looked_again), "of": cohort_numbers.count(answer.patients)}  # fmt: skip


def _line(row: MutationRow, answer: MutationsAnswer) -> GeneLine:
    later = (row.gained, row.persistent, row.lost)
    told = (cohort_numbers.count(each) if answer.looked_again else NOTHING for each in later)
    return GeneLine(_("another gene") if row.gene == OTHER else row.gene, cohort_numbers.count(row.at_diagnosis), *told)
