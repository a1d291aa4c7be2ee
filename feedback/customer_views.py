"""Customers' pages: who they are, what they did, and bringing their purchases."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from feedback import customers, intake, purchases, standing, suppressing, timeline
from feedback.forms import BringForm
from feedback.models import Customer, SuppressionReason
from feedback.purchase_faults import advice
from organizations.models import Organization, Role
from organizations.wall import MemberRequest, role_required

PER_PAGE = 50
SOURCE = "csv"


@require_GET
@role_required(Role.CASE_WORKER)
def index(request: MemberRequest, slug: str) -> HttpResponse:
    query = request.GET.get("q", "").strip()[: customers.LONGEST_WORDS]
    sort = request.GET.get("sort", "")
    found = customers.find(request.organization, words=query, sort=sort)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "feedback/customers.html", {"page_obj": page, "query": query, "sort": sort})


@require_GET
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


@require_http_methods(["GET", "POST"])
@role_required(Role.QUALITY_MANAGER)
def bring(request: MemberRequest, slug: str) -> HttpResponse:
    """A CSV of purchases: all of it is recorded, or nothing and every fault is listed."""
    form = BringForm(request.POST, request.FILES) if request.method == "POST" else BringForm()
    faults: list[dict[str, Any]] = []
    if form.is_valid():
        sheet = _read(form.cleaned_data["file"], request.organization)
        if not sheet.faults:
            return _recorded(request, slug, sheet)
        faults = [asdict(fault) | {"advice": advice(fault)} for fault in sheet.faults]
    status = 422 if faults or form.errors else 200
    context = {"form": form, "faults": faults, "known": purchases.KNOWN, "sample": purchases.SAMPLE}
    return render(request, "feedback/bring.html", context, status=status)


def _read(file: UploadedFile[bytes], organization: Organization) -> purchases.Sheet:
    # One byte more than is allowed tells a file that is too large from one that just fits.
    return purchases.read(file.read(purchases.MOST_BYTES + 1), zone=organization.zone, now=timezone.now())


def _recorded(request: MemberRequest, slug: str, sheet: purchases.Sheet) -> HttpResponse:
    recorded = intake.record(
        request.organization, sheet.purchases, source=SOURCE, by=request.member, now=timezone.now()
    )
    said = ngettext("%(count)d purchase recorded.", "%(count)d purchases recorded.", recorded.interactions)
    parts = [said % {"count": recorded.interactions}]
    if recorded.already_known:
        parts.append(_("%(count)d were known already.") % {"count": recorded.already_known})
    messages.success(request, " ".join(parts))
    return redirect("feedback:customers", slug)


@require_GET
@role_required(Role.QUALITY_MANAGER)
def sample(request: MemberRequest, slug: str) -> HttpResponse:
    return HttpResponse(
        purchases.SAMPLE,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="purchases.csv"'},
    )
