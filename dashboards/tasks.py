"""Ways in from the clock."""

from celery import shared_task

from dashboards import rollup


@shared_task
def roll_up() -> None:
    """Count the days that changed; two at once share the work, day by day."""
    rollup.sweep()
