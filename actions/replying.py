"""A word from the member to the unhappy customer, by mail; then the case waits for her."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions import case_changes
from actions.models import Case, CaseEntry, CaseState, EntryKind
from feedback import letters
from feedback.models import Message
from organizations import audit
from organizations.models import Member


class NobodyToWriteTo(case_changes.Refused):
    """An anonymous response, or one that was erased, leads to nobody."""

    def __init__(self) -> None:
        super().__init__(_("Nobody knows whose response this is, so nobody can be written to."))


def why_not(case: Case) -> str:
    """Why no reply can leave, for the place where its form would be; '' where it can."""
    if case.customer is None:
        return str(NobodyToWriteTo())
    return letters.why_not(case.customer)


@transaction.atomic
def reply(
    case: Case, *, subject: str, text: str, key: uuid.UUID, by: Member, now: datetime, answers_to_author: bool = False
) -> Message:
    """Raises letters.CannotWrite or a refusal of casework; the same `key` twice is one mail."""
    case = case_changes.locked(case)
    earlier = CaseEntry.objects.filter(case=case, message__uuid=key).select_related("message").first()
    if earlier is not None and earlier.message is not None:
        return earlier.message
    if not case.is_open:
        raise case_changes.CaseIsClosed
    if case.customer is None:
        raise NobodyToWriteTo
    message = letters.write(
        customer=case.customer,
        response=case.response,
        subject=subject,
        text=text,
        by=by,
        now=now,
        key=key,
        answers_to_author=answers_to_author,
    )
    case_changes.log(case, EntryKind.REPLY, by=by, now=now, message=message)
    case_changes.changed(
        case,
        state=CaseState.WAITING,
        owner=case.owner or by,
        first_reply_at=case.first_reply_at or now,
    )
    audit.record(case.organization, by=by, what="case.replied", about=case, now=now)
    return message
