"""The pages for what went wrong: each says what happened and where to go."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
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


def _page(request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
    return render(request, "fault.html", {"status": status, "title": title, "advice": advice}, status=status)
