"""The dashboard, what a figure on it means, and whether anything on it has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from csp.decorators import csp_update
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from dashboards import (
    board,
    choosing,
    comments,
    exporting,
    figures,
    funnel,
    methods,
    ranking,
    repeats,
    segmented,
    suppression,
    tallies,
)
from dashboards.board import Board
from dashboards.chosen import Chosen
from dashboards.figures import FIGURES
from dashboards.forms import FilterForm
from dashboards.models import DailyCount
from dashboards.periods import Span
from dashboards.reading import Sight
from dashboards.saying import CLUSTERED_TEST, FORMULAS, INTERVALS, TESTS, Teller
from feedback.models import Exclusion, Response
from organizations.models import Organization, Role
from organizations.numbers import number
from organizations.wall import MemberRequest, role_required
from surveys import documents, languages
from surveys.models import Question, Survey, SurveyVersion
from surveys.scales import Band

# What the search among comments has fields for, and what an address does not keep.
SEARCH = ("say", "tone", "about", "tongue", "page", "csv", "xlsx")


@dataclass(frozen=True)
class Asked:
    """The filter bar of a request, and what it chose."""

    form: FilterForm
    chosen: Chosen | None
    questions: Sequence[Question]
    tell: Teller


@require_safe
@vary_on_headers("HX-Request")
@csp_update({"img-src": ["blob:"]})  # a chart becomes a picture in the browser
@role_required(Role.VIEWER)
def dashboard(request: MemberRequest, slug: str) -> HttpResponseBase:
    asked = _asked(request)
    # Before the figures are read: what is counted while they are drawn makes the page stale, and it is drawn anew.
    stamp = None if asked.chosen is None else _stamp(request, asked, asked.chosen)
    painted = None if asked.chosen is None else _painted(request, asked, asked.chosen)
    if "csv" in request.GET or "xlsx" in request.GET:
        return _download(request, asked, painted)
    context: dict[str, Any] = {"form": asked.form, "chosen": asked.chosen, "board": painted, "k": asked.tell.k}
    context["part"] = _part(asked)
    context["may_see_answers"] = request.member.may(Role.CASE_WORKER)
    context["may_start"] = request.member.may(Role.QUALITY_MANAGER)
    if asked.chosen is not None and painted is not None:
        context["stamp"] = stamp
        context["funnel"] = funnel.of(asked.chosen, tell=asked.tell, now=timezone.now())
        context["comments"] = _comments(request, asked, asked.chosen, painted)
        context |= _to_look_for(request, asked, painted)
    is_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    return render(request, "dashboards/_dashboard.html" if is_part else "dashboards/dashboard.html", context)


@require_safe
@role_required(Role.VIEWER)
def changes(request: MemberRequest, slug: str) -> HttpResponse:
    """204 as long as the page shows what is counted; asked every few seconds, so it draws nothing."""
    asked = _asked(request)
    if asked.chosen is None or request.GET.get("stamp") == _stamp(request, asked, asked.chosen):
        return HttpResponse(status=204)
    return HttpResponse("changed", content_type="text/plain")


@require_safe
@role_required(Role.VIEWER)
def definition(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Formula, window, n and what was left out of one figure."""
    question = get_object_or_404(Question, pk=pk, survey__organization=request.organization, figure__in=FIGURES)
    parameters = request.GET.copy()
    parameters["survey"] = str(question.survey_id)
    asked = _asked(request, parameters)
    context: dict[str, Any] = {"question": question, "form": asked.form, "chosen": asked.chosen, "k": asked.tell.k}
    if asked.chosen is not None:
        painted = _painted(request, asked, asked.chosen)
        tile = next(tile for tile in painted.tiles if tile.question.pk == question.pk)
        context |= {
            "tile": tile,
            "board": painted,
            "made": methods.made(question.figure, is_clustered=tile.is_clustered),
            "formula": FORMULAS[question.figure],
            "interval": INTERVALS[figures.CLUSTERED if tile.is_clustered else question.figure],
            "test": CLUSTERED_TEST if tile.is_clustered else TESTS[question.figure],
            "many": repeats.MANY,
            "part": _part(asked),
            "left_out": _left_out(asked.chosen, tile.span or asked.chosen.period.span),
        }
    return render(request, "dashboards/definition.html", context)


@require_safe
@role_required(Role.VIEWER)
def how_figures_are_made(request: MemberRequest, slug: str) -> HttpResponse:
    """Every definition, from the docstring of the function that computes it."""
    return render(request, "dashboards/methods.html", {"sections": methods.sections()})


def _asked(request: MemberRequest, parameters: Any = None) -> Asked:
    organization, given = request.organization, request.GET if parameters is None else parameters
    tell = Teller(translation.get_language() or organization.language, organization.minimum_group)
    today = organization.day_of(timezone.now())
    form = FilterForm(
        given,
        surveys=_surveys(organization),
        touchpoints=list(organization.touchpoints.order_by("name", "pk")),
        today=today,
    )
    chosen = form.chosen
    questions = [] if chosen is None else list(chosen.survey.questions.order_by("position", "pk"))
    if chosen is not None and not form.names_a_period:
        sight = _sight(request, chosen.survey, today)
        form = form.of_period(choosing.first(chosen, questions, today=today, sight=sight))
        chosen = form.chosen
    return Asked(form, chosen, questions, tell)


