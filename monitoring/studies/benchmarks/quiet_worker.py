"""Waits until the worker of a product has nothing to do: what one measurement leaves behind must not slow the next."""

import time

from celery import current_app

from monitoring.studies.benchmarks.scratch_product import NotStarted

LOOK_SECONDS, PATIENCE_SECONDS = 0.5, 120.0
QUEUE = "celery"


def wait() -> None:
    """Return when no task waits or runs; raises NotStarted where that takes longer than two minutes."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not _is_quiet():
        if time.monotonic() > until:
            raise NotStarted("The worker does not come to rest.")
        time.sleep(LOOK_SECONDS)


def _is_quiet() -> bool:
    with current_app.connection_for_read() as connection:
        waiting = connection.default_channel.client.llen(QUEUE)
    asked = current_app.control.inspect(timeout=LOOK_SECONDS)
    running, taken = asked.active(), asked.reserved()
    if running is None or taken is None:
        return False
    return not waiting and not any([*running.values(), *taken.values()])
