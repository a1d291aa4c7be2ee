"""Slots of mails about cases → gone after a while; what was told of an open case stays told."""

from datetime import datetime

from django.conf import settings
from django.db.models import BigIntegerField, F, Func, Value, When
from django.db.models import Case as DbCase
from django.db.models.functions import Cast

from actions.models import Case, JobSlot
from actions.reminding import TOLD
from organizations import tidying


def sweep(*, now: datetime) -> None:
    old = JobSlot.objects.filter(at__lt=now - settings.KEEP_JOB_SLOTS)
    tidying.away(old.exclude(job=TOLD))
    # A slot of this job begins with its case's number; without it, the owner of an open case would be told anew.
    of_case = Cast(Func(F("slot"), Value("."), Value(1), function="split_part"), BigIntegerField())
    # Slots of other jobs begin with no number, and the database may look at this before it looks at the job.
    told = old.filter(job=TOLD).annotate(case=DbCase(When(job=TOLD, then=of_case)))
    tidying.away(told.exclude(case__in=Case.objects.open().values("pk")))
