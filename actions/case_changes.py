"""One change of a case: as it was seen, counted, with a line in its log and one in the record; or refused."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from actions.models import Case, CaseEntry, EntryKind
from feedback.models import Message
from organizations import audit, visible
from organizations.models import Member
from surveys.answers import clean

LONGEST_NOTE = 5000


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


class TooLong(Refused):
    field = "text"

    def __init__(self, most: int) -> None:
        super().__init__(_("At most %(most)d characters.") % {"most": most})


def locked(case: Case) -> Case:
    """The case as it is now, for this transaction alone."""
    related = ("organization", "owner__user", "customer", "response")
    return Case.objects.select_for_update(of=("self",), no_key=True).select_related(*related).get(pk=case.pk)


def as_seen(case: Case, seen: int | None, *, is_open: bool = True) -> None:
    """Refuses where somebody has changed it since that revision, or it is not in the state for this."""
    if seen is not None and case.revision != seen:
        raise ChangedMeanwhile(case)
    if case.is_open != is_open:
        raise CaseIsClosed if is_open else CaseIsOpen


def is_last_word(case: Case, kind: EntryKind, *, by: Member, text: str, detail: dict[str, str] | None = None) -> bool:
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


def words(text: str, *, most: int) -> str:
    text = clean(text)
    if len(text) > most:
        raise TooLong(most)
    return text if visible.is_visible(text) else ""


def record(case: Case, what: str, *, by: Member, now: datetime, **detail: Any) -> None:
    audit.record(case.organization, by=by, what=what, about=case, now=now, detail=detail)
