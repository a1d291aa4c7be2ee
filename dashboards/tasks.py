"""Ways in from the clock."""

from celery import shared_task
from django.utils import timezone

from dashboards import asked, rollup


@shared_task
def roll_up() -> None:
    """Count the days that changed; two at once share the work, day by day."""
    rollup.sweep()


@shared_task
def count_asked(days: int = asked.RECENT) -> None:
    """What became of the invitations of the last days, and of those that were touched lately."""
    asked.sweep(now=timezone.now(), days=days)


@shared_task
def count_all_asked() -> None:
    """What became of all invitations: an opt-out or an erasure may be about an old one."""
    asked.sweep_all()