def _sight(request: MemberRequest, survey: Survey, today: date) -> Sight:
    sees_single_answers = request.member.may(Role.CASE_WORKER)
    k = request.organization.minimum_group
    return Sight.of(survey, today=today, k=k, sees_single_answers=sees_single_answers)


def _dimension(request: MemberRequest, asked: Asked) -> str:
    """Whose table is asked for as a file, where nothing else says so."""
    name = request.GET.get("csv") or request.GET.get("xlsx", "")
    return next((it for it in asked.form.labels.dimensions if name == ranking.table_of(it)), "")


def _part(asked: Asked) -> str:
    """The segment that is looked at, in words; a touchpoint is named by itself."""
    part = asked.chosen.part if asked.chosen else None
    if part is None:
        return ""
    labels = asked.form.labels
    return f"{labels.dimension(part.dimension)}: {labels.value(part.dimension, part.value)}"


def _surveys(organization: Organization) -> list[Survey]:
    """Those that were ever published; with answers and in use first, the newest of them on top."""
    published = SurveyVersion.objects.published().filter(survey=OuterRef("pk"))
    # The first by the index; whether there is any at all would be looked for among the counts of all surveys.
    first = DailyCount.objects.filter(survey=OuterRef("pk")).order_by("day").values("day")[:1]
    found = organization.surveys.filter(Exists(published)).annotate(has_answers=IsNull(Subquery(first), False))
    return list(found.filter(Q(archived_at=None) | Q(has_answers=True)).order_by("archived_at", "-has_answers", "-pk"))


def _painted(request: MemberRequest, asked: Asked, chosen: Chosen) -> Board:
    return board.paint(
        chosen,
        questions=asked.questions,
        labels=asked.form.labels,
        tell=asked.tell,
        sight=_sight(request, chosen.survey, asked.form.today),
        where=request.GET.get("where") or _dimension(request, asked),
        below=number(request.GET.get("question")),
    )


def _download(request: MemberRequest, asked: Asked, painted: Board | None) -> HttpResponseBase:
    """One table of the page as a file; the same numbers, and none that the page does not show."""
    name, now = request.GET.get("csv") or request.GET.get("xlsx", ""), timezone.now()
    if asked.chosen is None or painted is None:
        raise Http404
    asked_of = funnel.of(asked.chosen, tell=asked.tell, now=now)
    found = exporting.table(name, painted, asked_of)
    if found is None:
        raise Http404
    lines = exporting.definition(name, asked.chosen, painted, asked_of, part=_part(asked), k=asked.tell.k, now=now)
    return exporting.response(name, found, lines, is_book="xlsx" in request.GET)


def _to_look_for(request: MemberRequest, asked: Asked, painted: Board) -> dict[str, Any]:
    """What comments can be told apart by, and what of the address goes with a search."""
    version = next((question.last_version_id for question in asked.questions), None)
    known = documents.of_published(version).languages if version else ()
    return {
        "below": next((tile for tile in painted.tiles if tile.is_shown_below), None),
        "kept": [(name, value) for name, value in request.GET.items() if name not in SEARCH],
        "tones": list(zip(Band, (_("low"), _("in between"), _("high")), strict=True)),
        "open_questions": [question for question in asked.questions if question.kind == "text"],
        "tongues": [(code, languages.name(code)) for code in known],
    }


def _comments(request: MemberRequest, asked: Asked, chosen: Chosen, painted: Board) -> comments.Comments | None:
    if not request.member.may(Role.CASE_WORKER):
        return None
    below = next((tile for tile in painted.tiles if tile.is_shown_below), None)
    return comments.of(
        chosen,
        question=below.question if below else None,
        sought=comments.Sought.of(request.GET.dict(), asked.questions),
        with_anonymous=below is not None and not suppression.is_too_few(below.kpi.n, k=asked.tell.k),
    )


def _stamp(request: MemberRequest, asked: Asked, chosen: Chosen) -> str:
    """Of the counts; for those who see comments, of the newest response as well."""
    sight = _sight(request, chosen.survey, asked.form.today)
    counts = tallies.stamp(chosen.survey.pk, segment=chosen.segment, until=sight.until)
    if not request.member.may(Role.CASE_WORKER):
        return counts
    newest = Response.objects.filter(organization=request.organization).order_by("-pk").values_list("pk", flat=True)
    return f"{counts}-{newest.first() or 0}"


def _left_out(chosen: Chosen, span: Span) -> int:
    """How many responses of the span are left out by somebody."""
    found = Exclusion.objects.filter(
        lifted_at=None, response__survey=chosen.survey, response__answered_on__lte=span.end
    )
    if span.start:
        found = found.filter(response__answered_on__gte=span.start)
    return segmented.among(found, chosen.segment, path="response__").count()
