"""Pages under /o/<slug>/settings/: the organization's settings, who works here, and the record of what they did."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import joining, membership, preferences, record
from organizations.forms import InviteForm, RecordFilter, RoleForm, SettingsForm
from organizations.models import Role
from organizations.wall import MemberRequest, role_required

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OWNER)
def settings(request: MemberRequest, slug: str) -> HttpResponse:
    present = model_to_dict(request.organization, fields=preferences.CHANGEABLE)
    form = SettingsForm(request.POST or None, initial=present)
    if request.method == "POST" and form.is_valid():
        preferences.change(request.organization, by=request.member, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("organizations:settings", slug)
    return render(request, "organizations/settings.html", {"form": form})


@require_safe
@role_required(Role.VIEWER)
def members(request: MemberRequest, slug: str) -> HttpResponse:
    return _members_page(request, InviteForm())


@require_POST
@role_required(Role.OWNER)
def invite(request: MemberRequest, slug: str) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _members_page(request, form)
    email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    try:
        joining.invite(request.organization, email=email, role=role, by=request.member, now=timezone.now())
    except (joining.AlreadyAMember, joining.AlreadyInvited) as refusal:
        form.add_error("email", str(refusal))
        return _members_page(request, form)
    messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": email})
    return redirect("organizations:members", slug)


@require_POST
@role_required(Role.OWNER)
def resend_invite(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    invitation = get_object_or_404(request.organization.colleague_invites, pk=pk)
    return _do(
        request,
        lambda: joining.resend(invitation, by=request.member, now=timezone.now()),
        _("The invitation is on its way again."),
    )


@require_POST
@role_required(Role.OWNER)
def withdraw_invite(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    invitation = get_object_or_404(request.organization.colleague_invites, pk=pk)
    return _do(
        request,
        lambda: joining.withdraw(invitation, by=request.member, now=timezone.now()),
        _("Withdrawn. The link in the mail leads nowhere any more."),
    )


@require_POST
@role_required(Role.OWNER)
def change_role(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    member = get_object_or_404(request.organization.members.present(), pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles in the list."))
        return redirect("organizations:members", slug)
    role = Role(form.cleaned_data["role"])
    return _do(
        request,
        lambda: membership.change_role(member, role, by=request.member, now=timezone.now()),
        _("%(name)s is now: %(role)s.") % {"name": member, "role": role.label},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OWNER)
def remove(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    member = get_object_or_404(request.organization.members.present().select_related("user"), pk=pk)
    if request.method != "POST":
        return render(request, "organizations/remove.html", {"leaving": member})
    return _do(
        request,
        lambda: membership.remove(member, by=request.member, now=timezone.now()),
        _("%(name)s no longer works here.") % {"name": member},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.VIEWER)
def leave(request: MemberRequest, slug: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "organizations/leave.html")
    try:
        membership.leave(request.member, now=timezone.now())
    except (membership.LastOwner, membership.HasLeft) as refusal:
        messages.error(request, str(refusal))
        return redirect("organizations:members", slug)
    messages.success(request, _("You have left %(organization)s.") % {"organization": request.organization})
    return redirect("organizations:mine")


@require_safe
@role_required(Role.OWNER)
def record_page(request: MemberRequest, slug: str) -> HttpResponse:
    form = RecordFilter(request.GET, organization=request.organization)
    form.is_valid()
    page = Paginator(record.entries(request.organization, **form.cleaned_data), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "lines": [record.line(entry) for entry in page],
        "is_narrowed": any(form.cleaned_data.values()),
    }
    return render(request, "organizations/record.html", context)


def _members_page(request: MemberRequest, form: InviteForm) -> HttpResponse:
    present = request.organization.members.present().select_related("user").order_by("user__name", "user__email")
    context = {
        "members": present,
        "owners": sum(member.role == Role.OWNER for member in present),
        "is_owner": request.member.may(Role.OWNER),
        "invites": request.organization.colleague_invites.filter(accepted_at=None, withdrawn_at=None).order_by("email"),
        "now": timezone.now(),
        "roles": Role.choices,
        "form": form,
    }
    return render(request, "organizations/members.html", context)


def _do(request: MemberRequest, verb: Callable[[], object], done: str) -> HttpResponse:
    """One verb about a member or an invitation; its refusal is the message."""
    try:
        verb()
    except (joining.InviteIsOver, membership.LastOwner, membership.HasLeft) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("organizations:members", request.organization.slug)
