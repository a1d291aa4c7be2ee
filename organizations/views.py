"""Pages outside an organization: the front door, one's organizations, founding one, joining one, one's profile."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from organizations import founding, joining, links, sign_in
from organizations.forms import FoundForm, ProfileForm
from organizations.models import ColleagueInvite, Member, User


@require_safe
@never_cache
def landing(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("organizations:mine")
    return render(request, "organizations/landing.html")


@require_safe
@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """The only organization, a choice of several (or with ?all=1), or the founding of the first."""
    memberships = _memberships(_user(request))
    if not memberships:
        return redirect("organizations:found")
    if len(memberships) == 1 and "all" not in request.GET:
        return redirect(memberships[0].organization)
    return render(request, "organizations/mine.html", {"memberships": memberships})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def found(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = FoundForm(request.POST or None, initial=_suggestions(user))
    if request.method == "POST" and form.is_valid():
        try:
            owner = founding.found(user=user, now=timezone.now(), **form.cleaned_data)
        except founding.AddressTaken as refusal:
            form.add_error("slug", str(refusal))
        else:
            return redirect(owner.organization)
    context = {"form": form, "is_first": not _memberships(_user(request))}
    return render(request, "organizations/found.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what. Looking changes nothing, since mail scanners open every link; joining is a POST."""
    public_id = links.public_id(links.JOIN, token)
    invitation = _invitations().filter(public_id=public_id).first() if public_id else None
    if invitation is None:
        return _no_invitation(request, status=404)
    if request.method == "POST":
        return _accept(request, invitation)
    if not joining.is_open(invitation, now=timezone.now()):
        return _over(request, invitation)
    context = {
        "invitation": invitation,
        "is_yours": request.user.is_authenticated and sign_in.owns(request.user, invitation.email),
        "has_account": User.objects.filter(email__iexact=invitation.email).exists(),
        "back_here": urlencode({"next": request.path}),
    }
    return render(request, "organizations/join.html", context)


def _accept(request: HttpRequest, invitation: ColleagueInvite) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    try:
        member = joining.accept(invitation, user=request.user, now=timezone.now())
    except joining.InviteIsOver:
        return _over(request, invitation)
    except joining.NotYourInvite as refusal:
        messages.error(request, str(refusal))
        return redirect(request.path)
    messages.success(request, _("Welcome to %(organization)s.") % {"organization": member.organization})
    return redirect(member.organization)


def _over(request: HttpRequest, invitation: ColleagueInvite) -> HttpResponse:
    """Whoever has joined already is led in; everybody else learns that the invitation is over."""
    if request.user.is_authenticated and invitation.accepted_at:
        membership = request.user.memberships.present().filter(organization=invitation.organization)
        if membership.exists():
            return redirect(invitation.organization)
    return _no_invitation(request, status=410)


def _no_invitation(request: HttpRequest, *, status: int) -> HttpResponse:
    return render(request, "organizations/no_invitation.html", {"status": status}, status=status)


def _invitations() -> QuerySet[ColleagueInvite]:
    return ColleagueInvite.objects.select_related("organization", "invited_by__user")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        user.name, user.language = form.cleaned_data["name"], form.cleaned_data["language"]
        user.save(update_fields=["name", "language"])
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Saved."))
        return sign_in.speak(redirect("organizations:profile"), user.language)
    return render(request, "organizations/profile.html", {"form": form})


def _user(request: HttpRequest) -> User:
    """Whoever is signed in, behind `login_required`."""
    assert isinstance(request.user, User)
    return request.user


def _memberships(user: User) -> list[Member]:
    return list(user.memberships.present().select_related("organization").order_by("organization__name", "id"))


def _suggestions(user: User) -> dict[str, Any]:
    return {"sender_name": user.name, "sender_address": user.email, "language": translation.get_language()}
