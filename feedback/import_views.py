"""Bringing purchases: a file, what its columns mean, what it would do, and what it has done."""

import json
from collections.abc import Iterator

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback import (
    bringing,
    exporting,
    import_faults,
    import_forms,
    import_words,
    import_work,
    purchases,
    reporting,
)
from feedback.cells import Cell
from feedback.forms import BringForm
from feedback.import_sheet import Sheet
from feedback.mapping import NotAMapping
from feedback.models import Import, ImportFault, ImportState
from feedback.scanning import Unreadable
from organizations.models import Role
from organizations.wall import MemberRequest, role_required

PER_PAGE = 30
FAULTS_SHOWN = 50
LONGEST_WORDS = 120
SORTS = {"newest": "-pk", "oldest": "pk", "name": "name", "purchases": "-purchases_new"}
# An arrow beside an attribute → where it goes.
_STEPS = {"up": -1, "down": 1}


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def bring(request: MemberRequest, slug: str) -> HttpResponse:
    """Choose a file; it is kept, looked at, and the next page asks what its columns mean."""
    form = BringForm(request.POST, request.FILES) if request.method == "POST" else BringForm()
    if getattr(request, "upload_is_too_large", False):
        form.too_large()
    elif form.is_valid():
        file = form.cleaned_data["file"]
        try:
            it = bringing.bring(
                request.organization, file.chunks(), name=file.name, by=request.member, now=timezone.now()
            )
            return redirect("feedback:import_columns", slug, it.pk)
        except Unreadable as refusal:
            form.add_error("file", import_faults.advice(refusal.code, value=refusal.value))
    latest = request.organization.imports.order_by("-pk")[:5]
    return render(request, "feedback/bring.html", {"form": form, "latest": latest}, status=422 if form.errors else 200)


