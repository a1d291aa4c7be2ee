"""A response is erased: its case stays as a count, with nothing in it that leads to a person."""

from datetime import datetime

from django.db.models import F, Func, JSONField
from django.utils.translation import gettext as _

from actions.models import Case, CaseEntry, CaseState, EntryKind, Outcome
from feedback.models import Response

# Lines of the log that say which score was given.
TELL_SCORES = (EntryKind.OPENED, EntryKind.CHANGED_ANSWER)


def what_is_lost(response: Response) -> list[str]:
    """In sentences, before it happens."""
    case = Case.objects.filter(response=response).first()
    if case is None:
        return []
    said = _(
        "Case %(number)s loses its customer, its notes and its mails to her; its times, its outcome and its cause are "
        "counted further on."
    )
    still_open = _("It is still open, and will be closed: nobody can answer her then.")
    return [said % {"number": case.pk}, *([still_open] if case.is_open else [])]


def forget(response: Response, *, now: datetime) -> None:
    """In the transaction that erases the response, before its row goes."""
    case = Case.objects.select_for_update(of=("self",), no_key=True).filter(response=response).first()
    if case is None:
        return
    entries = CaseEntry.objects.filter(case=case)
    entries.filter(kind__in=TELL_SCORES).update(text="", detail=_without_scores(), message=None)
    # The mails keep where they went, so the lines about them lose the way there.
    entries.update(text="", message=None)
    case.response = case.customer = case.score = None
    case.cause_text = case.band = ""
    if case.is_open:
        # Neither a success nor a failure: the figures leave it out.
        case.state, case.outcome, case.closed_at = CaseState.CLOSED, Outcome.ERASED, now
    case.revision += 1
    case.save()
    CaseEntry.objects.create(organization_id=case.organization_id, case=case, kind=EntryKind.ERASED, at=now)


def _without_scores() -> Func:
    """The trigger on the log lets exactly these go."""
    template = "%(expressions)s - '{score,was,band,question,question_was}'::text[]"
    return Func(F("detail"), template=template, output_field=JSONField())
