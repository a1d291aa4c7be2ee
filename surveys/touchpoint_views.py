"""Touchpoints as a quality manager keeps them: when we ask, and whether we do."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations.models import Role
from organizations.wall import MemberRequest, role_required
from surveys import queries, sentences, touchpoints
from surveys.forms import TouchpointForm, posted
from surveys.models import Touchpoint, TouchpointState

PER_PAGE = 25


@require_safe
@role_required(Role.QUALITY_MANAGER)
def touchpoint_list(request: MemberRequest, slug: str) -> HttpResponse:
    search, state = request.GET.get("q", "").strip()[:120], request.GET.get("state", "")
    state = state if state in TouchpointState.values else ""
    found = queries.touchpoints(request.organization, search=search, state=state)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(touchpoint, _in_words(touchpoint)) for touchpoint in page]
    context = {
        "page_obj": page,
        "rows": rows,
        "search": search,
        "state": state,
        "states": TouchpointState.choices,
        "is_filtered": bool(search or state),
        "has_survey": request.organization.surveys.filter(archived_at=None).exists(),
    }
    return render(request, "surveys/touchpoints.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def create(request: MemberRequest, slug: str) -> HttpResponse:
    initial = {"survey": _wanted_survey(request)}
    form = TouchpointForm(posted(request), organization=request.organization, initial=initial)
    if request.method == "POST" and form.is_valid():
        touchpoint = touchpoints.create(
            request.organization,
            name=form.cleaned_data["name"],
            survey=form.survey(),
            timing=form.timing(),
            by=request.member,
            now=timezone.now(),
        )
        messages.success(request, _("It is made, and asks nobody until you start it."))
        return redirect("surveys:touchpoint", slug, touchpoint.pk)
    return render(request, "surveys/touchpoint.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def edit(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    touchpoint = get_object_or_404(request.organization.touchpoints.select_related("survey"), pk=pk)
    in_words = _in_words(touchpoint)
    form = TouchpointForm(posted(request), organization=request.organization, instance=touchpoint)
    if request.method == "POST" and form.is_valid():
        try:
            touchpoints.edit(
                touchpoint,
                name=form.cleaned_data["name"],
                survey=form.survey(),
                timing=form.timing(),
                rules=touchpoints.rules_of(touchpoint),
                by=request.member,
                now=timezone.now(),
            )
        except touchpoints.SurveyIsFixed as refusal:
            form.add_error("survey", str(refusal))
        else:
            messages.success(request, _("Saved. It holds for everybody who is asked from now on."))
            return redirect("surveys:touchpoint", slug, pk)
    stored = get_object_or_404(request.organization.touchpoints.select_related("survey"), pk=pk)
    has_published = stored.survey.versions.published().exists()
    context = {"form": form, "touchpoint": stored, "in_words": in_words, "has_published": has_published}
    return render(request, "surveys/touchpoint.html", context)


@require_POST
@role_required(Role.QUALITY_MANAGER)
def start(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    touchpoint = get_object_or_404(request.organization.touchpoints.select_related("survey"), pk=pk)
    try:
        touchpoints.start(touchpoint, by=request.member, now=timezone.now())
    except touchpoints.NotStartable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(name)s” is running.") % {"name": touchpoint})
    return redirect("surveys:touchpoint", slug, pk)


@require_POST
@role_required(Role.QUALITY_MANAGER)
def pause(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    touchpoint = get_object_or_404(request.organization.touchpoints, pk=pk)
    touchpoints.pause(touchpoint, by=request.member, now=timezone.now())
    messages.success(
        request,
        _("“%(name)s” is paused: nobody new is asked, and links that were sent still work.") % {"name": touchpoint},
    )
    return redirect("surveys:touchpoint", slug, pk)


def _in_words(touchpoint: Touchpoint) -> str:
    return sentences.in_words(touchpoints.timing_of(touchpoint), touchpoint.survey.name)


def _wanted_survey(request: MemberRequest) -> int | None:
    wanted = request.GET.get("survey", "")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
