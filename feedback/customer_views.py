"""Customers' pages: who they are and what they did."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback import customers, erasing, standing, suppressing, timeline
from feedback.models import Customer, SuppressionReason
from organizations.models import Role
from organizations.wall import MemberRequest, role_required

PER_PAGE = 50


@require_safe
@role_required(Role.CASE_WORKER)
def index(request: MemberRequest, slug: str) -> HttpResponse:
    query = request.GET.get("q", "").strip()[: customers.LONGEST_WORDS]
    sort = request.GET.get("sort", "")
    found = customers.find(request.organization, words=query, sort=sort)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    export = f"{reverse('feedback:customers_export', args=[slug])}?{urlencode({'q': query, 'sort': sort})}"
    context = {
        "page_obj": page,
        "query": query,
        "sort": sort,
        "export_url": export,
        "may_manage": request.member.may(Role.QUALITY_MANAGER),
    }
    return render(request, "feedback/customers.html", context)


@require_safe
@role_required(Role.CASE_WORKER)
def detail(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(request.organization.customers, pk=pk))


@require_POST
@role_required(Role.QUALITY_MANAGER)
def release(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Write to her address again, because a member knows why."""
    customer = get_object_or_404(request.organization.customers, pk=pk)
    reason, why = request.POST.get("reason", ""), request.POST.get("why", "")
    try:
        suppressing.lift(
            request.organization,
            address_key=customer.address_key,
            reason=SuppressionReason(reason) if reason in SuppressionReason.values else SuppressionReason.OPTED_OUT,
            why=why,
            by=request.member,
            now=timezone.now(),
        )
    except suppressing.WhyIsMissing as refusal:
        return _page(request, customer, faults={reason: str(refusal)}, status=422)
    except (suppressing.NotSuppressed, suppressing.NotForUsToLift) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Mail may go to her address again."))
    return redirect("feedback:customer", slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def erase(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """GET says what will be lost, in numbers; POST with her number loses it."""
    customer = get_object_or_404(request.organization.customers, pk=pk)
    if customer.erased_at is not None:
        messages.info(request, _("This customer was erased already."))
        return redirect("feedback:customer", slug, pk)
    typed, fault = request.POST.get("number", ""), ""
    if request.method == "POST":
        try:
            erasing.erase(customer, typed=typed, by=request.member, now=timezone.now())
        except (erasing.NotConfirmed, erasing.NotWhileRecording) as refusal:
            fault = str(refusal)
        else:
            messages.success(request, _("Erased. What is counted without her shows on the dashboard in a few seconds."))
            return redirect("feedback:customers", slug)
    context = {"customer": customer, "loss": erasing.loss(customer), "typed": typed, "fault": fault}
    return render(request, "feedback/customer_erase.html", context, status=422 if fault else 200)


def _page(
    request: MemberRequest, customer: Customer, *, faults: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "customer": customer,
        "events": timeline.of(customer),
        "standing": standing.of(customer),
        "may_manage": request.member.may(Role.QUALITY_MANAGER),
        "faults": faults or {},
    }
    return render(request, "feedback/customer.html", context, status=status)
