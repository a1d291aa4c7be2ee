"""Where "never ask me again" leads: a page that changes nothing, and a POST that acts at once and for ever."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from feedback import addresses, respond_pages, suppressing
from feedback.addresses import OptOut
from feedback.models import Invitation, SuppressionReason
from organizations.models import Organization

ALLOWED = ("GET", "HEAD", "POST", "OPTIONS")


@csrf_exempt  # mail programs post here without a cookie (RFC 8058); the token is the authority
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Whatever the body of a POST holds, it means one thing, so that it is not even read."""
    opted_out = addresses.opt_out(token)
    if opted_out is None:
        return respond_pages.unknown(request)
    if request.method not in ALLOWED[:3]:
        return respond_pages.only(request, ALLOWED)
    organization = _organization(opted_out)
    if request.method != "POST":
        return respond_pages.opting_out(request, organization, token, state="ask", language=_language(opted_out))
    if organization is not None:
        suppressing.suppress(
            organization,
            address_key=opted_out.address_key,
            reason=SuppressionReason.OPTED_OUT,
            now=timezone.now(),
        )
    return respond_pages.opting_out(request, organization, token, state="done", language=_language(opted_out))


@csrf_exempt
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Her own second thought; what others decided (a bounce, a complaint) stays."""
    opted_out = addresses.opt_out(token)
    if opted_out is None:
        return respond_pages.unknown(request)
    if request.method != "POST":
        return respond_pages.only(request, ("POST", "OPTIONS"))
    organization = _organization(opted_out)
    if organization is not None:
        suppressing.take_back(organization, address_key=opted_out.address_key)
    return respond_pages.opting_out(request, organization, token, state="undone", language=_language(opted_out))


def _organization(opted_out: OptOut) -> Organization | None:
    return Organization.objects.filter(pk=opted_out.organization_id).first()


def _language(opted_out: OptOut) -> str:
    """That of the last mail to this address, whatever the browser of a shared computer speaks; '' once forgotten."""
    asked = Invitation.objects.filter(organization=opted_out.organization_id, address_key=opted_out.address_key)
    return asked.order_by("-created_at").values_list("language", flat=True).first() or ""
