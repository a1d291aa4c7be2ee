"""The customer's pages as HTML, with the headers that keep her link to herself."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from feedback import addresses, known, look
from feedback.addresses import Opened
from feedback.asked import Asked
from organizations.models import Organization
from surveys import kinds, languages, rendering
from surveys.answers import Answers
from surveys.document import Questionnaire
from surveys.faults import Fault

WORTH_COMPRESSING = 600
_LONGEST_HEADER = 500
Note = Literal["saved", "stale", "unconfirmed"]


@dataclass(frozen=True)
class Page:
    """Whose page it is, in which wording and language, and since when it has been open."""

    ask: Asked
    token: str
    opened: Opened
    questionnaire: Questionnaire
    language: str

    def in_language(self, language: str) -> "Page":
        return replace(self, language=language)


def sheet(
    request: HttpRequest,
    view: Page,
    answers: Answers,
    *,
    at: int | None,
    faults: Mapping[str, tuple[Fault, ...]] | None = None,
    note: Note | None = None,
    status: int = 200,
) -> HttpResponse:
    questionnaire, invitation = view.questionnaire, view.ask.invitation
    drawn = rendering.sheet(questionnaire, at, view.language, answers, known.attributes_of(invitation), faults or {})
    context = {
        "sheet": drawn,
        "to_mend": [block for block in drawn.blocks if block.faults],
        "version": view.opened.version_id,
        "form_token": addresses.form_token(invitation, view.opened),
        "others": [
            (code, languages.name(code), languages.direction(code))
            for code in questionnaire.languages
            if code != view.language
        ],
        "note": note,
    }
    return _page(request, "page", view.ask.organization, view.language, context, status)


def thanks(request: HttpRequest, view: Page, answers: Answers, *, may_change: bool) -> HttpResponse:
    questionnaire, language = view.questionnaire, view.language
    attributes = known.attributes_of(view.ask.invitation)
    base = questionnaire.base_language
    said = [
        (
            rendering.text_of(questionnaire, question.text, language, answers, attributes),
            kinds.of(question).spoken(question, answers[question.key], language, base),
        )
        for question in questionnaire.questions
        if question.key in answers
    ]
    context = {
        "thanks": rendering.thanks(questionnaire, language, answers, attributes),
        "said": said,
        "may_change": may_change,
        "token": view.token,
        "closes_at": view.ask.closes_at,
        "answered_at": view.ask.response and view.ask.response.changed_at,
    }
    return _page(request, "thanks", view.ask.organization, language, context, 200)


def closed(request: HttpRequest, ask: Asked, language: str) -> HttpResponse:
    return _page(request, "closed", ask.organization, language, {"closed_at": ask.closes_at}, 410)


def opting_out(
    request: HttpRequest, organization: Organization | None, token: str, *, state: str, language: str
) -> HttpResponse:
    """`state` is ask, done or undone; the language is that of the mail, where it is known."""
    language = languages.choose(language, languages.CUSTOMER, "") or _browsers_language(request)
    return _page(request, "unsubscribe", organization, language, {"token": token, "state": state}, 200)


def unknown(request: HttpRequest) -> HttpResponse:
    """One page for what never was and for what somebody made up."""
    return _page(request, "unknown", None, _browsers_language(request), {}, 404)


def _browsers_language(request: HttpRequest) -> str:
    """The first of her browser's languages in which our own words are there."""
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:_LONGEST_HEADER])
    found = (languages.choose(code, languages.CUSTOMER, "") for code, _weight in wanted)
    return next((code for code in found if code), "en")


def to(address: str) -> HttpResponse:
    """See other: a reload of what comes next sends nothing twice."""
    response = HttpResponse(status=303, headers={"Location": address})
    return kept_private(response)


def only(request: HttpRequest, methods: Sequence[str]) -> HttpResponse:
    allowed = {"Allow": ", ".join(methods)}
    return kept_private(HttpResponse(status=204 if request.method == "OPTIONS" else 405, headers=allowed))


def _page(
    request: HttpRequest,
    name: str,
    organization: Organization | None,
    language: str,
    context: Mapping[str, Any],
    status: int,
) -> HttpResponse:
    with translation.override(language):
        html = loader.get_template(f"respond/{name}.html").render(
            {
                "language": language,
                "direction": languages.direction(language),
                "organization": organization,
                "zone": organization.time_zone if organization else "UTC",
                "look": look.address(organization.colour if organization else look.PLAIN),
                **context,
            }
        )
    response = HttpResponse(html, status=status, headers={"Content-Language": language})
    return kept_private(compressed(request, response))


def kept_private(response: HttpResponse) -> HttpResponse:
    """Nobody keeps the page, nobody learns its address; it may stand in a frame of this very site."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined]  # read by django-csp
    # Django writes the address of every 4xx into the log, and this one is a key.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def compressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """She may be on a slow phone. Nothing here mixes a secret with what a stranger could choose to send."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(response.content) > WORTH_COMPRESSING:
        response.content = gzip.compress(response.content, compresslevel=4, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    return response
