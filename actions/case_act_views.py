"""What is done to a case by a button: each is one verb; a refusal comes back with what was typed."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actions import case_changes, case_views, casework, closing, replying
from actions.models import Case
from feedback import letters
from organizations.models import Member, Role
from organizations.numbers import number
from organizations.wall import MemberRequest, role_required


@require_POST
@role_required(Role.CASE_WORKER)
def take(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    def act(case: Case, now: datetime, seen: int | None) -> None:
        casework.take(case, by=request.member, now=now, seen=seen)

    return _do(request, pk, "take", _("It is yours."), act)


@require_POST
@role_required(Role.CASE_WORKER)
def assign(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    to = _colleague(request)
    said = _("%(name)s has it now.") % {"name": to} if to else _("Nobody has it now: whoever is free takes it.")

    def act(case: Case, now: datetime, seen: int | None) -> None:
        casework.assign(case, to=to, by=request.member, now=now, seen=seen)

    return _do(request, pk, "assign", said, act)


@require_POST
@role_required(Role.CASE_WORKER)
def move(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    def act(case: Case, now: datetime, seen: int | None) -> None:
        casework.move(case, to=request.POST.get("state", ""), by=request.member, now=now, seen=seen)

    return _do(request, pk, "move", _("Moved."), act)


@require_POST
@role_required(Role.CASE_WORKER)
def note(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    def act(case: Case, now: datetime, _seen: int | None) -> None:
        casework.note(case, text=request.POST.get("text", ""), by=request.member, now=now)

    return _do(request, pk, "note", _("Your note is in the log."), act)


@require_POST
@role_required(Role.CASE_WORKER)
def reply(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    post = request.POST

    def act(case: Case, now: datetime, _seen: int | None) -> None:
        replying.reply(
            case,
            subject=post.get("subject", ""),
            text=post.get("text", ""),
            key=_key(post.get("key", "")),
            by=request.member,
            now=now,
            answers_to_author="answers_to_author" in post,
        )

    return _do(request, pk, "reply", _("Your mail leaves in a moment. The case waits for her now."), act)


@require_POST
@role_required(Role.CASE_WORKER)
def due(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    def act(case: Case, now: datetime, seen: int | None) -> None:
        casework.change_due(case, due_at=_moment(request.POST.get("due_at", "")), by=request.member, now=now, seen=seen)

    return _do(request, pk, "due", _("The due time is changed."), act)


@require_POST
@role_required(Role.CASE_WORKER)
def close(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    post = request.POST

    def act(case: Case, now: datetime, seen: int | None) -> None:
        closing.close(
            case,
            outcome=post.get("outcome", ""),
            cause=post.get("cause", ""),
            cause_text=post.get("cause_text", ""),
            text=post.get("text", ""),
            by=request.member,
            now=now,
            seen=seen,
        )

    return _do(request, pk, "close", _("The case is closed."), act)


@require_POST
@role_required(Role.CASE_WORKER)
def reopen(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    def act(case: Case, now: datetime, seen: int | None) -> None:
        closing.reopen(case, why=request.POST.get("why", ""), by=request.member, now=now, seen=seen)

    return _do(request, pk, "reopen", _("The case is open again."), act)


def _do(
    request: MemberRequest, pk: int, name: str, said: str, act: Callable[[Case, datetime, int | None], object]
) -> HttpResponse:
    """From the board back to the board, as it was filtered; else to the case, or the case with the fault."""
    case, from_board = case_views.found(request, pk), request.POST.get("from") == "board"
    try:
        act(case, timezone.now(), _seen(request))
    except (case_changes.Refused, letters.CannotWrite) as refusal:
        if not from_board:
            return case_views.shown(request, case_views.found(request, pk), act=name, refusal=refusal)
        messages.error(request, f"{case}: {refusal}")
    else:
        messages.success(request, said)
    slug = request.organization.slug
    if from_board:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{reverse('actions:board', args=[slug])}{'?' if query else ''}{query}")
    return redirect("actions:case", slug, pk)


def _seen(request: MemberRequest) -> int | None:
    return number(request.POST.get("seen"), most=2**31 - 1)


def _colleague(request: MemberRequest) -> Member | None:
    """Whom the form names; nobody for an empty choice. Whoever is not ours is not there."""
    text = request.POST.get("to", "")
    if not text:
        return None
    return get_object_or_404(request.organization.members.select_related("user"), pk=number(text) or 0)


def _key(text: str) -> uuid.UUID:
    """Of the form that was opened, so that a button pressed twice sends one mail."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def _moment(text: str) -> datetime:
    """What a field for date and time says, in the organization's zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise casework.NotADueTime from None
    if not 2000 <= moment.year <= 2200:
        raise casework.NotADueTime
    # PostgreSQL knows no distance from UTC beyond sixteen hours.
    return moment.astimezone(UTC) if timezone.is_aware(moment) else timezone.make_aware(moment)
