"""Members' pages about single responses; viewers never get here, for a response is about one person."""

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback import answering, forgetting, timeline, told
from feedback.models import Answer, Response
from organizations.models import Role
from organizations.wall import MemberRequest, role_required


@require_safe
@role_required(Role.CASE_WORKER)
def detail(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    response = _response(request, pk)
    exclusions = list(response.exclusions.select_related("by__user", "lifted_by__user").order_by("-pk"))
    context = {
        "response": response,
        "told": told.told(response),
        "exclusions": exclusions,
        "is_excluded": any(exclusion.lifted_at is None for exclusion in exclusions),
        "events": timeline.of(response.customer) if response.customer else [],
        "may_change": request.member.may(Role.QUALITY_MANAGER),
    }
    return render(request, "feedback/response.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def exclude(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    response, why, fault = _response(request, pk), request.POST.get("why", ""), ""
    if request.method == "POST":
        try:
            answering.exclude(response, why=why, by=request.member, now=timezone.now())
        except answering.ReasonMissing as refusal:
            fault = str(refusal)
        except answering.NothingToExclude as refusal:
            messages.info(request, str(refusal))
            return redirect("feedback:response", slug, pk)
        else:
            messages.success(request, _("Left out of the figures. It shows on the dashboard in a few seconds."))
            return redirect("feedback:response", slug, pk)
    context = {"response": response, "why": why, "fault": fault, "longest": answering.LONGEST_REASON}
    return render(request, "feedback/response_exclude.html", context, status=422 if fault else 200)


@require_POST
@role_required(Role.QUALITY_MANAGER)
def include(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    response = _response(request, pk)
    try:
        answering.include(response, by=request.member, now=timezone.now())
    except answering.NothingToExclude as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("It counts again."))
    return redirect("feedback:response", slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def erase(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """GET says what will be lost, in numbers; POST loses it."""
    response = _response(request, pk)
    if request.method == "POST":
        gone = answering.erase(response, by=request.member, now=timezone.now())
        said = ngettext("Erased, with %(count)d answer.", "Erased, with %(count)d answers.", gone)
        messages.success(request, said % {"count": gone})
        return redirect("feedback:responses", slug)
    answers: Sequence[Answer] = list(response.answers.all())
    context = {
        "response": response,
        "answers": len(answers),
        "comments": sum(bool(answer.text) for answer in answers),
        "lost": forgetting.what_is_lost(response),
    }
    return render(request, "feedback/response_erase.html", context)


def _response(request: MemberRequest, pk: int) -> Response:
    related = ("survey", "touchpoint", "customer", "invitation__customer", "invitation__interaction", "version")
    found: QuerySet[Response, Response] = request.organization.responses.select_related(*related).defer(
        "version__document"
    )
    return get_object_or_404(found, pk=pk)
