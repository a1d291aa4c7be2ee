"""Interaction → Invitation with its mail, or the Skip that says why there is none."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from feedback import eligibility, known, mailing, recording, reminding, settled, suppressing
from feedback.models import Customer, Interaction, Invitation, Message, Purpose, Reason, Skip
from organizations.models import Organization
from surveys import documents, languages, touchpoints
from surveys.models import SurveyVersion, Touchpoint
from surveys.rules import Rules, mean

_LOCK = 7102
_GIVE_UP = timedelta(hours=48)
_BATCH = 500


def sweep(*, now: datetime, limit: int = 2000) -> int:
    """Decide about what has become due at running touchpoints, at most `limit` each; gives how many were decided."""
    return sum(_sweep(touchpoint, now=now, limit=limit) for touchpoint in _running())


def skip_history(*, now: datetime, limit: int = 50_000) -> int:
    """Skip what is too long ago at running touchpoints, in one statement each; gives how many were skipped.

    Apart from `sweep`, which looks every few seconds and so may look at the last days only.
    """
    return sum(_skip_history(touchpoint, now=now, limit=limit) for touchpoint in _running())


def _running() -> QuerySet[Touchpoint]:
    running = Touchpoint.objects.running().filter(survey__archived_at__isnull=True)
    return running.select_related("organization", "survey").order_by("pk")


def _sweep(touchpoint: Touchpoint, *, now: datetime, limit: int) -> int:
    version = touchpoint.survey.published
    if version is None:
        return 0
    recent = now - timedelta(days=touchpoint.only_younger_than)
    due_until = now - timedelta(days=touchpoint.days_after)
    # The newest first: who bought twice is asked about the last time.
    due = _open_in(touchpoint, since=recent, until=due_until, now=now).order_by("-experienced_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    if not ids:
        _settle(touchpoint, since=recent, until=due_until, now=now)
    batches = [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
    return sum(_decide(touchpoint, version, batch, now=now) for batch in batches)


@transaction.atomic
def _skip_history(touchpoint: Touchpoint, *, now: datetime, limit: int) -> int:
    if not _taken(touchpoint.organization):
        return 0
    old = now - timedelta(days=touchpoint.only_younger_than)
    # No order: any of them will do, and sorting all of history for each batch costs more than the rest.
    ids = _open_in(touchpoint, since=settled.EVER, until=old, now=now).values_list("pk", flat=True)[:limit]
    skips = [_skip(touchpoint, pk, Reason.TOO_LONG_AGO, now) for pk in ids]
    if not skips:
        _settle(touchpoint, since=settled.EVER, until=old, now=now)
    return len(Skip.objects.bulk_create(skips, batch_size=5000))


def _open_in(
    touchpoint: Touchpoint, *, since: datetime, until: datetime, now: datetime
) -> QuerySet[Interaction, Interaction]:
    """Open ones experienced in this time, but for the part of it that is known to be settled."""
    begin = settled.begin(touchpoint, since=since, now=now)
    return open_ones(touchpoint.organization, touchpoint.pk).filter(experienced_at__gt=begin, experienced_at__lte=until)


@transaction.atomic
def _settle(touchpoint: Touchpoint, *, since: datetime, until: datetime, now: datetime) -> None:
    """None was found: look again while nobody records, and next time begin from here."""
    if not settled.is_worth_noting(touchpoint, since=since, until=until, now=now):
        return
    is_still = recording.nobody_records(touchpoint.organization_id)
    if is_still and not _open_in(touchpoint, since=since, until=until, now=now).exists():
        settled.note(touchpoint, since=since, until=until, now=now)


@transaction.atomic
def invite(interaction: Interaction, *, touchpoint: Touchpoint, now: datetime) -> Invitation | Skip | None:
    """Decide about one experience; what was decided before stays, and None says that it is not due or cannot be."""
    version = touchpoint.survey.published
    if version is None or not manners_of(touchpoint).is_due(interaction.experienced_at, now=now):
        return None
    wait_for(touchpoint.organization)
    if _undecided(touchpoint, now=now).filter(pk=interaction.pk).exists():
        _ask_or_skip(touchpoint, version, [interaction], now=now)
    asked = Invitation.objects.filter(touchpoint=touchpoint, interaction=interaction).first()
    return asked or Skip.objects.filter(touchpoint=touchpoint, interaction=interaction).first()


@transaction.atomic
def _decide(touchpoint: Touchpoint, version: SurveyVersion, ids: Sequence[int], *, now: datetime) -> int:
    if not _taken(touchpoint.organization):
        return 0
    batch = _undecided(touchpoint, now=now).filter(pk__in=ids).select_related("customer")
    interactions = list(batch.order_by("-experienced_at", "pk"))
    _ask_or_skip(touchpoint, version, interactions, now=now)
    return len(interactions)


def _taken(organization: Organization) -> bool:
    """Only one sweep decides for an organization at a time; another one comes back in seconds anyway.

    The quiet period goes by address over all touchpoints: two at once would each see "not asked yet".
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, organization.pk])
        row = cursor.fetchone()
    return bool(row and row[0])


