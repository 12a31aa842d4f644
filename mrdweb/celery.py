import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrdweb.settings")

app = Celery("mrdweb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
