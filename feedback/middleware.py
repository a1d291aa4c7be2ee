"""A customer's address → her page at once, past what members' pages alone need: sessions, sign-in, forms' cookies."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from csp.constants import HEADER as POLICY
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponse]
HER_PAGES = "/r/"


class StraightToHerPage:
    """Stands before what it passes by, and does what of that her pages need too: language, length and safe headers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # A fault becomes its page here, so that it carries the same headers.
        self.her_page = convert_exception_to_response(_her_page)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(HER_PAGES) or "\0" in request.path_info:
            return self.get_response(request)
        try:
            request.resolver_match = resolve(request.path_info, "feedback.public_urls")
        except Resolver404:
            return self.get_response(request)
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.her_page(request)
        assert isinstance(response, HttpResponse)
        return _with_headers(response, language)


def _her_page(request: HttpRequest) -> HttpResponse:
    request.get_host()  # refuses a name that is not ours
    match = request.resolver_match
    assert match is not None
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


def _with_headers(response: HttpResponse, language: str) -> HttpResponse:
    patch_vary_headers(response, ["Accept-Language"])
    changes = (getattr(response, "_csp_update", None), getattr(response, "_csp_replace", None))
    headers = response.headers
    headers.setdefault("Content-Language", language)
    headers.setdefault("Content-Length", str(len(response.content)))
    headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
    headers.setdefault(POLICY, _policy(_Changes(changes)))
    return response


class _Changes:
    """What a page wants otherwise in the policy, as a key: the same few each time."""

    def __init__(self, changes: tuple[Any, Any]) -> None:
        self.update, self.replace = changes
        self._text = repr(changes)

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Changes) and self._text == other._text


@lru_cache(maxsize=64)
def _policy(changes: _Changes) -> str:
    return build_policy(update=changes.update, replace=changes.replace)
