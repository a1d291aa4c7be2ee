"""The page of one case: what she said, what has been done, and what to do next. Viewers never get here."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions import case_changes, case_log, cases, closing, replying, rules
from actions.models import Case, CaseState, Cause
from feedback import letters, timeline, told
from organizations.models import Role
from organizations.wall import MemberRequest, role_required

RELATED = (*cases.RELATED, "response__version", "response__invitation__customer", "response__invitation__interaction")


@require_safe
@role_required(Role.CASE_WORKER)
def case(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    return shown(request, found(request, pk))


def found(request: MemberRequest, pk: int) -> Case:
    ours = request.organization.cases.select_related(*RELATED).defer("response__version__document")
    return get_object_or_404(ours, pk=pk)


def shown(request: MemberRequest, case: Case, *, act: str = "", refusal: Exception | None = None) -> HttpResponse:
    """The page; after a refusal with what was typed, and why, beside the form `act`."""
    case.organization = request.organization
    given = request.POST if refusal else {}
    response = case.response
    context: dict[str, Any] = {
        "case": case,
        "now": timezone.now(),
        "told": told.told(response) if response else [],
        "log": case_log.lines(case),
        "events": timeline.of(case.customer) if case.customer else [],
        "workers": rules.workers(request.organization),
        "states": [state for state in CaseState if state != CaseState.CLOSED],
        "outcomes": closing.OUTCOMES,
        "causes": list(Cause),
        "why_no_reply": replying.why_not(case),
        "subject": given.get("subject", _subject(case)),
        "key": given.get("key") or uuid.uuid4(),
        "longest": {
            "subject": letters.LONGEST_SUBJECT,
            "text": letters.LONGEST_TEXT,
            "note": case_changes.LONGEST_NOTE,
        },
        "given": given,
        "act": act,
        "fault": str(refusal) if refusal else "",
        "faulty": getattr(refusal, "field", ""),
    }
    return render(request, "actions/case.html", context, status=422 if refusal else 200)


def _subject(case: Case) -> str:
    """A subject to begin with, in her language where we speak it."""
    if case.customer is None:
        return ""
    with translation.override(letters.language_for(case.customer, case.response)):
        return _("What you told %(organization)s") % {"organization": case.organization.name}
