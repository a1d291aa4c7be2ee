"""How far a touchpoint has decided about all that is on record, so that a sweep looks at the rest and not at all of it.

A mark only says where nothing is left. What comes in draws it back in the same transaction, and none is believed for
longer than an hour: whatever came in by a way of its own is found then.
"""

from datetime import UTC, datetime, timedelta

from feedback.models import Settled
from surveys.models import Touchpoint

BELIEVED_FOR = timedelta(hours=1)
# Moving a mark costs a look of its own.
_WORTH_MOVING = timedelta(minutes=1)
_JUST = timedelta(microseconds=1)
EVER = datetime(1, 1, 2, tzinfo=UTC)


def begin(touchpoint: Touchpoint, *, since: datetime, now: datetime) -> datetime:
    """After which experience to look for what is open, in place of `since`."""
    mark = _mark(touchpoint, since=since, now=now)
    return since if mark is None else max(since, mark.until)


def is_worth_noting(touchpoint: Touchpoint, *, since: datetime, until: datetime, now: datetime) -> bool:
    mark = _mark(touchpoint, since=since, now=now)
    return mark is None or until - mark.until >= _WORTH_MOVING


def note(touchpoint: Touchpoint, *, since: datetime, until: datetime, now: datetime) -> None:
    """Nothing is open from `since` to `until`; call while nobody else may record."""
    mark = _mark(touchpoint, since=since, now=now)
    if mark is not None:
        # It was drawn on and not made anew: what it says of the beginning is as old as it was.
        Settled.objects.filter(pk=mark.pk).update(until=until)
        return
    values = {"organization_id": touchpoint.organization_id, "since": since, "until": until, "looked_at": now}
    Settled.objects.update_or_create(touchpoint=touchpoint, is_history=since == EVER, defaults=values)


def reopen(organization_id: int, *, oldest: datetime) -> None:
    """What was experienced from `oldest` on may be open again."""
    Settled.objects.filter(organization_id=organization_id, until__gte=oldest).update(until=oldest - _JUST)


def _mark(touchpoint: Touchpoint, *, since: datetime, now: datetime) -> Settled | None:
    """One that is young enough, and reaches back as far as is asked for now."""
    young = {"looked_at__gt": now - BELIEVED_FOR, "looked_at__lte": now, "since__lte": since}
    return Settled.objects.filter(touchpoint=touchpoint, is_history=since == EVER, **young).first()
