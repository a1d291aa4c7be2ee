"""The ledger of a touchpoint and its dry run: what became of each interaction, and what would become of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from feedback import dry_run, exporting, ledger, ledger_lines, tallies
from feedback.cells import Cell
from feedback.ledger import Place
from feedback.ledger_lines import Entry
from feedback.models import MessageState, Reason
from feedback.touchpoint_views import touchpoint_of
from organizations import audit
from organizations.models import Role
from organizations.wall import MemberRequest, role_required
from surveys import sentences


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; rubbish in it asks for nothing."""

    words: str = ""
    outcome: str = ""
    oldest_first: bool = False
    place: Place | None = None

    @classmethod
    def of(cls, query: Any) -> "Wanted":
        outcome = query.get("outcome", "")
        return cls(
            words=query.get("q", "").replace("\0", "").strip()[: ledger.LONGEST_WORDS],
            outcome=outcome if outcome in ledger_lines.OUTCOMES or outcome in Reason.values else "",
            oldest_first=query.get("sort") == "oldest",
            place=_place(query.get("after"), is_before=False) or _place(query.get("before"), is_before=True),
        )


@require_safe
@role_required(Role.CASE_WORKER)
def index(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    touchpoint, wanted, now = touchpoint_of(request, pk), Wanted.of(request.GET), timezone.now()
    found = ledger.find(touchpoint, outcome=wanted.outcome, words=wanted.words, now=now)
    decided = tallies.decided(touchpoint, now=now)
    if wanted.outcome == ledger_lines.UNDECIDED and not decided.undecided:
        # To find none among a million is the dearest question of all, and it has just been answered.
        found = found.none()
    page = ledger.page(touchpoint, found, place=wanted.place, oldest_first=wanted.oldest_first, now=now)
    outcomes, states = ledger_lines.words(), {str(state.value): state.label for state in MessageState}
    context = {
        "touchpoint": touchpoint,
        "entries": [(entry, outcomes[entry.told], states.get(entry.mail)) for entry in page.entries],
        "previous": page.previous and _written(page.previous),
        "following": page.following and _written(page.following),
        "wanted": wanted,
        "outcomes": ledger.labels(),
        "decided": decided,
        "may_manage": request.member.may(Role.QUALITY_MANAGER),
    }
    return render(request, "feedback/ledger.html", context)


@require_safe
@role_required(Role.QUALITY_MANAGER)
def download(request: MemberRequest, slug: str, pk: int) -> StreamingHttpResponse:
    """The rows that the page would show, all of them, as CSV; who took it is on record."""
    touchpoint, wanted, now = touchpoint_of(request, pk), Wanted.of(request.GET), timezone.now()
    # The words searched for may be a customer's name, and the record outlives an erasure.
    detail = {"name": touchpoint.name, "outcome": wanted.outcome}
    audit.record(
        request.organization, by=request.member, what="ledger.exported", about=touchpoint, now=now, detail=detail
    )
    found = ledger.find(touchpoint, outcome=wanted.outcome, words=wanted.words, now=now)
    entries = ledger.every(touchpoint, found, oldest_first=wanted.oldest_first, now=now)
    name = f"ledger-{slugify(touchpoint.name) or touchpoint.pk}"
    return exporting.csv_response(name, _head(), _rows(entries))


def _head() -> list[str]:
    return [
        _("date"),
        _("source"),
        _("order"),
        _("customer number"),
        _("customer"),
        _("e-mail"),
        _("outcome"),
        _("decided at"),
        _("mail"),
        _("sent at"),
        _("reminders sent"),
        _("answered at"),
    ]


def _rows(entries: Iterator[Entry]) -> Iterator[list[Cell]]:
    # Looked up in the catalogue once, and not for each of a million rows.
    outcomes, states = ledger_lines.words(), {str(state.value): str(state.label) for state in MessageState}
    for entry in entries:
        yield [
            entry.at,
            entry.source,
            entry.reference,
            entry.customer_reference,
            entry.customer_name,
            entry.email,
            outcomes[entry.told],
            entry.decided_at,
            states.get(entry.mail, ""),
            entry.sent_at,
            entry.reminders,
            entry.answered_at,
        ]


@require_safe
@role_required(Role.QUALITY_MANAGER)
def dry_run_page(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    touchpoint = touchpoint_of(request, pk)
    window = dry_run.window_of(request.GET.get("window"))
    settings = dry_run.Settings.stored(touchpoint)
    context = {
        "touchpoint": touchpoint,
        "in_words": sentences.of(touchpoint),
        "windows": dry_run.windows(),
        "ran": dry_run.run(request.organization, settings, window=window, now=timezone.now()),
    }
    return render(request, "feedback/dry_run.html", context)


def _written(place: Place) -> str:
    return f"{int(place.at.timestamp())}.{place.at.microsecond:06}-{place.pk}"


def _place(said: str | None, *, is_before: bool) -> Place | None:
    moment, _dash, pk = (said or "").partition("-")
    seconds, _point, micro = moment.partition(".")
    if not all(part.isascii() and part.isdigit() for part in (seconds, micro, pk)) or len(seconds) > 11 or len(pk) > 18:
        return None
    try:
        at = datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micro[:6]))
    except (ValueError, OverflowError):
        return None
    return Place(at, int(pk), is_before)
