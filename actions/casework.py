"""A case from hand to hand: taken, assigned, noted, moved, due."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions import case_changes, reminding
from actions.case_changes import Refused
from actions.models import Case, CaseEntry, CaseState, EntryKind
from organizations.models import Member, Role

LATEST_DUE = timedelta(days=365)


class NotACaseWorker(Refused):
    """Cases go to whoever may see them."""

    field = "to"

    def __init__(self, member: Member) -> None:
        said = _("%(name)s may not work on cases, or works here no more. Choose somebody else.")
        super().__init__(said % {"name": member})


class NothingWritten(Refused):
    field = "text"

    def __init__(self) -> None:
        super().__init__(_("Write something first."))


class NotADueTime(Refused):
    field = "due_at"

    def __init__(self) -> None:
        super().__init__(_("Choose a time from now on, within a year."))


class ClosingSaysMore(Refused):
    """A case is not closed by moving it."""

    def __init__(self) -> None:
        super().__init__(_("A case is closed on its own page, with its outcome and its cause."))


@transaction.atomic
def take(case: Case, *, by: Member, now: datetime, seen: int | None = None) -> Case:
    """It is mine, and in work; here as below, what is so already is no change, whatever was seen before."""
    case = case_changes.locked(case)
    if case.owner_id == by.pk and case.state == CaseState.IN_WORK:
        return case
    case_changes.as_seen(case, seen)
    _to(case, by)
    if case.owner_id != by.pk:
        case_changes.log(case, EntryKind.ASSIGNED, by=by, now=now, to=by.pk, was=case.owner_id)
    else:
        case_changes.log(case, EntryKind.MOVED, by=by, now=now, was=case.state, to_state=CaseState.IN_WORK.value)
    case_changes.changed(case, owner=by, state=CaseState.IN_WORK)
    case_changes.record(case, "case.taken", by=by, now=now)
    return case


@transaction.atomic
def assign(case: Case, *, to: Member | None, by: Member, now: datetime, seen: int | None = None) -> Case:
    """To a colleague, who gets a notice, or to nobody: then it is new again."""
    case = case_changes.locked(case)
    if case.is_open and case.owner_id == (to.pk if to else None):
        return case
    case_changes.as_seen(case, seen)
    if to is None:
        case_changes.log(case, EntryKind.RELEASED, by=by, now=now, owner=case.owner_id)
        case_changes.changed(case, owner=None, state=CaseState.NEW)
        case_changes.record(case, "case.released", by=by, now=now)
        return case
    _to(case, to)
    case_changes.log(case, EntryKind.ASSIGNED, by=by, now=now, to=to.pk, was=case.owner_id)
    case_changes.changed(case, owner=to)
    case_changes.record(case, "case.assigned", by=by, now=now, to=str(to))
    if to.pk != by.pk:
        reminding.tell_assigned(case, to=to, by=by, now=now)
    return case


@transaction.atomic
def note(case: Case, *, text: str, by: Member, now: datetime) -> CaseEntry:
    """A word for colleagues, on a closed case too; the same word twice in a row is a button pressed twice."""
    text = case_changes.words(text, most=case_changes.LONGEST_NOTE)
    if not text:
        raise NothingWritten
    case = case_changes.locked(case)
    last = case.entries.order_by("-pk").first()
    if last is not None and (last.kind, last.by_id, last.text) == (EntryKind.NOTE, by.pk, text):
        return last
    entry = case_changes.log(case, EntryKind.NOTE, by=by, now=now, text=text)
    case_changes.record(case, "case.noted", by=by, now=now)
    return entry


@transaction.atomic
def move(case: Case, *, to: str, by: Member, now: datetime, seen: int | None = None) -> Case:
    """Into another column of the board; what nobody has is taken by whoever begins with it."""
    if to not in CaseState.values or to == CaseState.CLOSED:
        raise ClosingSaysMore
    case = case_changes.locked(case)
    if case.state == to:
        return case
    case_changes.as_seen(case, seen)
    if to == CaseState.NEW:
        return assign(case, to=None, by=by, now=now) if case.owner_id else _moved(case, to, by=by, now=now)
    if case.owner_id is None:
        _to(case, by)
        case_changes.log(case, EntryKind.ASSIGNED, by=by, now=now, to=by.pk, was=None)
        case_changes.changed(case, owner=by)
    return _moved(case, to, by=by, now=now)


def _moved(case: Case, to: str, *, by: Member, now: datetime) -> Case:
    case_changes.log(case, EntryKind.MOVED, by=by, now=now, was=case.state, to_state=to)
    case_changes.changed(case, state=to)
    case_changes.record(case, "case.moved", by=by, now=now, state=to)
    return case


@transaction.atomic
def change_due(case: Case, *, due_at: datetime, by: Member, now: datetime, seen: int | None = None) -> Case:
    """For the work; whether it was closed in time is judged by the due time it began with."""
    if not now < due_at <= now + LATEST_DUE:
        raise NotADueTime
    case = case_changes.locked(case)
    if case.is_open and case.due_at == due_at:
        return case
    case_changes.as_seen(case, seen)
    case_changes.log(case, EntryKind.DUE, by=by, now=now, was=case.due_at.isoformat(), due=due_at.isoformat())
    case_changes.changed(case, due_at=due_at)
    shown = date_format(due_at.astimezone(case.organization.zone), "DATETIME_FORMAT")
    case_changes.record(case, "case.due_changed", by=by, now=now, due=shown)
    return case


def _to(case: Case, member: Member) -> None:
    if member.organization_id != case.organization_id or not member.may(Role.CASE_WORKER):
        raise NotACaseWorker(member)
