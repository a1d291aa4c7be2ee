"""A member's role, and her leaving; an organization is never left without an owner."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from organizations import audit
from organizations.models import Member, Organization, Role


class LastOwner(Exception):
    """Without an owner nobody could let anybody in again."""

    def __init__(self) -> None:
        super().__init__(_("An organization has at least one owner. Make somebody else an owner first."))


class HasLeft(Exception):
    def __init__(self, member: Member) -> None:
        super().__init__(_("%(name)s no longer works here.") % {"name": member})


def change_role(member: Member, role: Role, *, by: Member, now: datetime) -> Member:
    """Raises LastOwner or HasLeft; the same role again changes nothing."""
    with transaction.atomic():
        member = _locked(member)
        if member.role == role:
            return member
        if role != Role.OWNER:
            _refuse_last_owner(member)
        was, member.role = member.role, role.value
        member.save(update_fields=["role"])
        detail = {"was": was, "role": role.value, "name": str(member)}
        audit.record(member.organization, by=by, what="member.role_changed", about=member, now=now, detail=detail)
    return member


def leave(member: Member, *, now: datetime) -> None:
    """Raises LastOwner or HasLeft."""
    _go(member, by=member, what="member.left", now=now)


def remove(member: Member, *, by: Member, now: datetime) -> None:
    """Raises LastOwner or HasLeft."""
    _go(member, by=by, what="member.removed", now=now)


def _go(member: Member, *, by: Member, what: str, now: datetime) -> None:
    with transaction.atomic():
        member = _locked(member)
        _refuse_last_owner(member)
        member.left_at = now
        member.save(update_fields=["left_at"])
        detail = {"role": member.role, "name": str(member)}
        audit.record(member.organization, by=by, what=what, about=member, now=now, detail=detail)


def _locked(member: Member) -> Member:
    # One lock for the whole organization: two owners who leave at once go one after the other.
    Organization.objects.select_for_update(no_key=True).get(pk=member.organization_id)
    fresh = Member.objects.select_related("organization", "user").get(pk=member.pk)
    if fresh.left_at is not None:
        raise HasLeft(fresh)
    return fresh


def _refuse_last_owner(member: Member) -> None:
    others = member.organization.members.present().filter(role=Role.OWNER).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise LastOwner
