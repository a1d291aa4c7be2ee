"""A case is closed with its outcome and its cause, and opened again by whoever says why."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions import case_changes, rules
from actions.case_changes import Refused
from actions.models import Case, CaseState, Cause, EntryKind, Outcome
from feedback import known
from organizations.models import Member, Role

LONGEST_CAUSE = 300
# What a member may choose; the last outcome is for erasures.
OUTCOMES = [outcome for outcome in Outcome if outcome is not Outcome.ERASED]


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
    case = case_changes.locked(case)
    cause_text, text = (
        case_changes.words(known.line(cause_text), most=len(cause_text)),
        case_changes.words(text, most=case_changes.LONGEST_NOTE),
    )
    said = {"outcome": outcome, "cause": cause}
    if seen is not None and case_changes.is_last_word(case, EntryKind.CLOSED, by=by, text=text, detail=said):
        return case
    # Whether there is anything to close comes first: nobody is sent back to fill in what is not wanted any more.
    case_changes.as_seen(case, seen)
    if outcome not in OUTCOMES:
        raise OutcomeMissing
    if cause not in Cause.values:
        raise CauseMissing
    if cause == Cause.OTHER and not cause_text:
        raise CauseNotTold
    owner = case.owner or by
    case_changes.log(case, EntryKind.CLOSED, by=by, now=now, text=text, outcome=outcome, cause=cause)
    case_changes.changed(
        case,
        state=CaseState.CLOSED,
        owner=owner,
        closed_at=now,
        outcome=outcome,
        cause=cause,
        cause_text=cause_text[:LONGEST_CAUSE],
    )
    case_changes.record(case, "case.closed", by=by, now=now, **said)
    return case


@transaction.atomic
def reopen(case: Case, *, why: str, by: Member, now: datetime, seen: int | None = None) -> Case:
    """Back to work, with a new due time; its owner keeps it while she may, else it is whoever reopened it."""
    case, why = case_changes.locked(case), case_changes.words(why, most=case_changes.LONGEST_NOTE)
    if seen is not None and case_changes.is_last_word(case, EntryKind.REOPENED, by=by, text=why):
        return case
    case_changes.as_seen(case, seen, is_open=False)
    if case.response_id is None:
        raise ResponseIsErased
    if not why:
        raise WhyMissing
    owner = case.owner if case.owner is not None and case.owner.may(Role.CASE_WORKER) else by
    case_changes.log(case, EntryKind.REOPENED, by=by, now=now, text=why, outcome=case.outcome, cause=case.cause)
    case_changes.changed(
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
    case_changes.record(case, "case.reopened", by=by, now=now)
    return case
