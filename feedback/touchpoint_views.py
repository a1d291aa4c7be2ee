"""Touchpoints as a quality manager keeps them: when we ask, whom, and what came of it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback import dry_run, subjects, tallies
from feedback.models import Reason
from feedback.touchpoint_forms import TouchpointForm
from organizations.models import Role
from organizations.numbers import number
from organizations.wall import MemberRequest, role_required
from surveys import queries, rule_rows, rules, sentences, touchpoints
from surveys.models import Touchpoint, TouchpointState

PER_PAGE = 25


@require_safe
@role_required(Role.QUALITY_MANAGER)
def index(request: MemberRequest, slug: str) -> HttpResponse:
    search, state = request.GET.get("q", "").strip()[:120], request.GET.get("state", "")
    state, sort = state if state in TouchpointState.values else "", request.GET.get("sort", "")
    found = queries.touchpoints(request.organization, search=search, state=state, sort=sort)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    tally = tallies.of(list(page))
    context = {
        "page_obj": page,
        "rows": [(touchpoint, sentences.of(touchpoint), tally[touchpoint.pk]) for touchpoint in page],
        "search": search,
        "state": state,
        "sort": sort,
        "states": TouchpointState.choices,
        "is_filtered": bool(search or state),
        "has_survey": request.organization.surveys.filter(archived_at=None).exists(),
    }
    return render(request, "feedback/touchpoints.html", context)


@require_safe
@role_required(Role.QUALITY_MANAGER)
def detail(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    touchpoint = touchpoint_of(request, pk)
    now = timezone.now()
    decided = tallies.decided(touchpoint, now=now)
    context = {
        "touchpoint": touchpoint,
        "in_words": sentences.of(touchpoint),
        "way": tallies.way(touchpoint),
        "decided": decided,
        "reasons": [(reason, Reason(reason).label, count) for reason, count in decided.skipped.items()],
        "has_published": touchpoint.survey.versions.published().exists(),
    }
    return render(request, "feedback/touchpoint.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def create(request: MemberRequest, slug: str) -> HttpResponse:
    form = _form(request, Touchpoint(organization=request.organization), {"survey": _wanted_survey(request)})
    if _wants(request, "save") and form.is_valid():
        touchpoint = touchpoints.create(
            request.organization,
            name=form.cleaned_data["name"],
            survey=form.survey(),
            timing=form.timing(),
            rules=form.rules(),
            by=request.member,
            now=timezone.now(),
        )
        messages.success(request, _("It is made, and asks nobody until you start it."))
        return redirect("feedback:touchpoint", slug, touchpoint.pk)
    return render(request, "feedback/touchpoint_settings.html", _settings(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def edit(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    form = _form(request, touchpoint_of(request, pk), {})
    if _wants(request, "save") and form.is_valid():
        try:
            touchpoints.edit(
                touchpoint_of(request, pk),
                name=form.cleaned_data["name"],
                survey=form.survey(),
                timing=form.timing(),
                rules=form.rules(),
                by=request.member,
                now=timezone.now(),
            )
        except touchpoints.SurveyIsFixed as refusal:
            form.add_error("survey", str(refusal))
        else:
            messages.success(request, _("Saved. It holds for everybody who is asked from now on."))
            return redirect("feedback:touchpoint", slug, pk)
    # The form has put what was typed on its own copy.
    context = _settings(request, form) | {"touchpoint": touchpoint_of(request, pk)}
    return render(request, "feedback/touchpoint_settings.html", context)


def _form(request: MemberRequest, touchpoint: Touchpoint, initial: dict[str, Any]) -> TouchpointForm:
    """As it was sent; where only a row was added or taken out, nothing is judged yet."""
    organization, act = request.organization, request.POST.get("do", "save")
    if request.method != "POST":
        return TouchpointForm(organization=organization, instance=touchpoint, initial=initial)
    if act in ("save", "try"):
        return TouchpointForm(request.POST, organization=organization, instance=touchpoint)
    rows, number = rule_rows.sent(request.POST), act.removeprefix("remove-rule-")
    rows = rule_rows.removed(rows, int(number)) if number in map(str, range(len(rows))) else rule_rows.added(rows)
    return TouchpointForm(organization=organization, instance=touchpoint, initial=request.POST.dict(), rows=rows)


def _wants(request: MemberRequest, act: str) -> bool:
    return request.method == "POST" and request.POST.get("do", "save") == act


def _settings(request: MemberRequest, form: TouchpointForm) -> dict[str, Any]:
    ran = None
    if _wants(request, "try") and form.is_valid():
        wanted = dry_run.Settings.of(form.timing(), form.rules(), touchpoint=form.instance.pk)
        window = dry_run.window_of(request.POST.get("window"))
        ran = dry_run.run(request.organization, wanted, window=window, now=timezone.now())
    known = subjects.of(request.organization)
    return {
        "form": form,
        "rows": list(enumerate(form.rows)),
        "subjects": known,
        "unknown_subjects": sorted({row.subject for row in form.rows} - {each.value for each in known} - {""}),
        "tests": sentences.tests(),
        "most_rules": rules.MOST,
        "ran": ran,
        "windows": dry_run.windows(),
    }


@require_POST
@role_required(Role.QUALITY_MANAGER)
def start(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    touchpoint = touchpoint_of(request, pk)
    try:
        touchpoints.start(touchpoint, by=request.member, now=timezone.now())
    except touchpoints.NotStartable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(name)s” is running.") % {"name": touchpoint})
    return redirect("feedback:touchpoint", slug, pk)


@require_POST
@role_required(Role.QUALITY_MANAGER)
def pause(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    touchpoint = touchpoint_of(request, pk)
    touchpoints.pause(touchpoint, by=request.member, now=timezone.now())
    messages.success(
        request,
        _("“%(name)s” is paused: nobody new is asked, and links that were sent still work.") % {"name": touchpoint},
    )
    return redirect("feedback:touchpoint", slug, pk)


def touchpoint_of(request: MemberRequest, pk: int) -> Touchpoint:
    found = request.organization.touchpoints.select_related("survey", "organization")
    return get_object_or_404(found, pk=pk)


def _wanted_survey(request: MemberRequest) -> int | None:
    return number(request.GET.get("survey"))
