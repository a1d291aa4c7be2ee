"""A questionnaire as a customer would see it; she is made up, and nothing she answers is stored."""

from dataclasses import replace
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import loader
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feedback import look
from organizations import numbers
from organizations.models import Role
from organizations.wall import MemberRequest, role_required
from surveys import kinds, languages, path, rendering, revising
from surveys.answers import Answers, Attributes
from surveys.questionnaire import Questionnaire

MADE_UP = Attributes(
    customer={"name": "Maria Berger", "first_name": "Maria", "email": "maria@example.com", "country": "DE"},
    interaction={"product": "Reading lamp", "reference": "A-1024", "value": 49},
)


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # the customer's own form has no cookie to compare with, and here nothing is stored
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
@role_required(Role.QUALITY_MANAGER)
def page(request: MemberRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """The page inside the frame: it walks the path as the customer's own does."""
    version = get_object_or_404(request.organization.survey_versions, survey=pk, number=number)
    wording = revising.presented(version)
    if request.method != "POST" and "all" in request.GET:
        return _all(request, wording, _language(request, wording))
    if request.method != "POST":
        return _sheet(request, wording, _language(request, wording), {}, at=None)
    form = request.POST
    answers = kinds.read_all(wording, {name: [str(value) for value in values] for name, values in form.lists()})
    at = min(numbers.number(form.get("page")) or 0, len(wording.pages) - 1)
    spoken = form.get("speak") or form.get("lang") or ""
    language = spoken if spoken in wording.languages else _language(request, wording)
    if form.get("speak"):
        return _sheet(request, wording, language, answers, at=at)
    if form.get("go") == "back":
        before = path.walk(wording, answers, MADE_UP).previous_page(at)
        return _sheet(request, wording, language, answers, at=before)
    return _next(request, wording, language, answers, at)


def _all(request: MemberRequest, wording: Questionnaire, language: str) -> HttpResponse:
    """Every page and every question at once, whether this customer would be asked it or not, for the editor."""
    sheets = [
        replace(sheet, blocks=tuple(replace(block, on_path=True) for block in sheet.blocks))
        for sheet in rendering.sheets(wording, language, {}, MADE_UP)
    ]
    thanks = rendering.thanks(wording, language, {}, MADE_UP)
    return _respond(request, "feedback/all_pages.html", language, sheets=sheets, thanks=thanks)


def _next(request: MemberRequest, wording: Questionnaire, language: str, answers: Answers, at: int) -> HttpResponse:
    shown = frozenset(map(str, request.POST.getlist(rendering.SHOWN)))
    judgement = path.judge(wording, answers, MADE_UP, pages=range(at + 1), shown=shown)
    following = judgement.path.next_page(at)
    if not judgement.is_complete:
        return _sheet(request, wording, language, answers, at=judgement.page_to_mend, faults=judgement.faults)
    if following is not None:
        return _sheet(request, wording, language, answers, at=following)
    said = [
        (rendering.text_of(wording, question.text, language, answers, MADE_UP), spoken)
        for question in wording.questions
        if question.key in judgement.accepted
        and (spoken := kinds.of(question).spoken(question, answers[question.key], language, wording.base_language))
    ]
    thanks = rendering.thanks(wording, language, answers, MADE_UP)
    return _respond(request, "respond/thanks.html", language, thanks=thanks, said=said, answered_at=timezone.now())


def _sheet(
    request: MemberRequest,
    wording: Questionnaire,
    language: str,
    answers: Answers,
    *,
    at: int | None,
    faults: rendering.Faults | None = None,
) -> HttpResponse:
    sheet = rendering.sheet(wording, at, language, answers, MADE_UP, faults)
    others = [(code, languages.name(code), languages.direction(code)) for code in wording.languages if code != language]
    to_mend = [block for block in sheet.blocks if block.faults]
    return _respond(request, "respond/page.html", language, sheet=sheet, to_mend=to_mend, others=others)


def _respond(request: MemberRequest, name: str, language: str, **context: Any) -> HttpResponse:
    """With the customer's own templates and colours."""
    organization = request.organization
    with translation.override(language):
        html = loader.render_to_string(
            name,
            {
                "language": language,
                "direction": languages.direction(language),
                "organization": organization,
                "zone": organization.time_zone,
                "look": look.address(organization.colour),
                **context,
            },
        )
    return HttpResponse(html)


def _language(request: MemberRequest, wording: Questionnaire) -> str:
    wanted = request.GET.get("language", "")
    return wanted if wanted in wording.languages else wording.base_language
