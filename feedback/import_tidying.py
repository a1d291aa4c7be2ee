"""Imports that are over or forgotten → their bytes, rows and faults go."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from feedback import bringing, staging
from feedback.models import Import, ImportChunk, ImportFault, ImportState
from organizations import tidying

# So long a file waits for somebody's word.
PATIENCE = timedelta(days=7)


def sweep(*, now: datetime) -> None:
    _give_up_the_forgotten(now)
    ImportChunk.objects.filter(of__state__in=Import.OVER).delete()
    tidying.away(ImportFault.objects.filter(of__finished_at__lt=now - settings.KEEP_IMPORT_FAULTS))
    _drop_tables()


def _give_up_the_forgotten(now: datetime) -> None:
    waiting = Import.objects.filter(state__in=[ImportState.MAPPING, ImportState.CHECKED])
    forgotten = waiting.filter(created_at__lt=now - PATIENCE).exclude(queued_at__gte=now - PATIENCE)
    forgotten.update(state=ImportState.CANCELLED, cause="abandoned", finished_at=now, **bringing.FREE)


def _drop_tables() -> None:
    on_their_way = Import.objects.exclude(state__in=Import.OVER).values_list("pk", flat=True)
    for pk in staging.left_behind(on_their_way):
        with transaction.atomic():
            staging.drop(pk)
