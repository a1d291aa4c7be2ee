"""A case from hand to hand: taken, assigned, noted, moved, due, closed with outcome and cause, reopened."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions import reminding, rules
from actions.models import Case, CaseEntry, CaseState, Cause, EntryKind, Outcome
from feedback import known
from feedback.models import Message
from organizations import audit, visible
from organizations.models import Member, Role
from surveys.answers import clean

LONGEST_NOTE, LONGEST_CAUSE = 5000, 300
LATEST_DUE = timedelta(days=365)
# What a member may choose; the last outcome is for erasures.
OUTCOMES = [outcome for outcome in Outcome if outcome is not Outcome.ERASED]


class Refused(Exception):
    """The case stays as it is; the message says what to do. `field` names the part of a form to mend."""

    field = ""


class ChangedMeanwhile(Refused):
    """Somebody else has changed the case since the page was opened."""

    def __init__(self, case: Case) -> None:
        last = case.entries.exclude(kind=EntryKind.NOTE).select_related("by__user").order_by("-pk").first()
        who = str(last.by) if last is not None and last.by is not None else "Hearback"
        what = last.get_kind_display() if last is not None else ""
        said = _(
            "%(who)s has changed this case since you opened the page (%(what)s). "
            "Nothing was overwritten: look at it as it is now, then do it again if it is still right."
        )
        super().__init__(said % {"who": who, "what": what})


class CaseIsClosed(Refused):
    def __init__(self) -> None:
        super().__init__(_("This case is closed. Reopen it first."))


class CaseIsOpen(Refused):
    def __init__(self) -> None:
        super().__init__(_("This case is open already."))


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


class TooLong(Refused):
    field = "text"

    def __init__(self, most: int) -> None:
        super().__init__(_("At most %(most)d characters.") % {"most": most})


class NotADueTime(Refused):
    field = "due_at"

    def __init__(self) -> None:
        super().__init__(_("Choose a time from now on, within a year."))


class OutcomeMissing(Refused):
    field = "outcome"

    def __init__(self) -> None:
        super().__init__(_("Say how it ended."))


class CauseMissing(Refused):
    field = "cause"

    def __init__(self) -> None:
        super().__init__(_("Say what lay behind it, so that it can be stopped at its source."))


class CauseNotTold(Refused):
    field = "cause_text"

    def __init__(self) -> None:
        super().__init__(_("Say in a few words what it was."))


class WhyMissing(Refused):
    field = "why"

    def __init__(self) -> None:
        super().__init__(_("Say why the case is opened again."))


class ResponseIsErased(Refused):
    """There is nothing left to follow up."""

    def __init__(self) -> None:
        super().__init__(_("The response was erased: there is nobody left to answer."))


class ClosingSaysMore(Refused):
    """A case is not closed by moving it."""

    def __init__(self) -> None:
        super().__init__(_("A case is closed on its own page, with its outcome and its cause."))


@transaction.atomic
def take(case: Case, *, by: Member, now: datetime, seen: int | None = None) -> Case:
    """It is mine, and in work; here as below, what is so already is no change, whatever was seen before."""
    case = locked(case)
    if case.owner_id == by.pk and case.state == CaseState.IN_WORK:
        return case
    _as_seen(case, seen)
    _to(case, by)
    if case.owner_id != by.pk:
        log(case, EntryKind.ASSIGNED, by=by, now=now, to=by.pk, was=case.owner_id)
    else:
        log(case, EntryKind.MOVED, by=by, now=now, was=case.state, to_state=CaseState.IN_WORK.value)
    changed(case, owner=by, state=CaseState.IN_WORK)
    _record(case, "case.taken", by=by, now=now)
    return case


@transaction.atomic
def assign(case: Case, *, to: Member | None, by: Member, now: datetime, seen: int | None = None) -> Case:
    """To a colleague, who gets a notice, or to nobody: then it is new again."""
    case = locked(case)
    if case.is_open and case.owner_id == (to.pk if to else None):
        return case
    _as_seen(case, seen)
    if to is None:
        log(case, EntryKind.RELEASED, by=by, now=now, owner=case.owner_id)
        changed(case, owner=None, state=CaseState.NEW)
        _record(case, "case.released", by=by, now=now)
        return case
    _to(case, to)
    log(case, EntryKind.ASSIGNED, by=by, now=now, to=to.pk, was=case.owner_id)
    changed(case, owner=to)
    _record(case, "case.assigned", by=by, now=now, to=str(to))
    if to.pk != by.pk:
        reminding.tell_assigned(case, to=to, by=by, now=now)
    return case


@transaction.atomic
def note(case: Case, *, text: str, by: Member, now: datetime) -> CaseEntry:
    """A word for colleagues, on a closed case too; the same word twice in a row is a button pressed twice."""
    text = _words(text, most=LONGEST_NOTE)
    if not text:
        raise NothingWritten
    case = locked(case)
    last = case.entries.order_by("-pk").first()
    if last is not None and (last.kind, last.by_id, last.text) == (EntryKind.NOTE, by.pk, text):
        return last
    entry = log(case, EntryKind.NOTE, by=by, now=now, text=text)
    _record(case, "case.noted", by=by, now=now)
    return entry


@transaction.atomic
def move(case: Case, *, to: str, by: Member, now: datetime, seen: int | None = None) -> Case:
    """Into another column of the board; what nobody has is taken by whoever begins with it."""
    if to not in CaseState.values or to == CaseState.CLOSED:
        raise ClosingSaysMore
    case = locked(case)
    if case.state == to:
        return case
    _as_seen(case, seen)
    if to == CaseState.NEW:
        return assign(case, to=None, by=by, now=now) if case.owner_id else _moved(case, to, by=by, now=now)
    if case.owner_id is None:
        _to(case, by)
        log(case, EntryKind.ASSIGNED, by=by, now=now, to=by.pk, was=None)
        changed(case, owner=by)
    return _moved(case, to, by=by, now=now)


def _moved(case: Case, to: str, *, by: Member, now: datetime) -> Case:
    log(case, EntryKind.MOVED, by=by, now=now, was=case.state, to_state=to)
    changed(case, state=to)
    _record(case, "case.moved", by=by, now=now, state=to)
    return case


@transaction.atomic
def change_due(case: Case, *, due_at: datetime, by: Member, now: datetime, seen: int | None = None) -> Case:
    """For the work; whether it was closed in time is judged by the due time it began with."""
    if not now < due_at <= now + LATEST_DUE:
        raise NotADueTime
    case = locked(case)
    if case.is_open and case.due_at == due_at:
        return case
    _as_seen(case, seen)
    log(case, EntryKind.DUE, by=by, now=now, was=case.due_at.isoformat(), due=due_at.isoformat())
    changed(case, due_at=due_at)
    shown = date_format(due_at.astimezone(case.organization.zone), "DATETIME_FORMAT")
    _record(case, "case.due_changed", by=by, now=now, due=shown)
    return case


@transaction.atomic
def close(
    case: Case,
    *,
    outcome: str,
    cause: str,
    cause_text: str = "",
    text: str = "",
    by: Member,
    now: datetime,
    seen: int | None = None,
) -> Case:
    """How it ended and what lay behind it; `text` is a last word for colleagues."""
    case = locked(case)
    cause_text, text = _words(known.line(cause_text), most=len(cause_text)), _words(text, most=LONGEST_NOTE)
    said = {"outcome": outcome, "cause": cause}
    if seen is not None and _is_last_word(case, EntryKind.CLOSED, by=by, text=text, detail=said):
        return case
    # Whether there is anything to close comes first: nobody is sent back to fill in what is not wanted any more.
    _as_seen(case, seen)
    if outcome not in OUTCOMES:
        raise OutcomeMissing
    if cause not in Cause.values:
        raise CauseMissing
    if cause == Cause.OTHER and not cause_text:
        raise CauseNotTold
    owner = case.owner or by
    log(case, EntryKind.CLOSED, by=by, now=now, text=text, outcome=outcome, cause=cause)
    changed(
        case,
        state=CaseState.CLOSED,
        owner=owner,
        closed_at=now,
        outcome=outcome,
        cause=cause,
        cause_text=cause_text[:LONGEST_CAUSE],
    )
    _record(case, "case.closed", by=by, now=now, **said)
    return case


@transaction.atomic
def reopen(case: Case, *, why: str, by: Member, now: datetime, seen: int | None = None) -> Case:
    """Back to work, with a new due time; its owner keeps it while she may, else it is whoever reopened it."""
    case, why = locked(case), _words(why, most=LONGEST_NOTE)
    if seen is not None and _is_last_word(case, EntryKind.REOPENED, by=by, text=why):
        return case
    _as_seen(case, seen, is_open=False)
    if case.response_id is None:
        raise ResponseIsErased
    if not why:
        raise WhyMissing
    owner = case.owner if case.owner is not None and case.owner.may(Role.CASE_WORKER) else by
    log(case, EntryKind.REOPENED, by=by, now=now, text=why, outcome=case.outcome, cause=case.cause)
    changed(
        case,
        state=CaseState.IN_WORK,
        owner=owner,
        due_at=rules.due_at(rules.of(case.organization), now),
        closed_at=None,
        outcome="",
        cause="",
        cause_text="",
        times_reopened=case.times_reopened + 1,
    )
    _record(case, "case.reopened", by=by, now=now)
    return case


def locked(case: Case) -> Case:
    """The case as it is now, for this transaction alone."""
    related = ("organization", "owner__user", "customer", "response")
    return Case.objects.select_for_update(of=("self",), no_key=True).select_related(*related).get(pk=case.pk)


def _as_seen(case: Case, seen: int | None, *, is_open: bool = True) -> None:
    """Refuses where somebody has changed it since that revision, or it is not in the state for this."""
    if seen is not None and case.revision != seen:
        raise ChangedMeanwhile(case)
    if case.is_open != is_open:
        raise CaseIsClosed if is_open else CaseIsOpen


def _is_last_word(case: Case, kind: EntryKind, *, by: Member, text: str, detail: dict[str, str] | None = None) -> bool:
    """The same button pressed twice by the same person says nothing new."""
    last = case.entries.order_by("-pk").first()
    if last is None or (last.kind, last.by_id, last.text) != (kind, by.pk, text):
        return False
    return detail is None or last.detail == detail


def changed(case: Case, **values: Any) -> None:
    """Write these fields, and count the change."""
    for name, value in values.items():
        setattr(case, name, value)
    case.revision += 1
    case.save(update_fields=[*values, "revision"])


def log(
    case: Case,
    kind: EntryKind,
    *,
    by: Member | None,
    now: datetime,
    text: str = "",
    message: Message | None = None,
    **detail: Any,
) -> CaseEntry:
    """One more line of its log."""
    entry = CaseEntry(organization_id=case.organization_id, case=case, kind=kind, by=by, at=now, text=text)
    entry.detail, entry.message = detail, message
    entry.save(force_insert=True)
    return entry


def _to(case: Case, member: Member) -> None:
    if member.organization_id != case.organization_id or not member.may(Role.CASE_WORKER):
        raise NotACaseWorker(member)


def _words(text: str, *, most: int) -> str:
    text = clean(text)
    if len(text) > most:
        raise TooLong(most)
    return text if visible.is_visible(text) else ""


def _record(case: Case, what: str, *, by: Member, now: datetime, **detail: Any) -> None:
    audit.record(case.organization, by=by, what=what, about=case, now=now, detail=detail)
