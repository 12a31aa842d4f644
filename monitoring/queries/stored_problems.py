"""The findings of quality control that a version of a result keeps, as the domain knows them."""

from decimal import Decimal

from monitoring.domain.problems import Gene, Problem, ProblemCode
from monitoring.models import MrdResult


def problems_of(row: MrdResult) -> tuple[Problem, ...]:
    """Return the stored codes and exact numbers as findings."""
    return tuple(
        Problem(
            ProblemCode(each["code"]),
            Gene(each["gene"]) if each.get("gene") else None,
            Decimal(each["found"]) if each.get("found") else None,
        )
        for each in row.problems
    )
