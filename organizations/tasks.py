"""What the clock asks of this app."""

from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from organizations import post, stopping, tidying


@shared_task
def send_notices(**_later: object) -> None:
    """Mail the members' notices that are due."""
    close_old_connections()
    with stopping.orderly() as stop:
        post.send_notices(now=timezone.now(), stop=stop)


@shared_task
def tidy() -> None:
    tidying.sweep(now=timezone.now())
