"""Steps of drafts that nobody will take back any more → gone after a while; the draft stays as it is."""

from datetime import datetime

from django.conf import settings

from organizations import tidying
from surveys.models import DraftStep


def sweep(*, now: datetime) -> None:
    tidying.away(DraftStep.objects.filter(made_at__lt=now - settings.KEEP_DRAFT_STEPS))
