"""The fixed cast and the rows of most stories: Olga owns, Quentin manages quality, Carla works on cases, Vera views."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from feedback import settled
from feedback.models import Channel, Customer, Interaction, Invitation, Response
from organizations import links
from organizations.models import Member, Organization, Role, User
from surveys import drafting, publishing, starters
from surveys.models import Basis, Survey, SurveyVersion, Touchpoint, TouchpointState

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"

_numbers = itertools.count(1)

CAST = {
    Role.OWNER: "olga",
    Role.QUALITY_MANAGER: "quentin",
    Role.CASE_WORKER: "carla",
    Role.VIEWER: "vera",
}


def user(name: str, *, password: str | None = None, **fields: Any) -> User:
    """A person who may sign in, with her address verified."""
    from allauth.account.models import EmailAddress

    email = fields.pop("email", f"{name}@acme.example")
    person = User.objects.create_user(email, password, name=name.title(), **fields)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def organization(name: str = "Acme Audio", *, now: datetime = NOW, **fields: Any) -> Organization:
    number = next(_numbers)
    values = {
        "slug": f"{name.lower().replace(' ', '-')}-{number}",
        "sender_name": name,
        "sender_address": f"feedback@{name.lower().replace(' ', '')}.example",
        "time_zone": "Europe/Berlin",
        "created_at": now,
    }
    return Organization.objects.create(name=name, **(values | fields))


def member(
    of: Organization, role: Role = Role.QUALITY_MANAGER, *, name: str | None = None, now: datetime = NOW, **fields: Any
) -> Member:
    """One of the cast, by role; her e-mail carries the organization's number, so that two casts can meet."""
    name = name or CAST[role]
    email = fields.pop("email", f"{name}@{of.slug}.example")
    return Member.objects.create(organization=of, user=user(name, email=email, **fields), role=role, joined_at=now)


def cast(of: Organization, **fields: Any) -> dict[Role, Member]:
    """Everybody of the cast in one organization."""
    return {role: member(of, role, **fields) for role in CAST}


def survey(
    of: Organization,
    *,
    starter: str = "post_purchase",
    name: str = "Post-purchase",
    now: datetime = NOW,
    by: Member | None = None,
) -> Survey:
    """A survey from a ready questionnaire, published."""
    author = by or Member.objects.filter(organization=of, role=Role.QUALITY_MANAGER).first() or member(of)
    questionnaire = starters.STARTERS[starter].questionnaire()
    made = drafting.create(of, name=name, basis=Basis.TRANSACTIONAL, questionnaire=questionnaire, by=author, now=now)
    publishing.publish(made.versions.get(), by=author, now=now)
    return made


def touchpoint(of: Organization, *, survey: Survey | None = None, now: datetime = NOW, **fields: Any) -> Touchpoint:
    """A running touchpoint that asks three days after a purchase."""
    values = {
        "name": "After a purchase",
        "state": TouchpointState.RUNNING,
        "days_after": 3,
        "quiet_period": 30,
        "created_at": now,
        "started_at": now,
    }
    asked = survey or globals()["survey"](of, now=now)
    return Touchpoint.objects.create(organization=of, survey=asked, **(values | fields))


def customer(of: Organization, name: str = "Anna Berg", *, now: datetime = NOW, **fields: Any) -> Customer:
    number = next(_numbers)
    email = fields.pop("email", f"{name.split()[0].lower()}{number}@customers.example")
    values = {
        "reference": f"C-{number}",
        "email": email,
        "address_key": links.address_key(email),
        "name": name,
        "sort_name": name.casefold(),
        "language": "en",
        "created_at": now,
    }
    return Customer.objects.create(organization=of, **(values | fields))


def purchase(
    by: Customer, *, days_ago: float = 5, now: datetime = NOW, reference: str | None = None, **attributes: str
) -> Interaction:
    """Something she bought so many days ago."""
    experienced_at = now - timedelta(days=days_ago)
    settled.reopen(by.organization_id, oldest=experienced_at)
    return Interaction.objects.create(
        organization=by.organization,
        customer=by,
        source="shop",
        reference=reference or f"A-{next(_numbers)}",
        experienced_at=experienced_at,
        attributes=attributes,
        created_at=now,
    )


def published(of: Survey) -> SurveyVersion:
    version = of.published
    assert version is not None
    return version


def invitation(
    of: Interaction, *, touchpoint: Touchpoint, now: datetime = NOW, open_for: int = 30, **fields: Any
) -> Invitation:
    """An ask about one purchase, without its mail."""
    values = {
        "version": published(touchpoint.survey),
        "public_id": uuid.uuid4(),
        "language": of.customer.language or "en",
        "address_key": of.customer.address_key,
        "created_at": now,
        "expires_at": now + timedelta(days=open_for),
    }
    return Invitation.objects.create(
        organization=of.organization, touchpoint=touchpoint, interaction=of, customer=of.customer, **(values | fields)
    )


def response(to: Invitation, *, now: datetime = NOW, completed: bool = True, **fields: Any) -> Response:
    """What she said by that link, without its answers."""
    values = {
        "key": uuid.uuid4(),
        "touchpoint": to.touchpoint,
        "language": "en",
        "channel": Channel.EMAIL,
        "answered_on": now.date(),
        "completed_at": now if completed else None,
        "created_at": now,
        "changed_at": now,
    }
    return Response.objects.create(
        organization=to.organization,
        survey=to.touchpoint.survey,
        version=to.version,
        invitation=to,
        customer=to.customer,
        **(values | fields),
    )