@require_safe
@role_required(Role.QUALITY_MANAGER)
def index(request: MemberRequest, slug: str) -> HttpResponse:
    wanted = {
        "q": request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_WORDS],
        "state": request.GET.get("state", ""),
        "sort": request.GET.get("sort", ""),
    }
    found: QuerySet[Import] = request.organization.imports.select_related("by__user")
    if wanted["q"]:
        found = found.filter(name__icontains=wanted["q"])
    if wanted["state"] in ImportState.values:
        found = found.filter(state=wanted["state"])
    found = found.order_by(SORTS.get(wanted["sort"], "-pk"), "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "wanted": wanted, "states": ImportState.choices}
    return render(request, "feedback/imports.html", context | {"is_filtered": bool(wanted["q"] or wanted["state"])})


@require_safe
@role_required(Role.QUALITY_MANAGER)
def detail(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """How far it is, what it would do, or what it has done; asks again by itself while a worker has it."""
    it = _import(request, pk)
    if it.state == ImportState.MAPPING:
        return redirect("feedback:import_columns", slug, pk)
    faults = [(each, import_faults.advice(each.code)) for each in it.faults.order_by("row", "pk")[:FAULTS_SHOWN]]
    context = {
        "it": it,
        "faults": faults,
        "cause": import_faults.advice(it.cause, value=it.cause_value) if it.cause else "",
        "most_faults": import_work.MOST_FAULTS,
        "faults_kept": settings.KEEP_IMPORT_FAULTS.days,
        "has_order": bringing.mapping_of(it).has_order,
    }
    return render(request, "feedback/import.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def columns(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """What the columns mean, with the first rows as they will be recorded."""
    it, now = _import(request, pk), timezone.now()
    if it.state not in (ImportState.MAPPING, ImportState.CHECKED):
        return redirect("feedback:import", slug, pk)
    if request.method != "POST":
        return _columns(request, import_forms.opened(it, now=now))
    sheet = import_forms.said(it, request.POST, now=now)
    if request.POST.get("do") != "check":
        return _columns(request, sheet)
    try:
        sheet.check()
        reporting.choose_among(
            request.organization, sheet.mapping.attributes, sheet.reported_names, by=request.member, now=now
        )
        bringing.check(it, sheet.mapping, moves_dates=sheet.moves_dates, by=request.member, now=now)
    except NotAMapping as refusal:
        sheet.fault = refusal
        return _columns(request, sheet, status=422)
    except reporting.TooMany as refusal:
        messages.error(request, str(refusal))
        return _columns(request, sheet, status=422)
    except bringing.NotNow as told:
        messages.info(request, str(told))
    return redirect("feedback:import", slug, pk)


def _columns(request: MemberRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    context = {
        "sheet": sheet,
        "it": sheet.it,
        "roles": import_words.ROLES.items(),
        "layouts": import_words.LAYOUTS.items(),
        "encodings": import_words.ENCODING_NAMES.items(),
        "date_forms": import_words.DATE_FORMS.items(),
        "decimals": import_words.DECIMALS.items(),
        "most_reported": import_forms.most_reported(),
    }
    return render(request, "feedback/import_columns.html", context, status=status)


@require_POST
@role_required(Role.QUALITY_MANAGER)
def record(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    it = _import(request, pk)
    try:
        bringing.record(it, by=request.member, now=timezone.now())
    except bringing.NothingToRecord as refusal:
        messages.error(request, str(refusal))
    except bringing.NotNow as told:
        messages.info(request, str(told))
    return redirect("feedback:import", slug, pk)


@require_POST
@role_required(Role.QUALITY_MANAGER)
def cancel(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    it = _import(request, pk)
    try:
        bringing.cancel(it, by=request.member, now=timezone.now())
    except bringing.NotNow as told:
        messages.info(request, str(told))
    return redirect("feedback:import", slug, pk)


@require_safe
@role_required(Role.QUALITY_MANAGER)
def faults(request: MemberRequest, slug: str, pk: int) -> StreamingHttpResponse:
    """Everything that is wrong in the file, row by row, for whoever mends it."""
    it = _import(request, pk)
    head = [_("row"), _("column"), _("what stands there"), _("how to mend it")]
    return exporting.csv_response(f"faults-{it.pk}", head, _faults(it.faults.order_by("row", "pk")))


@require_safe
@role_required(Role.QUALITY_MANAGER)
def mapping(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """What was said about the columns, for the command that brings the next file."""
    it = _import(request, pk)
    body = json.dumps(it.mapping, indent=1, ensure_ascii=False) + "\n"
    name = f'attachment; filename="columns-{it.pk}.json"'
    return HttpResponse(body, content_type="application/json", headers={"Content-Disposition": name})


@require_safe
@role_required(Role.QUALITY_MANAGER)
def sample(request: MemberRequest, slug: str) -> HttpResponse:
    return HttpResponse(
        purchases.SAMPLE,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="purchases.csv"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def reporting_attributes(request: MemberRequest, slug: str) -> HttpResponse:
    """By which attributes of purchases answers are counted, and in which order they stand on the dashboard."""
    seen, fault = reporting.seen(request.organization), ""
    ticked = {each.name for each in seen if each.is_chosen}
    if request.method == "POST":
        ticked = set(request.POST.getlist("name"))
        try:
            return _choose(request, [each.name for each in seen if each.name in ticked])
        except reporting.TooMany as refusal:
            fault = str(refusal)
    context = {
        "attributes": seen,
        "ticked": ticked,
        "fault": fault,
        "chosen": len(request.organization.reporting_attributes or []),
        "most": import_forms.most_reported(),
        "looked_at": reporting.LOOKED_AT,
    }
    return render(request, "feedback/reporting.html", context, status=422 if fault else 200)


def _choose(request: MemberRequest, names: list[str]) -> HttpResponse:
    """What is ticked is kept, whatever was pressed; an arrow moves one of them."""
    organization, now = request.organization, timezone.now()
    reporting.choose(organization, names, by=request.member, now=now)
    verb, _colon, name = request.POST.get("do", "").partition(":")
    if verb not in _STEPS:
        messages.success(request, _("Answers that come from now on are counted by these attributes."))
        return HttpResponseRedirect(request.path)
    reporting.move(organization, name, _STEPS[verb], by=request.member, now=now)
    order = organization.reporting_attributes or []
    if name not in order:
        return HttpResponseRedirect(request.path)
    place = order.index(name) + 1
    messages.success(request, _("“%(name)s” stands in place %(place)s now.") % {"name": name, "place": place})
    return HttpResponseRedirect(f"{request.path}#attribute-{place}")


def _import(request: MemberRequest, pk: int) -> Import:
    it = get_object_or_404(request.organization.imports.select_related("by__user"), pk=pk)
    it.organization = request.organization
    return it


def _faults(found: QuerySet[ImportFault]) -> Iterator[list[Cell]]:
    for fault in found.iterator(chunk_size=2000):
        yield [fault.row, fault.column, fault.value, import_faults.advice(fault.code)]
