"""The preview of a questionnaire: which version, in which language, how wide."""

from csp.decorators import csp_update
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from organizations.models import Role
from organizations.numbers import number
from organizations.wall import MemberRequest, role_required
from surveys import languages, revising
from surveys.models import Survey, SurveyVersion
from surveys.questionnaire import Questionnaire

WIDTHS = ("phone", "desk")


@require_safe
@csp_update({"frame-src": ["'self'"]})
@role_required(Role.QUALITY_MANAGER)
def preview(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys, pk=pk)
    versions = list(survey.versions.order_by("-number")[:20])
    version = _version(survey, request.GET.get("version", ""))
    wording = revising.presented(version)
    width = request.GET.get("width", "")
    context = {
        "survey": survey,
        "version": version,
        "versions": versions,
        "languages": [(code, languages.name(code)) for code in wording.languages],
        "language": _language(request, wording),
        "width": width if width in WIDTHS else "phone",
    }
    return render(request, "surveys/preview.html", context)


def _version(survey: Survey, said: str) -> SurveyVersion:
    """The one asked for, else the newest."""
    if not said:
        return survey.versions.latest("number")
    found = survey.versions.filter(number=number(said, most=10**6) or 0).first()
    if found is None:
        raise Http404
    return found


def _language(request: MemberRequest, wording: Questionnaire) -> str:
    wanted = request.GET.get("language", "")
    return wanted if wanted in wording.languages else wording.base_language
