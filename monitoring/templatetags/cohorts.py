"""What the pages of cohorts say of a part: its question as an address, and the step at which it is."""

from urllib.parse import urlencode

from django import template

from monitoring.domain.cohorts import parts
from monitoring.domain.cohorts.endpoints import Origin
from monitoring.domain.cohorts.parts import PartQuestion
from monitoring.wording.cohort_endpoint_words import AFTER
from monitoring.wording.cohort_words import STEPS

register = template.Library()


@register.filter
def asked(question: PartQuestion) -> str:
    """Write a question as the query of its address."""
    said = {name: "yes" if value is True else value for name, value in parts.said(question).items()}
    return urlencode(said)


@register.filter
def step_words(step: str) -> str:
    """Write the step at which the computing is."""
    return str(STEPS[step])


@register.filter
def after_words(origin: Origin) -> str:
    """Write from when an endpoint counts: `after molecular relapse`."""
    return str(AFTER[origin])


@register.filter
def words(said: str) -> list[str]:
    """Split a text at its blanks."""
    return said.split()
