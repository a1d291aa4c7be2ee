"""Pokes of the clock: each looks into the tables for what is due, and may run twice."""

from celery import shared_task
from django.utils import timezone

from feedback import inviting


@shared_task
def invite() -> None:
    inviting.sweep(now=timezone.now())
