"""A draft goes live, or is thrown away, after a look at what it changes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organizations.models import Role
from organizations.numbers import number
from organizations.wall import MemberRequest, role_required
from surveys import documents, drafting, editor_words, mending, publishing, revising, translations
from surveys.models import Survey, SurveyVersion
from surveys.survey_views import differences


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def publish(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    draft = survey.versions.drafts().first()
    if draft is None:
        messages.info(request, _("There is no draft to publish: customers already see the newest wording."))
        return redirect("surveys:detail", slug, survey.pk)
    if request.method == "POST":
        try:
            version = publishing.publish(
                draft, by=request.member, now=timezone.now(), revision=_revision(request.POST.get("revision"))
            )
        except drafting.Stale:
            messages.warning(request, _("The draft was changed since you looked. Here is what it says now."))
            return redirect("surveys:publish", slug, survey.pk)
        except publishing.NotPublishable:
            return _confirm(request, survey, draft)
        messages.success(
            request, _("Version %(number)s is live. Customers see it from now on.") % {"number": version.number}
        )
        return redirect("surveys:detail", slug, survey.pk)
    return _confirm(request, survey, draft)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.QUALITY_MANAGER)
def discard(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    draft = survey.versions.drafts().first()
    live = survey.published
    if draft is None or live is None:
        return redirect("surveys:detail", slug, survey.pk)
    if request.method == "POST":
        try:
            drafting.discard(draft, by=request.member, now=timezone.now())
        except drafting.Stale as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The draft is gone. Customers see what they saw before."))
        return redirect("surveys:detail", slug, survey.pk)
    context = {"survey": survey, "draft": draft, "live": live, "differences": differences(live, draft)}
    return render(request, "surveys/discard.html", context)


def _confirm(request: MemberRequest, survey: Survey, draft: SurveyVersion) -> HttpResponse:
    live = survey.published
    data = revising.held(draft)
    faults = editor_words.to_mend(data, [mending.in_plain_words(fault, data) for fault in publishing.faults_of(draft)])
    wording = documents.of(draft)
    missing = [
        (code, len(translations.untranslated(wording, code)))
        for code in wording.languages
        if translations.untranslated(wording, code)
    ]
    context = {
        "survey": survey,
        "draft": draft,
        "live": live,
        "differences": differences(live, draft),
        "faults": faults,
        "missing": missing,
        "running": list(survey.touchpoints.running().order_by("name")),
    }
    return render(request, "surveys/publish.html", context)


def _revision(text: str | None) -> int:
    """-1, which no draft has, for what is no number."""
    return -1 if (said := number(text, most=2**31 - 1)) is None else said
