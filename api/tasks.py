"""The heartbeat's poke."""

from celery import shared_task
from django.utils import timezone

from api import health


@shared_task
def beat() -> None:
    health.beat(now=timezone.now())
