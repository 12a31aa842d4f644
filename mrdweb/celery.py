import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

NICENESS = 5

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrdweb.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "yes")  # `make check` asks Django's checks; a worker would read every page

app = Celery("mrdweb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def refuse_unsigned_rules(**_about: Any) -> None:
    """Stop a worker or beat whose rules nobody has signed (docs/adr/0009)."""
    from monitoring.actions.editions import refuse_to_start

    if because := refuse_to_start():
        sys.exit(because)


def stand_back(**_about: Any) -> None:
    """Let people who wait for a page go first: where processors are few, figures and cohorts take what is left."""
    os.nice(NICENESS)


worker_init.connect(stand_back)
worker_init.connect(refuse_unsigned_rules)
beat_init.connect(refuse_unsigned_rules)
