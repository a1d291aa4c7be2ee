"""The addresses that customers get by mail: to answer, and to be left in peace for ever."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.urls import reverse

from feedback.models import Invitation
from organizations import links

_ANY = "token"
_ORGANIZATION, _ADDRESS, _VERSION, _TIME = 8, 32, 8, 8


def answer(invitation: Invitation, score: int | None = None) -> str:
    """The customer's page; a score is chosen there in advance, and stored by nobody but her."""
    page = links.absolute(_path("respond:page").replace(_ANY, token(invitation)))
    return page if score is None else f"{page}?s={score}"


def token(invitation: Invitation) -> str:
    return links.token(links.ANSWER, invitation.public_id)


def invited(token: str) -> uuid.UUID | None:
    """The invitation's public id in a token of ours."""
    return links.public_id(links.ANSWER, token)


def unsubscribe(organization_id: int, address_key: str) -> str:
    """Carries all it needs, so that it still works when customer, survey and organization are gone."""
    return links.absolute(_path("respond:unsubscribe").replace(_ANY, opt_out_token(organization_id, address_key)))


@cache
def _path(name: str) -> str:
    """With a place for the token: looking the address up for each of a million mails would cost more than the token."""
    return reverse(name, args=[_ANY])


def opt_out_token(organization_id: int, address_key: str) -> str:
    payload = organization_id.to_bytes(_ORGANIZATION, "big") + bytes.fromhex(address_key)
    return links.seal(links.UNSUBSCRIBE, payload)


@dataclass(frozen=True)
class OptOut:
    organization_id: int
    address_key: str


def opt_out(token: str) -> OptOut | None:
    """Who asks to be left in peace by whom; None when the token is not ours."""
    payload = links.unseal(links.UNSUBSCRIBE, token, size=_ORGANIZATION + _ADDRESS)
    if payload is None:
        return None
    return OptOut(int.from_bytes(payload[:_ORGANIZATION], "big"), payload[_ORGANIZATION:].hex())


@dataclass(frozen=True)
class Opened:
    """What a page remembers of how it was opened: its wording, and when."""

    version_id: int
    at: datetime


def form_token(invitation: Invitation, opened: Opened) -> str:
    """Bound to one invitation; a page may stay open for a week, so the token itself never runs out."""
    payload = (
        invitation.public_id.bytes
        + opened.version_id.to_bytes(_VERSION, "big")
        + int(opened.at.timestamp()).to_bytes(_TIME, "big")
    )
    return links.seal(links.FORM, payload)


def opened(invitation: Invitation, token: str) -> Opened | None:
    payload = links.unseal(links.FORM, token, size=16 + _VERSION + _TIME)
    if payload is None or payload[:16] != invitation.public_id.bytes:
        return None
    seconds = int.from_bytes(payload[16 + _VERSION :], "big")
    return Opened(int.from_bytes(payload[16 : 16 + _VERSION], "big"), datetime.fromtimestamp(seconds, UTC))
