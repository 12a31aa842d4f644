"""Filters of the pages of published studies: values, events and regimens in words."""

from django import template

from monitoring.domain.cohorts.endpoints import Event
from monitoring.wording import study_words

register = template.Library()
register.filter("regimen", study_words.regimen)


@register.filter
def study_value(found: object) -> str:
    """Write a value as it is printed, or computed."""
    return study_words.value(found, "")


@register.filter
def study_event(event: Event) -> str:
    """Write what ended the time of a case."""
    return str(study_words.EVENTS[event])
