"""Before a response is erased: what apps further down lose with it, and their part of forgetting it."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from feedback.models import Response


def what_is_lost(response: Response) -> list[str]:
    """In sentences, for whoever is about to do it."""
    return [sentence for name in settings.WHAT_IS_LOST for sentence in import_string(name)(response)]


def forget(response: Response, *, now: datetime) -> None:
    """In the transaction of the erasure, while the row is still there."""
    for name in settings.FORGET:
        import_string(name)(response, now=now)
