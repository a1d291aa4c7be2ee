"""The mails of a touchpoint: their words in each language, how they look, and a test to oneself."""

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST

from feedback import mail_tests, wordings
from feedback.composing import Sample
from feedback.mail_forms import WordingForm
from feedback.models import Purpose
from organizations.models import Role
from organizations.numbers import number
from organizations.wall import MemberRequest, role_required
from surveys import documents, languages
from surveys.models import Survey, Touchpoint

VIEWS = ("phone", "desk", "text")
WHO = {"maria": mail_tests.MARIA, "nobody": mail_tests.NOBODY}
# What a mail program allows: pictures and styles of the mail's own, no script.
AS_A_MAIL = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
}


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"frame-src": [SELF]})
@role_required(Role.QUALITY_MANAGER)
def edit(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    touchpoint, purpose = _touchpoint(request, pk), _purpose(request)
    form = _form(request, touchpoint, purpose)
    if request.method == "POST" and form.is_valid() and _save(request, touchpoint, purpose, form):
        messages.success(request, _("Saved. It holds for every mail that leaves from now on."))
        return redirect(f"{reverse('feedback:touchpoint_mail', args=[slug, pk])}?purpose={purpose}")
    language = request.POST.get("language", "") or request.GET.get("language", "")
    context = {
        "touchpoint": touchpoint,
        "survey": touchpoint.survey,
        "form": form,
        "purpose": purpose.value,
        "purposes": [(each.value, each.label) for each in wordings.PURPOSES],
        "language": language if language in form.spoken else form.spoken[0],
        "languages": [(code, languages.name(code)) for code in form.spoken],
        "view": _chosen(request, "view", VIEWS),
        "who": _chosen(request, "who", tuple(WHO)),
    }
    return render(request, "feedback/touchpoint_mail.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@csp(AS_A_MAIL)
@role_required(Role.QUALITY_MANAGER)
def preview(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """The mail inside the frame: GET as it is stored, POST as it is being written; nothing is stored."""
    touchpoint, purpose = _touchpoint(request, pk), _purpose(request)
    form = _form(request, touchpoint, purpose)
    form.is_valid()
    asked = request.POST if request.method == "POST" else request.GET
    language = asked.get("language", "")
    language = language if language in form.spoken else form.spoken[0]
    if request.method == "POST":
        words = wordings.tidy(form.words(language))
    else:
        words = wordings.current(touchpoint, purpose).get(language, wordings.OURS)
    if wordings.check(words):
        return _not_yet(request)
    mail = mail_tests.shown(
        touchpoint.survey,
        language=language,
        purpose=purpose,
        words=words,
        who=WHO[_chosen(request, "who", tuple(WHO))],
        now=timezone.now(),
    )
    return _as_seen(request, mail, language, is_text=_chosen(request, "view", VIEWS) == "text")


@require_POST
@role_required(Role.QUALITY_MANAGER)
def test_mail(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    survey = get_object_or_404(request.organization.surveys.select_related("organization"), pk=pk)
    touchpoint = _named_touchpoint(request, survey)
    try:
        notice = mail_tests.send(
            survey,
            language=_spoken(survey, request.POST.get("language", "")),
            touchpoint=touchpoint,
            purpose=_purpose(request),
            by=request.member,
            now=timezone.now(),
        )
    except mail_tests.TooManyTests as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A test is on its way to %(email)s.") % {"email": notice.to})
    return redirect(_back(request) or reverse("surveys:detail", args=[slug, pk]))


def _save(request: MemberRequest, touchpoint: Touchpoint, purpose: Purpose, form: WordingForm) -> bool:
    wanted = {language: form.words(language) for language in form.spoken}
    seen = form.cleaned_data["seen"]
    try:
        wordings.save(touchpoint, purpose, wanted, seen=seen, by=request.member, now=timezone.now())
    except wordings.BadWording as refusal:
        form.add_faults(refusal.faults)
        return False
    except wordings.ChangedMeanwhile as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _form(request: MemberRequest, touchpoint: Touchpoint, purpose: Purpose) -> WordingForm:
    return WordingForm(
        request.POST if request.method == "POST" else None,
        spoken=documents.of(mail_tests.newest(touchpoint.survey)).languages,
        purpose=purpose,
        current=wordings.current(touchpoint, purpose),
        organization=request.organization.name,
        seen=wordings.revision(touchpoint, purpose),
    )


def _as_seen(request: MemberRequest, mail: Sample, language: str, *, is_text: bool) -> HttpResponse:
    """With the line that stands in the list of an inbox above it; links open a tab."""
    context = {
        "mail": mail,
        "sender": request.organization.sender_name,
        "language": language,
        "direction": languages.direction(language),
        "is_text": is_text,
    }
    if is_text:
        return render(request, "feedback/mail_as_text.html", context)
    top = render(request, "feedback/_mail_top.html", context).content.decode()
    html = mail.html.replace("<head>", '<head><base target="_blank">', 1)
    start, body, rest = html.partition("<body")
    attributes, end, inner = rest.partition(">")
    whole = f"{start}{body}{attributes}{end}{top}<main>{inner.replace('</body>', '</main></body>', 1)}"
    return HttpResponse(whole)


def _not_yet(request: MemberRequest) -> HttpResponse:
    return render(request, "feedback/mail_not_yet.html")


def _touchpoint(request: MemberRequest, pk: int) -> Touchpoint:
    own = request.organization.touchpoints.select_related("survey__organization")
    return get_object_or_404(own, pk=pk)


def _named_touchpoint(request: MemberRequest, survey: Survey) -> Touchpoint | None:
    wanted = request.POST.get("touchpoint", "")
    if not wanted:
        return None
    return get_object_or_404(request.organization.touchpoints, pk=number(wanted) or 0, survey=survey)


def _purpose(request: HttpRequest) -> Purpose:
    wanted = request.POST.get("purpose", "") or request.GET.get("purpose", "")
    return Purpose.REMINDER if wanted == Purpose.REMINDER else Purpose.INVITATION


def _spoken(survey: Survey, wanted: str) -> str:
    questionnaire = documents.of(mail_tests.newest(survey))
    return wanted if wanted in questionnaire.languages else questionnaire.base_language


def _chosen(request: HttpRequest, name: str, among: tuple[str, ...]) -> str:
    wanted = request.POST.get(name, "") or request.GET.get(name, "")
    return wanted if wanted in among else among[0]


def _back(request: HttpRequest) -> str:
    """The page whose button it was, if it is one of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/o/") else ""
