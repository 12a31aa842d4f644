"""The WSGI application."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrdweb.settings")

# New objects less deleted ones after which rubbish is looked for: a request of a thousand results makes far more.
YOUNG_OBJECTS = 10_000

application = get_wsgi_application()

# A release whose rules nobody has signed must not show its verdicts (docs/adr/0009).
from monitoring.actions.editions import refuse_to_start  # noqa: E402 - models need the application

if because := refuse_to_start():
    sys.exit(because)

# Every page and interface is loaded before the first request: two that come at once to a new process would load the
# same modules against each other, and one of them could find a module that is only half there.
import mrdweb.urls  # noqa: E402, F401

# What is loaded by now stays as long as the process does. To look through it again and again for rubbish would take a
# third of the time of a request that makes many rows; the processes that are forked from here share it unwritten.
gc.collect()
gc.freeze()
gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
