"""Refuse what no honest client sends, before anything below stumbles over it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from organizations import faults

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefuseRubbish:
    """PostgreSQL stores no NUL, so one in an address or a field is a 400 and never a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "\0" in query or "%00" in query:
            return faults.bad_request(request)
        return self.get_response(request)
