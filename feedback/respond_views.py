"""What a customer opens from her mail: the page with the questions, and the thanks with a copy of her answers."""

import re
from datetime import datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from feedback import addresses, answering, asked, known, look, respond_pages
from feedback.addresses import Opened
from feedback.asked import Asked
from feedback.respond_pages import Page
from surveys import documents, kinds, languages, path
from surveys.answers import Answers, AnswerValue
from surveys.document import Questionnaire
from surveys.models import SurveyVersion

READING = ("GET", "HEAD")
ALLOWED = (*READING, "POST", "OPTIONS")
_PAGE, _SCORE, _COLOUR = re.compile(r"[0-9]{1,3}"), re.compile(r"[0-9]{1,2}"), re.compile(r"[0-9a-f]{6}")


@csrf_exempt  # no cookie says who she is: the token in the address does, and the form carries one of its own
def page(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, and stores nothing; POST is her own act."""
    if request.method not in ALLOWED[:3]:
        return respond_pages.only(request, ALLOWED)
    ask = asked.find(token)
    if ask is None:
        return respond_pages.unknown(request)
    if request.method in READING:
        return _show(request, ask, token, now=timezone.now())
    return _take(request, ask, token, now=timezone.now())


def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """May be opened again at any time: what she said, and the way to change it while the survey is open."""
    if request.method not in READING:
        return respond_pages.only(request, (*READING, "OPTIONS"))
    ask = asked.find(token)
    if ask is None:
        return respond_pages.unknown(request)
    if not ask.has_answered:
        return respond_pages.to(reverse("respond:page", args=[token]))
    return _thanks(request, ask, token, now=timezone.now())


def style(request: HttpRequest, digest: str, colour: str) -> HttpResponse:
    """The one style sheet of these pages, in an organization's colour."""
    if not _COLOUR.fullmatch(colour):
        raise Http404
    sheet = look.sheet(f"#{colour}")
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(sheet.packed if is_packed else sheet.text, content_type="text/css; charset=utf-8")
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    is_current = digest == sheet.digest
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return response


def _show(request: HttpRequest, ask: Asked, token: str, *, now: datetime) -> HttpResponse:
    chosen, is_open = request.GET.get("s", ""), ask.is_open(opened_at=None, now=now)
    wants_to_change = "again" in request.GET or bool(chosen)
    if ask.has_answered and not (is_open and wants_to_change):
        return _thanks(request, ask, token, now=now)
    if not is_open:
        return respond_pages.closed(request, ask, _language(ask, documents.of_published(ask.version_id)))
    questionnaire = documents.of_published(ask.version_id)
    answers = dict(asked.answers_of(ask.response)) | _preselected(questionnaire, chosen)
    return respond_pages.sheet(
        request,
        Page(ask, token, Opened(ask.version_id, now), questionnaire, _language(ask, questionnaire)),
        answers,
        at=None if ask.has_answered else _resumed(ask, questionnaire, answers),
    )


def _take(request: HttpRequest, ask: Asked, token: str, *, now: datetime) -> HttpResponse:
    form = _sent(request)
    opened = addresses.opened(ask.invitation, form.get("form", ""))
    if not ask.is_open(opened_at=opened.at if opened else None, now=now):
        return respond_pages.closed(request, ask, _language(ask, documents.of_published(ask.version_id)))
    questionnaire = _questionnaire(opened)
    if opened is None or questionnaire is None:
        # Not a page of ours, or one that lost a part on its way: what she typed is kept as far as it fits.
        opened, questionnaire = Opened(ask.version_id, now), documents.of_published(ask.version_id)
        view = Page(ask, token, opened, questionnaire, _spoken(form.get("lang", ""), ask, questionnaire))
        return respond_pages.sheet(request, view, _read(form, questionnaire), at=None, note="stale", status=422)
    view = Page(ask, token, opened, questionnaire, _spoken(form.get("lang", ""), ask, questionnaire))
    return _step(request, view, now=now)


def _step(request: HttpRequest, view: Page, *, now: datetime) -> HttpResponse:
    """One page of answers: the same page in another language, the one before, the next, or the thanks."""
    form, questionnaire = request.POST, view.questionnaire
    answers, attributes = _read(form, questionnaire), known.attributes_of(view.ask.invitation)
    at = _number(form.get("page", ""), most=len(questionnaire.pages) - 1)
    if form.get("speak"):
        spoken = _spoken(form["speak"], view.ask, questionnaire)
        return respond_pages.sheet(request, view.in_language(spoken), answers, at=at)
    if form.get("go") == "back":
        before = path.walk(questionnaire, answers, attributes).previous_page(at)
        return respond_pages.sheet(request, view, answers, at=before)
    if form.get("hand") == "0":
        # The page's script ran, and nobody touched the page: a mail scanner that submits forms, not the customer.
        return respond_pages.sheet(request, view, answers, at=at, note="unconfirmed")
    shown = frozenset(form.getlist("shown"))
    judgement = path.judge(questionnaire, answers, attributes, pages=range(at + 1), shown=shown)
    following = judgement.path.next_page(at)
    if judgement.is_complete and following is None:
        judgement = path.judge(questionnaire, answers, attributes, shown=shown)
    if not judgement.is_complete:
        status = 422 if judgement.faults else 200
        return respond_pages.sheet(
            request, view, answers, at=judgement.page_to_mend, faults=judgement.faults, status=status
        )
    try:
        answering.submit(
            view.ask.invitation,
            version_id=view.opened.version_id,
            accepted=judgement.accepted,
            language=view.language,
            is_complete=following is None,
            now=now,
            has_begun=view.ask.response is not None,
        )
    except answering.Forgotten:
        return respond_pages.closed(request, asked.find(view.token) or view.ask, view.language)
    if following is None:
        return respond_pages.to(reverse("respond:thanks", args=[view.token]))
    return respond_pages.sheet(request, view, answers, at=following, note="saved")


def _thanks(request: HttpRequest, ask: Asked, token: str, *, now: datetime) -> HttpResponse:
    questionnaire = documents.of_published(ask.version_id)
    language = _spoken(ask.response.language if ask.response else "", ask, questionnaire)
    view = Page(ask, token, Opened(ask.version_id, now), questionnaire, language)
    return respond_pages.thanks(
        request, view, asked.answers_of(ask.response), may_change=ask.is_open(opened_at=None, now=now)
    )


def _sent(request: HttpRequest) -> QueryDict:
    """What is too much to be anybody's answers did not arrive."""
    try:
        return request.POST
    except (RequestDataTooBig, TooManyFieldsSent):
        return QueryDict()


def _read(form: Any, questionnaire: Questionnaire) -> dict[str, AnswerValue]:
    return kinds.read_all(questionnaire, dict(form.lists()))


def _questionnaire(opened: Opened | None) -> Questionnaire | None:
    if opened is None:
        return None
    try:
        return documents.of_published(opened.version_id)
    except SurveyVersion.DoesNotExist:
        return None


def _preselected(questionnaire: Questionnaire, chosen: str) -> dict[str, AnswerValue]:
    """The score she pressed in her mail, if the question in the mail has it; nothing else of an address is believed."""
    question = kinds.first(questionnaire)
    if question is None or question.scale is None or not _SCORE.fullmatch(chosen):
        return {}
    return {question.key: AnswerValue(score=int(chosen))} if question.scale.holds(int(chosen)) else {}


def _resumed(ask: Asked, questionnaire: Questionnaire, answers: Answers) -> int | None:
    """The first page on her path with nothing stored; None is the first page."""
    if ask.response is None:
        return None
    found = path.walk(questionnaire, answers, known.attributes_of(ask.invitation))
    begun = {questionnaire.page_of(key) for key in answers if questionnaire.has(key)}
    return next((index for index in found.pages if index not in begun), None)


def _language(ask: Asked, questionnaire: Questionnaire) -> str:
    return languages.choose(ask.invitation.language, questionnaire.languages, questionnaire.base_language)


def _spoken(wanted: str, ask: Asked, questionnaire: Questionnaire) -> str:
    return wanted if wanted in questionnaire.languages else _language(ask, questionnaire)


def _number(text: str, *, most: int) -> int:
    return min(int(text), most) if _PAGE.fullmatch(text) else 0
