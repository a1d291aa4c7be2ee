"""The list of responses and its files; viewers never get here, for a response is about one person."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from feedback import answer_rows, exporting, responses, wanted, words
from feedback.models import Channel
from feedback.paging import Capped
from feedback.wanted import Wanted
from organizations import audit
from organizations.models import Organization, Role
from organizations.wall import MemberRequest, role_required
from surveys import documents, languages
from surveys.models import Question
from surveys.scales import Band, band_of

PER_PAGE = 50
KEPT = ("question", "score", "choice", "attribute", "value", "language", "channel", "version")


@require_safe
@role_required(Role.CASE_WORKER)
def index(request: MemberRequest, slug: str) -> HttpResponse:
    asked, organization, today = Wanted.of(request.GET.dict()), request.organization, timezone.localdate()
    known = responses.count(responses.find(organization, asked, today=today))
    found = responses.listed(organization, asked, today=today).select_related("customer", "survey", "touchpoint")
    pages = Capped(found.prefetch_related("answers"), PER_PAGE, known=known, most=responses.LISTED_AT_MOST)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [_row(response, asked) for response in page.object_list],
        "asked": asked,
        "surveys": organization.surveys.order_by("name"),
        "touchpoints": organization.touchpoints.order_by("name"),
        "periods": wanted.PERIODS,
        "bands": _bands(),
        "states": [(wanted.COMPLETE, _("sent to the end")), (wanted.UNFINISHED, _("unfinished"))],
        "counts": [(wanted.COUNTED, _("in the figures")), (wanted.LEFT_OUT, _("left out"))],
        "conditions": _conditions(asked, _question(organization, asked)),
        # What the form has no field for goes with it all the same.
        "kept": [(name, value) for name in KEPT if (value := getattr(asked, name)) not in (None, "")],
        "export_url": f"{reverse('feedback:responses_export', args=[slug])}?{asked.query}",
        "may_manage": request.member.may(Role.QUALITY_MANAGER),
    }
    return render(request, "feedback/responses.html", context)


@require_safe
@role_required(Role.QUALITY_MANAGER)
def export(request: MemberRequest, slug: str) -> HttpResponseBase:
    """All that the list shows with the same conditions, one row a response; who took it is on record."""
    asked, organization, now = Wanted.of(request.GET.dict()), request.organization, timezone.now()
    found = responses.find(organization, asked, today=timezone.localdate()).order_by(
        "pk" if asked.sort == "oldest" else "-pk"
    )
    is_book = request.GET.get("format") == "xlsx"
    audit.record(
        organization,
        by=request.member,
        what="responses.exported",
        about=organization,
        now=now,
        detail={"rows": found.count(), "format": "xlsx" if is_book else "csv", **_settings(asked)},
    )
    language = translation.get_language() or organization.language
    file = answer_rows.of(found, language=language, as_keys=request.GET.get("names") == "keys")
    name = f"responses-{organization.day_of(now).isoformat()}"
    if is_book:
        return exporting.xlsx_response(name, file.head, file.rows, title=_("Answers"))
    return exporting.csv_response_of_lines(name, file.head, file.lines)


def _settings(asked: Wanted) -> dict[str, Any]:
    """What was asked for, without the words: those may be a customer's name."""
    said = {name: value for name, value in asdict(asked).items() if value not in (None, "")}
    return {name: str(value) for name, value in said.items() if name not in ("words", "value")}


def _question(organization: Organization, asked: Wanted) -> Question | None:
    if asked.question is None:
        return None
    return Question.objects.filter(organization=organization, pk=asked.question).first()


def _row(response: Any, asked: Wanted) -> dict[str, Any]:
    comments = [answer.text for answer in response.answers.all() if answer.kind == "text"]
    sought = words.of(asked.words)
    shown = next((text for text in comments if any(word in words.folded(text) for word in sought)), None)
    comment = shown or (comments[0] if comments else "")
    return {
        "response": response,
        "score": response.lead_score,
        "band": band_of(response.lead_kind, response.lead_score),
        "comment": words.excerpt(comment, sought),
    }


def _conditions(asked: Wanted, question: Question | None) -> list[tuple[str, str]]:
    """What a link from a chart asks for and the form has no field for: in words, with the address without it."""
    about = question.title if question else "?"
    told: list[tuple[str, Sequence[str]]] = []
    if asked.score is not None:
        told.append((f"{about}: {asked.score}", ("score", "question")))
    if asked.choice:
        told.append((f"{about}: {_label(question, asked.choice)}", ("choice", "question")))
    if asked.question is not None and not told:
        told.append((about, ("question",)))
    if asked.attribute:
        told.append((f"{asked.attribute}: {asked.value}", ("attribute",)))
    if asked.language:
        named = languages.name(asked.language) if languages.is_language(asked.language) else asked.language
        told.append((_("language: %(language)s") % {"language": named}, ("language",)))
    if asked.channel:
        label = Channel(asked.channel).label if asked.channel in Channel.values else asked.channel
        told.append((_("channel: %(channel)s") % {"channel": label}, ("channel",)))
    if asked.version is not None:
        told.append((_("one version of the survey"), ("version",)))
    return [(said, asked.without(*names).query) for said, names in told]


def _label(question: Question | None, key: str) -> str:
    if question is None:
        return key
    newest = documents.of_published(question.last_version_id)
    language = translation.get_language() or newest.base_language
    choices = newest.question(question.key).choices
    return next((str(c.label.in_language(language, newest.base_language)) for c in choices if c.key == key), key)


def _bands() -> list[tuple[str, str]]:
    return [
        (Band.LOW, _("Low (detractor, dissatisfied)")),
        (Band.MIDDLE, _("In between")),
        (Band.HIGH, _("High (promoter, satisfied)")),
    ]
