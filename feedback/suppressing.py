"""An address that wants no more mail, or that does not exist: it gets none, from this very moment on."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from feedback.models import Message, MessageState, Purpose, Release, Suppression, SuppressionReason
from organizations import audit, visible
from organizations.models import Member, Organization

LONGEST_REASON = 300
# The reason that weighs most is the one that is told.
# An opt-out is from questions: what a member writes to her in answer may still arrive.
PERSONAL = (Purpose.REPLY, Purpose.OUTCOME)
# What a member may lift; what a customer told her mail provider is not ours to take back.
LIFTABLE = (SuppressionReason.OPTED_OUT, SuppressionReason.BOUNCED)
_WEIGHT = [SuppressionReason.COMPLAINED, SuppressionReason.OPTED_OUT, SuppressionReason.BOUNCED]


class NotSuppressed(Exception):
    """There is nothing to lift."""


class NotForUsToLift(Exception):
    """Whoever reported our mail as spam is written to again only if she herself asks her mail provider."""


class WhyIsMissing(Exception):
    """Writing again to somebody who asked us not to needs a reason that can be read later."""


@transaction.atomic
def suppress(
    organization: Organization,
    *,
    address_key: str,
    reason: SuppressionReason,
    now: datetime,
    by: Member | None = None,
) -> None:
    """No more mail to this address; what waits for it or is about to leave is withheld. Twice is once."""
    if not address_key:
        return
    row = Suppression(organization=organization, address_key=address_key, reason=reason, at=now)
    Suppression.objects.bulk_create([row], ignore_conflicts=True)
    unsent = Message.objects.filter(
        organization=organization,
        address_key=address_key,
        state__in=[MessageState.QUEUED, MessageState.CLAIMED],
    )
    if reason == SuppressionReason.OPTED_OUT:
        unsent = unsent.exclude(purpose__in=PERSONAL)
    # The row lock settles the race with a worker: either its mail is on the wire already, or it stays here.
    unsent.update(state=MessageState.WITHHELD, cause=reason, lease_until=None)
    if by is not None:
        stored = Suppression.objects.get(organization=organization, address_key=address_key, reason=reason)
        audit.record(
            organization, by=by, what="address.suppressed", about=stored, now=now, detail={"reason": str(reason)}
        )


@transaction.atomic
def lift(
    organization: Organization, *, address_key: str, reason: SuppressionReason, why: str, by: Member, now: datetime
) -> None:
    """Write to this address again, because a member knows `why`; an import never comes here."""
    if reason not in LIFTABLE:
        raise NotForUsToLift(_("She reported our mail as spam. Only she can take that back, with her mail provider."))
    why = " ".join(why.split())[:LONGEST_REASON]
    if not visible.is_visible(why):
        raise WhyIsMissing(_("Say why mail may go to this address again."))
    stored = (
        Suppression.objects.select_for_update()
        .filter(organization=organization, address_key=address_key, reason=reason)
        .first()
    )
    if stored is None:
        raise NotSuppressed(_("Mail may go to this address already."))
    # Not the reason in words: the record outlives an erasure, and she may have been named in it.
    audit.record(organization, by=by, what="address.released", about=stored, now=now, detail={"reason": str(reason)})
    Release.objects.create(
        organization=organization, address_key=address_key, reason=reason, since=stored.at, why=why, by=by, at=now
    )
    stored.delete()


def take_back(organization: Organization, *, address_key: str) -> None:
    """The customer undoes her own opt-out, by the link in her mail; a bounce or a complaint stays."""
    Suppression.objects.filter(
        organization=organization, address_key=address_key, reason=SuppressionReason.OPTED_OUT
    ).delete()


def all_reasons(organization: Organization, address_key: str) -> dict[SuppressionReason, datetime]:
    """Every reason why this address is not written to, with its time, the gravest first."""
    rows = Suppression.objects.filter(organization=organization, address_key=address_key).exclude(address_key="")
    found = {SuppressionReason(reason): at for reason, at in rows.values_list("reason", "at")}
    return dict(sorted(found.items(), key=lambda item: _WEIGHT.index(item[0])))


def released(organization: Organization, address_key: str) -> list[Release]:
    """What members lifted for this address, the latest first."""
    if not address_key:
        return []
    rows = Release.objects.filter(organization=organization, address_key=address_key)
    return list(rows.select_related("by__user").order_by("-at", "-pk")[:20])


def reason_of(organization: Organization, address_key: str) -> SuppressionReason | None:
    """Why this address gets no mail; None where it does."""
    return reasons_of(organization, [address_key]).get(address_key)


def reasons_of(organization: Organization, address_keys: Collection[str]) -> dict[str, SuppressionReason]:
    """The same for many addresses; those that may be written to are missing."""
    rows = Suppression.objects.filter(organization=organization, address_key__in=set(address_keys) - {""})
    return _weightiest(rows)


def every_reason(organization: Organization) -> dict[str, SuppressionReason]:
    """The same for every address that gets no mail."""
    return _weightiest(Suppression.objects.filter(organization=organization))


def _weightiest(rows: QuerySet[Suppression]) -> dict[str, SuppressionReason]:
    found: dict[str, SuppressionReason] = {}
    for key, reason in rows.values_list("address_key", "reason"):
        known = found.get(key)
        found[key] = min((SuppressionReason(reason), known or SuppressionReason(reason)), key=_WEIGHT.index)
    return found
