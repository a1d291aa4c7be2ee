"""Settings, root addresses and the clock; imports by dotted name, and no app imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
