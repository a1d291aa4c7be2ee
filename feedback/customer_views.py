"""Customers' pages: who they are, what they did, and bringing their purchases."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from feedback import intake, purchases, timeline
from feedback.models import Customer
from feedback.purchase_faults import advice
from organizations.models import Organization, Role
from organizations.wall import MemberRequest, role_required

PER_PAGE = 50
SORTS = {"name": "sort_name", "-name": "-sort_name", "latest": "-latest", "purchases": "-count"}
SOURCE = "csv"
SAMPLE = (
    "order,date,customer,email,name,language,product,store\r\n"
    "A-1001,2026-01-31,C-17,anna@example.com,Anna Berg,de,Headphones,Berlin\r\n"
)


class BringForm(forms.Form):
    """The file with purchases."""

    file = forms.FileField(
        label=gettext_lazy("File with purchases"),
        help_text=gettext_lazy("CSV in UTF-8, at most 20,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv", "class": "form-control"}),
        allow_empty_file=True,
    )


@require_GET
@role_required(Role.CASE_WORKER)
def index(request: MemberRequest, slug: str) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:120]
    sort = request.GET.get("sort", "")
    found = _search(request.organization, query).order_by(SORTS.get(sort, "sort_name"), "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "feedback/customers.html", {"page_obj": page, "query": query, "sort": sort})


def _search(organization: Organization, query: str) -> QuerySet[Customer, Any]:
    customers = organization.customers.annotate(count=Count("interactions"), latest=Max("interactions__experienced_at"))
    if query:
        customers = customers.filter(
            Q(sort_name__contains=intake.sort_name(query)) | Q(email__icontains=query) | Q(reference__icontains=query)
        )
    return customers


@require_GET
@role_required(Role.CASE_WORKER)
def detail(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    customer = get_object_or_404(request.organization.customers, pk=pk)
    return render(request, "feedback/customer.html", {"customer": customer, "events": timeline.of(customer)})


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
    context = {"form": form, "faults": faults, "known": purchases.KNOWN, "sample": SAMPLE}
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
        SAMPLE,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="purchases.csv"'},
    )
