"""What is over and proves nothing → gone after a while: notices that were mailed, invitations, sign-ins."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from organizations.models import ColleagueInvite, Notice, NoticeState

# Small enough that nobody who works at night waits for it.
_AT_ONCE = 1000


def sweep(*, now: datetime) -> None:
    """The record of what members did is never touched; of an invitation it tells further on."""
    notices = Notice.objects.filter(state__in=[NoticeState.SENT, NoticeState.FAILED])
    away(notices.filter(created_at__lt=now - settings.KEEP_NOTICES))
    away(ColleagueInvite.objects.filter(expires_at__lt=now - settings.KEEP_INVITES))
    away(Session.objects.filter(expire_date__lt=now))


def away(found: QuerySet[Any, Any]) -> int:
    """Delete what is found, in small steps, each its own transaction; gives how many rows went."""
    gone = 0
    while ids := list(found.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        found.model._default_manager.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone
