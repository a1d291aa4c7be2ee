"""All cases: as a list, as a board, as a file, and as counts, which are all that viewers see."""

from dataclasses import asdict
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from actions import cases, loop, rules
from actions.cases import Wanted
from actions.models import Case, CaseState, DueUnit
from dashboards import kpi
from dashboards.kpi import Kpi
from dashboards.saying import Teller
from feedback import exporting
from organizations import audit
from organizations.models import Organization, Role
from organizations.wall import MemberRequest, role_required
from surveys.scales import Band

PER_PAGE = 50


@require_safe
@role_required(Role.VIEWER)
def index(request: MemberRequest, slug: str) -> HttpResponse:
    """The list; for viewers the counts."""
    if not request.member.may(Role.CASE_WORKER):
        return redirect("actions:case_figures", slug)
    wanted, now = Wanted.of(request.GET), timezone.now()
    found = cases.find(request.member, wanted, now=now).select_related(*cases.RELATED)
    page = Paginator(found.prefetch_related("response__answers"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [_row(case) for case in page.object_list],
        "has_cases": bool(page.paginator.count) or request.organization.cases.exists(),
        **_around(request, wanted, here="list"),
    }
    return render(request, "actions/cases.html", context)


@require_safe
@role_required(Role.CASE_WORKER)
def board(request: MemberRequest, slug: str) -> HttpResponse:
    wanted, now = Wanted.of(request.GET), timezone.now()
    context = {
        "columns": cases.board(request.member, wanted, now=now),
        "moves": [state for state in CaseState if state != CaseState.CLOSED],
        "shown_closed": cases.SHOWN_CLOSED.days,
        **_around(request, wanted, here="board"),
    }
    return render(request, "actions/board.html", context)


@require_safe
@role_required(Role.QUALITY_MANAGER)
def export(request: MemberRequest, slug: str) -> HttpResponseBase:
    """All that the list shows with the same conditions; who took it is on record."""
    wanted, organization, now = Wanted.of(request.GET), request.organization, timezone.now()
    found = cases.find(request.member, wanted, now=now)
    is_book = request.GET.get("format") == "xlsx"
    # The words searched for may be a customer's name, and the record outlives an erasure.
    detail = {name: value for name, value in asdict(wanted).items() if name != "words" and value not in ("", None)}
    detail |= {"rows": found.count(), "format": "xlsx" if is_book else "csv"}
    audit.record(organization, by=request.member, what="cases.exported", about=organization, now=now, detail=detail)
    write = exporting.xlsx_response if is_book else exporting.csv_response
    head = [str(title) for title in cases.HEAD]
    return write(f"cases-{organization.day_of(now).isoformat()}", head, cases.rows(found))


@require_safe
@role_required(Role.VIEWER)
def figures(request: MemberRequest, slug: str) -> HttpResponse:
    """Counts without a single case: what waits, and how the cases of a period went."""
    organization, now, days = request.organization, timezone.now(), _days(request)
    found = loop.of(organization, days=days, now=now)
    teller = Teller(translation.get_language() or organization.language, organization.minimum_group)
    context = {
        "waiting": loop.waiting(organization, now=now),
        "loop": found,
        "closure": _told(found.closure, teller),
        "on_time": _told(found.on_time, teller),
        "median": _told(found.median, teller),
        "days": days,
        "periods": loop.PERIODS,
        "here": "figures",
        "may_work": request.member.may(Role.CASE_WORKER),
        "may_manage": request.member.may(Role.QUALITY_MANAGER),
        "due": _due_in_words(organization),
    }
    return render(request, "actions/case_figures.html", context)


def _around(request: MemberRequest, wanted: Wanted, *, here: str) -> dict[str, Any]:
    """What list and board share: the filter, and what waits."""
    organization, now = request.organization, timezone.now()
    return {
        "wanted": wanted,
        "here": here,
        "now": now,
        "waiting": loop.waiting(organization, now=now),
        "surveys": organization.surveys.order_by("name"),
        "touchpoints": organization.touchpoints.order_by("name"),
        "workers": rules.workers(organization),
        "states": CaseState,
        "bands": [(Band.LOW, _("low")), (Band.MIDDLE, _("in between")), (Band.HIGH, _("high"))],
        "may_work": True,
        "may_manage": request.member.may(Role.QUALITY_MANAGER),
    }


def _row(case: Case) -> dict[str, Any]:
    answers = case.response.answers.all() if case.response else []
    comments = [answer.text for answer in answers if answer.kind == "text"]
    return {"case": case, "comment": comments[0] if comments else ""}


def _days(request: MemberRequest) -> int:
    text = request.GET.get("days", "")
    return int(text) if text in map(str, loop.PERIODS) else 90


def _told(figure: Kpi, teller: Teller) -> dict[str, str]:
    """The figure in words, or why it cannot be told."""
    if figure.value is not None:
        unit = " " + ngettext("day", "days", round(figure.value)) if figure.unit == "days" else ""
        return {"value": teller.with_unit(figure) + unit, "missing": ""}
    if figure.reason == kpi.SUPPRESSED:
        missing = _("%(n)s of %(k)s cases needed") % {"n": figure.n, "k": teller.k}
    elif figure.n:
        missing = _("not yet: half of them are still open")
    else:
        missing = _("no cases yet")
    return {"value": "", "missing": missing}


def _due_in_words(organization: Organization) -> str:
    chosen = rules.of(organization)
    if chosen.due_unit == DueUnit.HOURS:
        return ngettext("%(n)d hour", "%(n)d hours", chosen.due_in) % {"n": chosen.due_in}
    return ngettext("%(n)d working day", "%(n)d working days", chosen.due_in) % {"n": chosen.due_in}