def wait_for(organization: Organization) -> None:
    """From now to the end of this transaction nobody else decides whom to ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, organization.pk])


def open_ones(organization: Organization, touchpoint_id: int) -> QuerySet[Interaction]:
    """What a touchpoint has neither asked about nor skipped."""
    decided = {"touchpoint": touchpoint_id, "interaction": OuterRef("pk")}
    return organization.interactions.filter(
        ~Exists(Invitation.objects.filter(**decided)), ~Exists(Skip.objects.filter(**decided))
    )


def _undecided(touchpoint: Touchpoint, *, now: datetime) -> QuerySet[Interaction]:
    due_until = now - timedelta(days=touchpoint.days_after)
    return open_ones(touchpoint.organization, touchpoint.pk).filter(experienced_at__lte=due_until)


def _ask_or_skip(
    touchpoint: Touchpoint, version: SurveyVersion, interactions: Sequence[Interaction], *, now: datetime
) -> None:
    keys = {interaction.customer.address_key for interaction in interactions} - {""}
    suppressed = suppressing.reasons_of(touchpoint.organization, keys)
    asked = _last_asked(touchpoint.organization, keys)
    manners, rules = manners_of(touchpoint), touchpoints.rules_of(touchpoint)
    invitations: list[Invitation] = []
    skips: list[Skip] = []
    for interaction in interactions:
        key = interaction.customer.address_key
        is_meant = rules_hold(interaction, rules)
        facts = eligibility.Facts(interaction.experienced_at, bool(key), suppressed.get(key), asked.get(key), is_meant)
        reason = eligibility.reason_to_skip(facts, manners, now=now)
        if reason:
            skips.append(_skip(touchpoint, interaction.pk, reason, now))
        else:
            invitations.append(_invitation(touchpoint, version, interaction, now))
            asked[key] = now
    Skip.objects.bulk_create(skips)
    Invitation.objects.bulk_create(invitations)
    mailing.enqueue_all([_mail(invitation, now) for invitation in invitations])


def rules_hold(interaction: Interaction, rules: Rules) -> bool:
    """Whether this is an interaction that a touchpoint with these rules means."""
    if not rules:
        return True
    customer = interaction.customer
    return mean(
        rules,
        known.for_rules(
            language=customer.language,
            customer=customer.attributes,
            source=interaction.source,
            interaction=interaction.attributes,
        ),
    )


def _mail(invitation: Invitation, now: datetime) -> Message:
    give_up_at = min(invitation.expires_at, now + _GIVE_UP)
    return mailing.draft(invitation, purpose=Purpose.INVITATION, not_before=now, give_up_at=give_up_at, now=now)


def _last_asked(organization: Organization, keys: set[str]) -> dict[str, datetime]:
    rows = organization.invitations.filter(address_key__in=keys).values_list("address_key")
    return dict(rows.annotate(last=Max("created_at")))


def manners_of(touchpoint: Touchpoint) -> eligibility.Manners:
    return eligibility.Manners(touchpoint.days_after, touchpoint.quiet_period, touchpoint.only_younger_than)


def _skip(touchpoint: Touchpoint, interaction_id: int, reason: str, now: datetime) -> Skip:
    organization_id = touchpoint.organization_id
    return Skip(
        organization_id=organization_id, touchpoint=touchpoint, interaction_id=interaction_id, reason=reason, at=now
    )


def _invitation(touchpoint: Touchpoint, version: SurveyVersion, interaction: Interaction, now: datetime) -> Invitation:
    customer = interaction.customer
    return Invitation(
        organization_id=touchpoint.organization_id,
        touchpoint=touchpoint,
        interaction=interaction,
        customer=customer,
        version=version,
        public_id=uuid.uuid4(),
        language=_language(customer, version),
        address_key=customer.address_key,
        created_at=now,
        expires_at=now + timedelta(days=touchpoint.open_for),
        remind_at=reminding.first_look(touchpoint, now=now),
    )


def _language(customer: Customer, version: SurveyVersion) -> str:
    questionnaire = documents.of(version)
    return languages.choose(customer.language, questionnaire.languages, questionnaire.base_language)
