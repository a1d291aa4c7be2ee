"""/mailbox/: every mail this machine sent, for development alone."""

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, cast

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from organizations import mailbox

# What a mail program allows: pictures in the mail and styles in its HTML, no script, links into a new tab.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
LINKS_OPEN_A_TAB = '<base target="_blank">'
SANDBOX = " ".join(MAIL_POLICY["sandbox"])

View = Callable[..., HttpResponseBase]
# django-csp's own types know only views without further arguments.
may_frame = cast("Callable[[View], View]", csp_update({"frame-src": [SELF]}))
as_a_mail_program = cast("Callable[[View], View]", csp(MAIL_POLICY))


def _only_here(view: View) -> View:
    """Nobody reaches this in production, whatever the settings say about the folder."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (settings.LOCAL and settings.MAILBOX_DIR):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@_only_here
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "").strip()[:254]
    context = {"mails": mailbox.newest_first(_folder(), recipient=to), "to": to}
    is_refresh = request.headers.get("HX-Request") == "true"
    return render(request, "organizations/_mailbox_list.html" if is_refresh else "organizations/mailbox.html", context)


@require_safe
@_only_here
@never_cache
@may_frame
def mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "organizations/mailbox_mail.html", {"mail": _mail(name), "sandbox": SANDBOX})


@require_safe
@_only_here
@never_cache
@xframe_options_sameorigin
@as_a_mail_program
def body(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of a mail, to be shown in a frame of its own."""
    html = _mail(name).html
    head = re.search(r"<head[^>]*>", html, re.IGNORECASE)
    at = head.end() if head else 0
    return HttpResponse(html[:at] + LINKS_OPEN_A_TAB + html[at:])


def _mail(name: str) -> mailbox.Mail:
    found = mailbox.read(_folder(), name)
    if found is None:
        raise Http404
    return found


def _folder() -> Path:
    return Path(settings.MAILBOX_DIR)
