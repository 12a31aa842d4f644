"""Celery tasks of the interfaces: each calls what the interface does on its own account. Safe to run twice, or late."""

from collections.abc import Callable
from typing import TypeVar, cast

from celery import shared_task
from django.utils import timezone

from api.fhir import publishing

Task = TypeVar("Task", bound=Callable[..., None])


def task(name: str) -> Callable[[Task], Task]:
    """Register a function as a task of this name; Celery's own decorator has no types."""
    return cast(Callable[[Task], Task], shared_task(name=f"monitoring.{name}"))


@task("tell_subscribers")
def tell_subscribers() -> None:
    """Number the steps of alerts for the subscribers, and send what is due."""
    publishing.number_steps(now=timezone.now())
    publishing.send_due(clock=timezone.now)
