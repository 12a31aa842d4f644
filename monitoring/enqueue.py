"""Wakes the worker by the name of a task, after the commit. A dead broker delays, and loses nothing."""

import logging
from collections.abc import Callable

from celery import current_app

log = logging.getLogger(__name__)


def send(task: str, *arguments: int | str) -> None:
    """Send a task by name; when the broker does not answer, the sweep of the worker finds the request in the table."""
    try:
        current_app.send_task(f"monitoring.{task}", args=arguments, retry=False)
    except Exception as error:  # noqa: BLE001 - errors of many libraries; none may reach the person
        log.warning("The broker did not take %s: %s. The worker will find it in the database.", task, error)


def waker(series_id: int) -> Callable[[], None]:
    """Return what wakes the worker for one series, to be run on commit."""
    return lambda: send("recompute_series", series_id)
