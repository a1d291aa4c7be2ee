"""Members' pages about single responses; viewers never get here, for a response is about one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from feedback import answering, asked, known, responses, timeline
from feedback.models import Answer, Response
from feedback.responses import Wanted
from organizations.models import Role
from organizations.wall import MemberRequest, role_required
from surveys import documents, kinds, languages, rendering
from surveys.answers import NOBODY
from surveys.scales import SCALES, Band
from surveys.wording import Said

PER_PAGE = 50


@dataclass(frozen=True)
class Told:
    """One answer as a member reads it."""

    question: Said
    answer: str
    band: Band | None
    is_text: bool


@require_GET
@role_required(Role.CASE_WORKER)
def index(request: MemberRequest, slug: str) -> HttpResponse:
    wanted, organization = Wanted.of(request.GET), request.organization
    found = responses.find(organization, wanted, today=timezone.localdate()).select_related(
        "customer", "survey", "touchpoint"
    )
    page = Paginator(found.prefetch_related("answers"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [_row(response) for response in page.object_list],
        "wanted": wanted,
        "surveys": organization.surveys.order_by("name"),
        "touchpoints": organization.touchpoints.order_by("name"),
        "periods": responses.PERIODS,
        "bands": _bands(),
        "may_manage": request.member.may(Role.QUALITY_MANAGER),
    }
    return render(request, "feedback/responses.html", context)


def _row(response: Any) -> dict[str, Any]:
    comments = [answer.text for answer in response.answers.all() if answer.kind == "text"]
    return {
        "response": response,
        "score": response.lead_score,
        "band": _band(response.lead_kind, response.lead_score),
        "comment": comments[0] if comments else "",
    }


@require_GET
@role_required(Role.CASE_WORKER)
def detail(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    response = _response(request, pk)
    exclusions = list(response.exclusions.select_related("by__user", "lifted_by__user").order_by("-pk"))
    context = {
        "response": response,
        "told": _told(response),
        "exclusions": exclusions,
        "is_excluded": any(exclusion.lifted_at is None for exclusion in exclusions),
        "events": timeline.of(response.customer) if response.customer else [],
        "may_change": request.member.may(Role.QUALITY_MANAGER),
    }
    return render(request, "feedback/response.html", context)


def _told(response: Response) -> list[Told]:
    """The answers, each under the wording that she read, in the reader's language where there is one."""
    questionnaire = documents.of_published(response.version_id)
    base = questionnaire.base_language
    language = languages.choose(translation.get_language() or base, questionnaire.languages, base)
    answers = asked.answers_of(response)
    attributes = known.attributes_of(response.invitation) if response.invitation else NOBODY
    return [
        Told(
            rendering.text_of(questionnaire, question.text, language, answers, attributes),
            kinds.of(question).spoken(question, answers[question.key], language, base),
            _band(question.kind, answers[question.key].score),
            question.kind == "text",
        )
        for question in questionnaire.questions
        if question.key in answers
    ]


@require_http_methods(["GET", "POST"])
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


@require_http_methods(["GET", "POST"])
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
    }
    return render(request, "feedback/response_erase.html", context)


def _response(request: MemberRequest, pk: int) -> Response:
    related = ("survey", "touchpoint", "customer", "invitation__customer", "invitation__interaction", "version")
    found: QuerySet[Response, Response] = request.organization.responses.select_related(*related).defer(
        "version__document"
    )
    return get_object_or_404(found, pk=pk)


def _band(kind: str | None, score: int | None) -> Band | None:
    scale = SCALES.get(kind or "")
    return scale.band_of(score) if scale and score is not None and scale.holds(score) else None


def _bands() -> list[tuple[str, str]]:
    return [
        (Band.LOW, _("Low (detractor, dissatisfied)")),
        (Band.MIDDLE, _("In between")),
        (Band.HIGH, _("High (promoter, satisfied)")),
    ]
