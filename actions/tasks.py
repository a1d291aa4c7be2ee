"""Pokes of the clock: each looks into the tables for what is due, and may run twice."""

from celery import shared_task
from django.utils import timezone

from actions import reminding, tidying, triage


@shared_task
def open_cases() -> None:
    """Unhappy customers of the last two days."""
    triage.sweep(now=timezone.now())


@shared_task
def open_overlooked_cases() -> None:
    """Once a night: all who may still be answered."""
    triage.sweep_all(now=timezone.now())


@shared_task
def remind_owners() -> None:
    reminding.remind(now=timezone.now())


@shared_task
def tidy() -> None:
    tidying.sweep(now=timezone.now())
