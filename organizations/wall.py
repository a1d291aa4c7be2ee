"""The wall between organizations: the slug in the address, checked against the membership, says for whom we act."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from organizations.models import Member, Organization, Role, User


class MemberRequest(HttpRequest):
    """A request that has passed the wall; only `role_required` makes one of an ordinary request."""

    organization: Organization
    member: Member
    user: User


View = Callable[Concatenate[MemberRequest, str, ...], HttpResponseBase]


def membership(user: User, slug: str) -> Member:
    """The present membership of `user` in the organization of that address, else a 404 that tells nothing."""
    member = Member.objects.present().filter(user=user, organization__slug=slug).select_related("organization").first()
    if member is None:
        raise Http404
    member.user = user
    return member


def role_required(needed: Role) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Let in members whose role is `needed` or above it; sign-in for strangers, 404 for others, 403 for lower roles."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def walled(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            member = membership(request.user, slug)
            if not member.may(needed):
                raise PermissionDenied
            return _enter(view, request, member, slug, *args, **kwargs)

        walled.needed_role = needed  # type: ignore[attr-defined]  # the test over every address reads it
        return walled

    return decorate


def _enter(view: View, request: Any, member: Member, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
    request.organization = member.organization
    request.member = member
    language = request.user.language or member.organization.language
    with timezone.override(member.organization.zone), translation.override(language):
        request.LANGUAGE_CODE = translation.get_language()
        response = view(request, slug, *args, **kwargs)
        # Rendered here, while the organization's zone and the member's language hold.
        if not getattr(response, "is_rendered", True):
            response.render()  # type: ignore[attr-defined]
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers.setdefault("Content-Language", language)
    return response
