"""The page of all mails to customers, and the decisions about those that did not leave."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback import outbox
from feedback.models import Message, MessageState, Purpose
from organizations.models import Role
from organizations.wall import MemberRequest, role_required

PER_PAGE = 50


@require_safe
@role_required(Role.QUALITY_MANAGER)
def index(request: MemberRequest, slug: str) -> HttpResponse:
    wanted = _wanted(request)
    found = outbox.find(request.organization, **wanted)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    for message in page:
        message.why = outbox.why(message)  # type: ignore[attr-defined]  # read by the template alone
    states = outbox.by_state(request.organization)
    query = urlencode({"state": wanted["state"], "purpose": wanted["purpose"], "q": wanted["search"]})
    context = {
        "page_obj": page,
        "export_url": f"{reverse('feedback:outbox_export', args=[slug])}?{query}",
        "wanted": wanted,
        "is_filtered": any(wanted.values()),
        "states": states,
        "has_mail": any(each.count for each in states),
        "chosen": next((each for each in states if each.state == wanted["state"]), None),
        "purposes": Purpose.choices,
        "can_retry_all": wanted["state"] == MessageState.FAILED and page.paginator.count > 1,
    }
    return render(request, "feedback/outbox.html", context)


@require_POST
@role_required(Role.QUALITY_MANAGER)
def arrived(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    try:
        outbox.mark_arrived(_message(request, pk), by=request.member, now=timezone.now())
    except outbox.NotInDoubt as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted: this mail arrived."))
    return _back(request, slug)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def again(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """In doubt: a page that says what may happen and wants a word typed. Failed: one button is enough."""
    message = _message(request, pk)
    fault = ""
    if request.method == "POST":
        confirmed = request.POST.get("word", "").strip().casefold() == _word().casefold()
        try:
            outbox.send_again(message, by=request.member, confirmed=confirmed, now=timezone.now())
        except outbox.CannotSendAgain as refusal:
            messages.error(request, str(refusal))
            return _back(request, slug)
        except outbox.NotConfirmed:
            fault = _("Type the word “%(word)s” to confirm.") % {"word": _word()}
        else:
            messages.success(request, _("The mail is waiting to be sent again."))
            return _back(request, slug)
    elif message.state not in (MessageState.FAILED, MessageState.IN_DOUBT):
        messages.error(request, _("Only mail that failed or is in doubt can be sent again."))
        return _back(request, slug)
    context = {"message_row": message, "why": outbox.why(message), "fault": fault, "word": _word()}
    return render(request, "feedback/outbox_again.html", context, status=422 if fault else 200)


@require_POST
@role_required(Role.QUALITY_MANAGER)
def retry(request: MemberRequest, slug: str) -> HttpResponse:
    """All that failed, as far as the filter shows them."""
    wanted = _wanted(request)
    count = outbox.retry_failed(
        request.organization,
        purpose=wanted["purpose"],
        search=wanted["search"],
        by=request.member,
        now=timezone.now(),
    )
    messages.success(
        request,
        ngettext("%(count)s mail is waiting to be sent again.", "%(count)s mails are waiting to be sent again.", count)
        % {"count": count},
    )
    return _back(request, slug)


def _wanted(request: MemberRequest) -> dict[str, str]:
    """What the address asks for; a state or purpose that does not exist asks for nothing."""
    state, purpose = request.GET.get("state", ""), request.GET.get("purpose", "")
    return {
        "state": state if state in MessageState.values else "",
        "purpose": purpose if purpose in Purpose.values else "",
        "search": request.GET.get("q", "").replace("\0", "").strip()[:120],
    }


def _message(request: MemberRequest, pk: int) -> Message:
    return get_object_or_404(request.organization.customer_messages.select_related("customer"), pk=pk)


def _back(request: MemberRequest, slug: str) -> HttpResponse:
    """To the list with the filter that the address carries."""
    wanted = _wanted(request)
    query = urlencode({"state": wanted["state"], "purpose": wanted["purpose"], "q": wanted["search"]})
    return redirect(f"{reverse('feedback:outbox', args=[slug])}?{query}")


def _word() -> str:
    return pgettext("typed to confirm a second copy", "twice")
