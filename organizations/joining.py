"""An invited colleague → a member: inviting, sending again, withdrawing, accepting."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from organizations import audit, links, notices, sign_in
from organizations.models import ColleagueInvite, Member, Organization, Role, User

VALID_FOR = timedelta(days=14)


class AlreadyAMember(Exception):
    def __init__(self, email: str) -> None:
        super().__init__(_("%(email)s already works here. You can change the role in the list.") % {"email": email})


class AlreadyInvited(Exception):
    def __init__(self, email: str) -> None:
        super().__init__(
            _("%(email)s is invited already. Send that invitation again, or withdraw it first.") % {"email": email}
        )


class InviteIsOver(Exception):
    """Accepted, withdrawn or expired."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is no longer open. Ask whoever invited you to send it again."))


class NotYourInvite(Exception):
    """Only whoever reads the mail of the invited address may accept."""

    def __init__(self, email: str) -> None:
        super().__init__(_("This invitation is for %(email)s. Sign in with that address.") % {"email": email})


def invite(organization: Organization, *, email: str, role: Role, by: Member, now: datetime) -> ColleagueInvite:
    """Invite a colleague by mail; raises AlreadyAMember or AlreadyInvited."""
    email = email.lower()
    if organization.members.present().filter(user__email__iexact=email).exists():
        raise AlreadyAMember(email)
    with transaction.atomic():
        _open_to(organization, email).filter(expires_at__lte=now).update(withdrawn_at=now)
        invitation = ColleagueInvite(
            organization=organization,
            public_id=uuid.uuid4(),
            email=email,
            role=role,
            invited_by=by,
            created_at=now,
            expires_at=now + VALID_FOR,
        )
        _enter(invitation)
        _send(invitation, by=by, now=now)
        detail = {"email": email, "role": role.value}
        audit.record(organization, by=by, what="colleague.invited", about=invitation, now=now, detail=detail)
    return invitation


def resend(invitation: ColleagueInvite, *, by: Member, now: datetime) -> None:
    """The same link once more, valid for two weeks from now; raises InviteIsOver."""
    with transaction.atomic():
        invitation = _locked(invitation)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise InviteIsOver
        invitation.expires_at = now + VALID_FOR
        invitation.save(update_fields=["expires_at"])
        _send(invitation, by=by, now=now)
        detail = {"email": invitation.email}
        audit.record(
            invitation.organization, by=by, what="colleague.invited_again", about=invitation, now=now, detail=detail
        )


def withdraw(invitation: ColleagueInvite, *, by: Member, now: datetime) -> None:
    """Its link leads nowhere from now on; raises InviteIsOver."""
    with transaction.atomic():
        invitation = _locked(invitation)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise InviteIsOver
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        detail = {"email": invitation.email}
        audit.record(
            invitation.organization, by=by, what="colleague.invite_withdrawn", about=invitation, now=now, detail=detail
        )


def accept(invitation: ColleagueInvite, *, user: User, now: datetime) -> Member:
    """The membership, new or taken up again; raises InviteIsOver or NotYourInvite."""
    if not sign_in.owns(user, invitation.email):
        raise NotYourInvite(invitation.email)
    with transaction.atomic():
        invitation = _locked(invitation)
        if not is_open(invitation, now=now):
            raise InviteIsOver
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        member = _take_in(invitation, user, now)
        detail = {"role": member.role}
        audit.record(invitation.organization, by=member, what="colleague.joined", about=member, now=now, detail=detail)
    return member


def is_open(invitation: ColleagueInvite, *, now: datetime) -> bool:
    return not (invitation.accepted_at or invitation.withdrawn_at) and invitation.expires_at > now


def link(invitation: ColleagueInvite) -> str:
    return links.absolute(reverse("organizations:join", args=[links.token(links.JOIN, invitation.public_id)]))


def _open_to(organization: Organization, email: str) -> QuerySet[ColleagueInvite]:
    return organization.colleague_invites.filter(
        email__iexact=email, accepted_at__isnull=True, withdrawn_at__isnull=True
    )


def _enter(invitation: ColleagueInvite) -> None:
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        if _open_to(invitation.organization, invitation.email).exists():
            raise AlreadyInvited(invitation.email) from error
        raise


def _locked(invitation: ColleagueInvite) -> ColleagueInvite:
    return (
        ColleagueInvite.objects.select_for_update(of=("self",))
        .select_related("organization", "invited_by__user")
        .get(pk=invitation.pk)
    )


def _take_in(invitation: ColleagueInvite, user: User, now: datetime) -> Member:
    member, is_new = Member.objects.select_for_update().get_or_create(
        organization=invitation.organization,
        user=user,
        defaults={"role": invitation.role, "joined_at": now},
    )
    # Whoever works here already keeps the role she has.
    if not is_new and member.left_at is not None:
        member.role, member.joined_at, member.left_at = invitation.role, now, None
        member.save(update_fields=["role", "joined_at", "left_at"])
    return member


def _send(invitation: ColleagueInvite, *, by: Member, now: datetime) -> None:
    colleague = User.objects.filter(email__iexact=invitation.email).first()
    notices.write(
        "colleague_invite",
        to=invitation.email,
        language=(colleague.language if colleague else "") or invitation.organization.language,
        facts={"invitation": invitation, "inviter": by, "role": Role(invitation.role).label, "link": link(invitation)},
        organization=invitation.organization,
        now=now,
    )
