"""The pages for what went wrong: each says what happened and where to go."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

# What is larger still is not worth the line it comes over.
_READ_TO_ITS_END = 50_000_000


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request)
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return _too_many_fields(request)
    return _page(request, 400, _("This request could not be understood"), _("Go back, reload the page and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 403, _("Your role does not allow this"), _("Ask an owner of the organization to change your role.")
    )


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form holds no valid proof that it came from a page of ours; mostly a tab from before the last sign-in."""
    advice = _("Nothing was stored. Go back, reload the page and try again.")
    return _page(request, 403, _("This page was open for too long"), advice)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, _("There is nothing here"), _("The address is wrong, or it is not yours to see."))


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, _("Something broke on our side"), _("It has been written down. Please try again."))


def _too_large(request: HttpRequest) -> HttpResponse:
    _pass_over(request)
    most = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    why = _("A form may hold %(most)s of text, and this one holds more.") % {"most": most}
    return _refused(request, 413, _("This text is too large"), why)


def _too_many_fields(request: HttpRequest) -> HttpResponse:
    _pass_over(request)
    why = _("A form may hold %(most)s fields, and this one holds more.")
    return _refused(request, 400, _("This form is too long"), why % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS})


def _pass_over(request: HttpRequest) -> None:
    """Read on to the end: a browser that is still sending would take an early answer for a broken line."""
    left = _READ_TO_ITS_END
    try:
        while left > 0 and (piece := request.read(65_536)):
            left -= len(piece)
    except (OSError, UnreadablePostError):
        return


def _refused(request: HttpRequest, status: int, title: str, why: str) -> HttpResponse:
    """A script says it where the form says what is wrong, and the form stays as it is."""
    nothing = _("Nothing of it was stored, and nothing that was stored before has changed.")
    if request.headers.get("HX-Request"):
        here = _("What you typed is still here: make it shorter.")
        return HttpResponse(f"{title}. {why} {nothing} {here}", status=status, content_type="text/plain; charset=utf-8")
    back = _("Go back: what you typed is still there. Make it shorter, and send it again.")
    return _page(request, status, title, f"{why} {nothing} {back}")


def _page(request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
    return render(request, "fault.html", {"status": status, "title": title, "advice": advice}, status=status)
