"""The lists of customers and of mails as files, with the conditions of the page; who took one is on record."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Func, QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from feedback import customers, exporting, outbox
from feedback.cells import Cell
from feedback.models import Message, MessageState, Purpose
from feedback.wanted import LONGEST_WORDS
from organizations import audit
from organizations.models import Role
from organizations.wall import MemberRequest, role_required

AT_ONCE = 2_000
Row = TypeVar("Row", bound=models.Model)


@require_safe
@role_required(Role.QUALITY_MANAGER)
def customer_list(request: MemberRequest, slug: str) -> HttpResponseBase:
    found = customers.find(request.organization, words=_words(request), sort=request.GET.get("sort", ""))
    everybody = request.organization.customers.annotate(attribute=Func(F("attributes"), function="jsonb_object_keys"))
    names = sorted(everybody.order_by().values_list("attribute", flat=True).distinct())
    head = [_("Number"), _("Name"), _("E-mail"), _("Language"), _("Known since"), _("Purchases"), _("Latest"), *names]

    def row(customer: Any) -> list[Cell]:
        told: list[Cell] = [customer.reference, customer.name, customer.email, customer.language, customer.created_at]
        return [*told, customer.count, customer.latest, *(_cell(customer.attributes.get(name)) for name in names)]

    _note(request, found, what="customers.exported")
    return _file(request, "customers", found, head, row)


@require_safe
@role_required(Role.QUALITY_MANAGER)
def mail_list(request: MemberRequest, slug: str) -> HttpResponseBase:
    state, purpose = request.GET.get("state", ""), request.GET.get("purpose", "")
    found = outbox.find(
        request.organization,
        state=state if state in MessageState.values else "",
        purpose=purpose if purpose in Purpose.values else "",
        search=_words(request),
    )
    head = [_("Mail"), _("To"), _("Customer number"), _("Purpose"), _("Touchpoint"), _("State"), _("Why")]
    head += [_("Made at"), _("Sent at"), _("Attempts")]

    def row(message: Message) -> list[Cell]:
        touchpoint = message.invitation.touchpoint.name if message.invitation else None
        reference = message.customer.reference if message.customer else None
        told: list[Cell] = [message.pk, message.to, reference, message.get_purpose_display(), touchpoint]
        why = outbox.why(message)
        return [*told, message.get_state_display(), why, message.created_at, message.sent_at, message.attempts]

    _note(request, found, what="mails.exported")
    return _file(request, "mails", found, head, row)


def _words(request: MemberRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_WORDS]


def _file(
    request: MemberRequest,
    name: str,
    found: QuerySet[Row],
    head: Sequence[str],
    row: Callable[[Row], list[Cell]],
) -> HttpResponseBase:
    write = exporting.xlsx_response if _is_book(request) else exporting.csv_response
    today = request.organization.day_of(timezone.now())
    return write(f"{name}-{today.isoformat()}", head, map(row, _by_ids(found)))


def _note(request: MemberRequest, found: QuerySet[Any], *, what: str) -> None:
    organization, form = request.organization, "xlsx" if _is_book(request) else "csv"
    detail = {"rows": found.count(), "format": form}
    audit.record(organization, by=request.member, what=what, about=organization, now=timezone.now(), detail=detail)


def _is_book(request: MemberRequest) -> bool:
    return request.GET.get("format") == "xlsx"


def _by_ids(found: QuerySet[Row]) -> Iterator[Row]:
    """The list is made once, the rows are read a few thousand at a time: what is erased meanwhile is not among them."""
    ids = found.values_list("pk", flat=True).iterator(chunk_size=AT_ONCE)
    while some := list(islice(ids, AT_ONCE)):
        rows = {read.pk: read for read in found.order_by().filter(pk__in=some)}
        yield from (rows[pk] for pk in some if pk in rows)


def _cell(value: Any) -> Cell:
    return value if isinstance(value, str | int | float) else None
