import os
import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrdweb.settings")

app = Celery("mrdweb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def refuse_unsigned_rules(**_about: Any) -> None:
    """Stop a worker or beat whose rules nobody has signed (docs/adr/0009)."""
    from monitoring.actions.editions import refuse_to_start

    if because := refuse_to_start():
        sys.exit(because)


worker_init.connect(refuse_unsigned_rules)
beat_init.connect(refuse_unsigned_rules)
