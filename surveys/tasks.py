"""What the clock asks of this app."""

from celery import shared_task
from django.utils import timezone

from surveys import tidying


@shared_task
def tidy() -> None:
    tidying.sweep(now=timezone.now())
