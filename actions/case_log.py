"""The log of a case → lines that people read: who did what, when, and what became of the mails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actions.models import Case, CaseEntry, CaseState, Cause, EntryKind, Outcome
from feedback import outbox
from feedback.models import Letter, Message, MessageState
from organizations.models import Member

TROUBLE = (MessageState.FAILED, MessageState.IN_DOUBT, MessageState.WITHHELD)
Names = Mapping[int, str]


@dataclass(frozen=True)
class Mail:
    """A reply, as far as it has come."""

    subject: str
    state: str
    label: str
    why: str
    is_trouble: bool


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    did: str
    icon: str
    text: str
    mail: Mail | None


def lines(case: Case) -> list[Line]:
    """The oldest first; two queries, however long it is."""
    entries = list(case.entries.select_related("by__user", "message__letter").order_by("pk"))
    names = _names(case, entries)
    return [_line(entry, names, shows_scores=not case.is_veiled) for entry in entries]


def _names(case: Case, entries: list[CaseEntry]) -> Names:
    ids = {entry.detail.get(name) for entry in entries for name in ("to", "was", "owner")}
    found = Member.objects.filter(organization=case.organization_id, pk__in=[pk for pk in ids if isinstance(pk, int)])
    return {member.pk: str(member) for member in found.select_related("user")}


def _line(entry: CaseEntry, names: Names, *, shows_scores: bool) -> Line:
    say, icon = _SAID[EntryKind(entry.kind)]
    detail = entry.detail if shows_scores else {key: each for key, each in entry.detail.items() if key != "score"}
    letter = getattr(entry.message, "letter", None) if entry.message else None
    return Line(
        at=entry.at,
        who=str(entry.by) if entry.by else "Hearback",
        did=say(detail, entry.by_id, names),
        icon=icon,
        text=letter.text if letter else entry.text,
        mail=_mail(entry.message, letter) if entry.message else None,
    )


def _mail(message: Message, letter: Letter | None) -> Mail:
    state = MessageState(message.state)
    subject = letter.subject if letter else ""
    return Mail(subject, state.value, str(state.label), outbox.why(message), state in TROUBLE)


def _opened(detail: dict[str, Any], _by: int | None, _names: Names) -> str:
    return _("opened the case, because of a low score")


def _assigned(detail: dict[str, Any], by: int | None, names: Names) -> str:
    to = detail.get("to")
    return _("took the case") if to == by else _("gave the case to %(to)s") % {"to": names.get(to or 0, "–")}


def _released(detail: dict[str, Any], by: int | None, names: Names) -> str:
    owner = {"owner": names.get(detail.get("owner") or 0, "–")}
    if by is None:
        return _("freed the case: %(owner)s no longer works on cases here") % owner
    return _("freed the case; %(owner)s had it") % owner


def _moved(detail: dict[str, Any], _by: int | None, _names: Names) -> str:
    to = detail.get("to_state", "")
    label = CaseState(to).label if to in CaseState.values else to
    return _("moved it to “%(state)s”") % {"state": label}


def _due(detail: dict[str, Any], _by: int | None, _names: Names) -> str:
    due = parse_datetime(detail.get("due", ""))
    shown = date_format(timezone.localtime(due), "DATETIME_FORMAT") if due else "–"
    return _("changed the due time to %(due)s") % {"due": shown}


def _changed_answer(detail: dict[str, Any], _by: int | None, _names: Names) -> str:
    if "score" not in detail:
        return _("noticed that the customer changed her answers")
    said = {"was": detail.get("was", "–"), "score": detail.get("score", "–")}
    if detail.get("question_was") != detail.get("question"):
        return _("noticed that the customer changed her answers; the low score is now another one: %(score)s") % said
    return _("noticed that the customer changed her score from %(was)s to %(score)s") % said


def _closed(detail: dict[str, Any], _by: int | None, _names: Names) -> str:
    outcome, cause = detail.get("outcome", ""), detail.get("cause", "")
    said = {
        "outcome": Outcome(outcome).label if outcome in Outcome.values else "–",
        "cause": Cause(cause).label if cause in Cause.values else "–",
    }
    return _("closed the case. Outcome: %(outcome)s. Cause: %(cause)s.") % said


def _simply(text: Callable[[], str]) -> "Say":
    return lambda _detail, _by, _names: text()


Say = Callable[[dict[str, Any], int | None, Names], str]
_SAID: dict[EntryKind, tuple[Say, str]] = {
    EntryKind.OPENED: (_opened, "lifebuoy"),
    EntryKind.ASSIGNED: (_assigned, "user-check"),
    EntryKind.RELEASED: (_released, "user-off"),
    EntryKind.NOTE: (_simply(lambda: _("wrote a note")), "note"),
    EntryKind.REPLY: (_simply(lambda: _("answered the customer")), "mail"),
    EntryKind.MOVED: (_moved, "arrow-right"),
    EntryKind.DUE: (_due, "calendar-event"),
    EntryKind.CHANGED_ANSWER: (_changed_answer, "edit"),
    EntryKind.CLOSED: (_closed, "circle-check"),
    EntryKind.REOPENED: (_simply(lambda: _("reopened the case")), "rotate"),
    EntryKind.ERASED: (
        _simply(lambda: _("took out the customer and all words, since the response was erased")),
        "eraser",
    ),
}
