"""Wiring. The Celery application is loaded with Django so that tasks can be sent from every process."""

from mrdweb.celery import app as celery_app

__all__ = ["celery_app"]
