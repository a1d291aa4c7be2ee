"""Surveys as a quality manager keeps them: the list, a new one, its versions, its name, its archive."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations.models import Role
from organizations.wall import MemberRequest, role_required
from surveys import archiving, changes, documents, drafting, editing, languages, queries, questionnaire, starters
from surveys.changes import Change
from surveys.forms import NameForm, StartForm, UploadForm, posted, ready_languages
from surveys.models import Basis, Survey, SurveyVersion
from surveys.starters import Starter

PER_PAGE = 25
VERSIONS_SHOWN = 20


@require_safe
@role_required(Role.QUALITY_MANAGER)
def survey_list(request: MemberRequest, slug: str) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:120]
    shown = request.GET.get("show", "")
    shown = shown if shown in queries.SHOWN else "current"
    sort = request.GET.get("sort", "")
    sort = sort if sort in queries.SURVEY_SORTS else "name"
    found = queries.surveys(request.organization, search=search, shown=shown, sort=sort)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "search": search, "shown": shown, "sort": sort, "is_filtered": bool(search)}
    return render(request, "surveys/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def start(request: MemberRequest, slug: str) -> HttpResponse:
    """A new survey from a template."""
    form = StartForm(posted(request), initial={"base_language": _own_language(request)})
    if request.method == "POST" and form.is_valid():
        chosen = starters.STARTERS[form.cleaned_data["starter"]]
        survey = drafting.create(
            request.organization,
            name=form.cleaned_data["name"] or _(chosen.name),
            basis=Basis.RELATIONAL if chosen.key == "relationship" else Basis.TRANSACTIONAL,
            questionnaire=_in_languages(chosen, form.languages()),
            by=request.member,
            now=timezone.now(),
        )
        messages.success(
            request, _("“%(name)s” is ready as a draft. Change its wording, or publish it as it is.") % {"name": survey}
        )
        return redirect("surveys:detail", slug, survey.pk)
    language = _own_language(request)
    templates = [(starter, starter.questionnaire().questions, language) for starter in starters.STARTERS.values()]
    return render(request, "surveys/start.html", {"form": form, "templates": templates, "upload": UploadForm()})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def upload(request: MemberRequest, slug: str) -> HttpResponse:
    """A new survey from a questionnaire's file."""
    form = UploadForm(posted(request), request.FILES)
    if request.method == "POST" and form.is_valid():
        try:
            survey = drafting.create(
                request.organization,
                name=form.cleaned_data["name"],
                basis=form.cleaned_data["basis"],
                questionnaire=form.cleaned_data["document"],
                by=request.member,
                now=timezone.now(),
            )
        except drafting.TooLarge as refusal:
            form.add_error("document", str(refusal))
        else:
            messages.success(
                request, _("“%(name)s” is ready as a draft. Look at it before you publish it.") % {"name": survey}
            )
            return redirect("surveys:detail", slug, survey.pk)
    faults = [(fault.where, documents.said(fault)) for fault in form.faults]
    return render(request, "surveys/upload.html", {"form": form, "faults": faults})


@require_safe
@role_required(Role.QUALITY_MANAGER)
def detail(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    versions = list(survey.versions.select_related("published_by__user").order_by("-number")[: VERSIONS_SHOWN + 1])
    rows = [
        (version, differences(versions[at + 1] if at + 1 < len(versions) else None, version))
        for at, version in enumerate(versions[:VERSIONS_SHOWN])
    ]
    draft = next((version for version in versions if version.published_at is None), None)
    live = next((version for version in versions if version.published_at is not None), None)
    context = {
        "survey": survey,
        "rows": rows,
        "has_older": len(versions) > VERSIONS_SHOWN,
        "draft": draft,
        "live": live,
        "touchpoints": list(survey.touchpoints.order_by("name", "pk")),
        "asked": documents.of(draft or versions[0]),
        "language": _own_language(request),
    }
    return render(request, "surveys/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def rename(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    form = NameForm(posted(request), initial={"name": survey.name})
    if request.method == "POST" and form.is_valid():
        drafting.rename(survey, name=form.cleaned_data["name"], by=request.member, now=timezone.now())
        messages.success(request, _("It is called “%(name)s” now.") % {"name": form.cleaned_data["name"]})
        return redirect("surveys:detail", slug, survey.pk)
    return _ask_name(request, survey, form, title=_("Rename"), button=_("Rename"))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def copy(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    form = NameForm(
        posted(request),
        initial={"name": (_("%(name)s (copy)") % {"name": survey.name})[:120]},
    )
    if request.method == "POST" and form.is_valid():
        twin = drafting.copy(survey, name=form.cleaned_data["name"], by=request.member, now=timezone.now())
        messages.success(request, _("The copy is a draft of its own; its answers will be counted apart."))
        return redirect("surveys:detail", slug, twin.pk)
    return _ask_name(request, survey, form, title=_("Copy"), button=_("Make a copy"))


@require_POST
@role_required(Role.QUALITY_MANAGER)
def archive(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    try:
        archiving.archive(survey, by=request.member, now=timezone.now())
    except archiving.StillAsking as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is in the archive. Its answers and figures stay, and you can bring it back."))
    return redirect("surveys:detail", slug, survey.pk)


@require_POST
@role_required(Role.QUALITY_MANAGER)
def bring_back(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    archiving.bring_back(survey, by=request.member, now=timezone.now())
    messages.success(request, _("It is back among the current surveys."))
    return redirect("surveys:detail", slug, survey.pk)


@require_safe
@role_required(Role.QUALITY_MANAGER)
def download(request: MemberRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """The stored bytes: what was published, to the last comma."""
    version = get_object_or_404(request.organization.survey_versions, survey=pk, number=number)
    response = HttpResponse(version.document, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="survey-{pk}-version-{number}.json"'
    return response


def differences(before: SurveyVersion | None, after: SurveyVersion) -> list[str] | None:
    """What `after` says otherwise, in words; None for a first version."""
    if before is None:
        return None
    return in_words(changes.changes(documents.of(before), documents.of(after)))


def in_words(found: tuple[Change, ...]) -> list[str]:
    return [_(change.sentence) % change.params for change in found]


def _ask_name(request: MemberRequest, survey: Survey, form: NameForm, **words: Any) -> HttpResponse:
    return render(request, "surveys/name.html", {"survey": survey, "form": form, **words})


def _own_language(request: MemberRequest) -> str:
    wanted = request.organization.language or get_language() or "en"
    return languages.choose(wanted, ready_languages(), "en")


def _in_languages(starter: Starter, codes: list[str]) -> questionnaire.Questionnaire:
    data = editing.in_languages(questionnaire.to_data(starter.questionnaire()), codes)
    return questionnaire.parse(data)
