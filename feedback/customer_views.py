"""Customers' pages: who they are and what they did."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback import customers, standing, suppressing, timeline
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
