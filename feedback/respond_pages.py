"""The customer's pages as HTML, with the headers that keep her link to herself."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import formats, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from feedback import addresses, frames, known, look
from feedback.addresses import Opened
from feedback.asked import Asked
from organizations.models import Organization
from surveys import kinds, languages, rendering
from surveys.answers import Answers
from surveys.document import Questionnaire
from surveys.faults import Fault
from surveys.wording import Said

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


@dataclass(frozen=True)
class Letterhead:
    """All of an organization that stands on its customers' pages; a change of it makes new ones."""

    name: str
    logo: str
    is_demo: bool


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
    others = tuple(
        (code, languages.name(code), languages.direction(code))
        for code in questionnaire.languages
        if code != view.language
    )
    return _kept_page(
        request,
        "page",
        view,
        shown={
            "sheet": replace(drawn, title=_unsaid(drawn.title), blocks=(), carried=()),
            "version": view.opened.version_id,
            "others": others,
            "note": note,
        },
        hers={
            "sheet": drawn,
            "to_mend": [block for block in drawn.blocks if block.faults],
            "form_token": addresses.form_token(invitation, view.opened),
        },
        status=status,
    )


def thanks(request: HttpRequest, view: Page, answers: Answers, *, may_change: bool) -> HttpResponse:
    questionnaire, language, response = view.questionnaire, view.language, view.ask.response
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
    drawn = rendering.thanks(questionnaire, language, answers, attributes)
    return _kept_page(
        request,
        "thanks",
        view,
        shown={
            "thanks": replace(drawn, title=_unsaid(drawn.title), text=_unsaid(drawn.text)),
            "said": bool(said),
            "may_change": may_change,
        },
        hers={
            "thanks": drawn,
            "said": said,
            "answered_at": response and response.changed_at,
            "closes_on": _day(view.ask.closes_at.astimezone(view.ask.organization.zone).toordinal(), language),
            "token": view.token,
        },
    )


def _unsaid(said: Said) -> Said:
    """That something is said, and in which language, but not what: a name may stand in it."""
    return replace(said, text="…") if said else said


@lru_cache(maxsize=4096)
def _day(ordinal: int, language: str) -> str:
    with translation.override(language):
        return formats.date_format(date.fromordinal(ordinal), "DATE_FORMAT")


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


def _kept_page(
    request: HttpRequest,
    name: str,
    view: Page,
    *,
    shown: Mapping[str, Any],
    hers: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """One of those that everybody opens: drawn once for all who see the same, and what is hers into it."""
    organization, language = view.ask.organization, view.language
    letterhead = Letterhead(organization.name, organization.logo, organization.is_demo)
    frame = _frame(letterhead, language, organization.time_zone, organization.colour)
    with translation.override(language):
        html = frames.draw(f"respond/{name}.html", {**frame, **shown}, hers)
    return _response(request, html, language, status)


def _page(
    request: HttpRequest,
    name: str,
    organization: Organization | None,
    language: str,
    context: Mapping[str, Any],
    status: int,
) -> HttpResponse:
    zone, colour = (organization.time_zone, organization.colour) if organization else ("UTC", look.PLAIN)
    with translation.override(language):
        page = loader.get_template(f"respond/{name}.html")
        html = page.render({**_frame(organization, language, zone, colour), **context})
    return _response(request, html, language, status)


def _frame(organization: Organization | Letterhead | None, language: str, zone: str, colour: str) -> dict[str, Any]:
    """What stands around the content of each page."""
    return {
        "language": language,
        "direction": languages.direction(language),
        "organization": organization,
        "zone": zone,
        "look": look.address(colour),
    }


def _response(request: HttpRequest, html: str, language: str, status: int) -> HttpResponse:
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
