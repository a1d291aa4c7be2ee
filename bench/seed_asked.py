"""Many customers, purchases, invitations, mails and answers at once, by SQL: what lies between a shop and a figure."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench.seed import CHOICES, COMMENTS, DAYS, MORE_SCORES, REGIONS, SCORES, TEXTS
from organizations.models import Member, Organization, Role
from surveys.models import Survey, Touchpoint
from tests import factories

# Three purchases for each customer, most of them asked about, and most of those answered: what grows with answers does.
CUSTOMERS, PURCHASES, INVITATIONS = 0.5, 1.5, 1.25


@dataclass(frozen=True)
class Shop:
    """What was seeded, and who may look at all of it."""

    organization: Organization
    survey: Survey
    touchpoint: Touchpoint
    owner: Member


def shop_with_answers(answers: int, *, until: date, days: int = DAYS, seed: float = 0.42) -> Shop:
    """So many responses over so many days, with all that led to them."""
    organization = factories.organization("Bench", slug=f"bench-{secrets.token_hex(4)}")
    owner = factories.member(organization, Role.OWNER)
    survey = factories.survey(organization)
    touchpoint = factories.touchpoint(organization, survey=survey, name="After a purchase")
    parameters: dict[str, Any] = {
        "organization": organization.pk,
        "survey": survey.pk,
        "version": factories.published(survey).pk,
        "touchpoint": touchpoint.pk,
        "regions": REGIONS,
        "comments": COMMENTS,
        "until": until,
        "days": days,
        "now": timezone.now(),
        "customers": int(answers * CUSTOMERS),
        "purchases": int(answers * PURCHASES),
        "invitations": int(answers * INVITATIONS),
        "answers": answers,
    }
    with connection.cursor() as cursor:
        # Checking ten million foreign keys takes most of the time, and these rows are right by their making.
        cursor.execute("SET statement_timeout = 0; SET session_replication_role = replica; SELECT setseed(%s)", [seed])
        for statement in (*PATH, SCORES, MORE_SCORES, CHOICES, TEXTS):
            cursor.execute(statement, parameters)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout; RESET session_replication_role")
    return Shop(organization, survey, touchpoint, owner)


# Ids and keys are numbers in a row: random ones would spend most of the seeding on finding their places in the indexes.
# Every purchase has a number; the first of them are asked about, and of those the first are answered. Each step finds
# the one before by that number, which the references carry. All come in the order of time, as they do in a shop: what
# was said lately stands together.
PATH = (
    """
    INSERT INTO feedback_customer (
        organization_id, reference, email, address_key, name, sort_name, language, attributes, created_at)
    SELECT %(organization)s, 'K-' || n, 'anna' || n || '@customers.example', lpad(to_hex(n), 64, '0'),
           'Anna Berg ' || n, 'anna berg ' || n, (ARRAY['en', 'de', 'fr'])[1 + n %% 3], '{}', %(now)s
    FROM generate_series(0, %(customers)s - 1) AS n
    """,
    """
    INSERT INTO feedback_interaction (
        organization_id, customer_id, source, reference, experienced_at, attributes, created_at)
    SELECT %(organization)s, c.id, 'shop', 'A-' || n,
           %(until)s::date - (n::bigint * 7919 %% %(days)s)::int - 4 + interval '10 hours',
           jsonb_build_object('region', (%(regions)s::text[])[1 + n %% 10]), %(now)s
    FROM generate_series(0, %(purchases)s - 1) AS n
    JOIN feedback_customer c ON c.organization_id = %(organization)s AND c.reference = 'K-' || n %% %(customers)s
    ORDER BY n::bigint * 7919 %% %(days)s DESC, n
    """,
    """
    INSERT INTO feedback_invitation (
        organization_id, touchpoint_id, interaction_id, customer_id, version_id, public_id, language, address_key,
        created_at, expires_at)
    SELECT %(organization)s, %(touchpoint)s, i.id, i.customer_id, %(version)s, lpad(to_hex(i.id), 32, '0')::uuid,
           c.language, c.address_key, i.experienced_at + interval '3 days', i.experienced_at + interval '33 days'
    FROM feedback_interaction i JOIN feedback_customer c ON c.id = i.customer_id
    WHERE i.organization_id = %(organization)s AND substr(i.reference, 3)::int < %(invitations)s
    ORDER BY i.id
    """,
    """
    INSERT INTO feedback_skip (organization_id, touchpoint_id, interaction_id, reason, at)
    SELECT %(organization)s, %(touchpoint)s, i.id, 'asked_recently', i.experienced_at + interval '3 days'
    FROM feedback_interaction i
    WHERE i.organization_id = %(organization)s AND substr(i.reference, 3)::int >= %(invitations)s
    """,
    """
    INSERT INTO feedback_message (
        organization_id, invitation_id, customer_id, purpose, number, uuid, "to", address_key, state, priority,
        not_before, give_up_at, attempts, worker, last_reply, cause, created_at, wire_at, sent_at)
    SELECT %(organization)s, i.id, i.customer_id, 'invitation', 0, lpad(to_hex(i.id), 32, '0')::uuid,
           'anna@customers.example',
           i.address_key, 'sent', 0, i.created_at, i.created_at + interval '2 days', 1, '', '', '', i.created_at,
           i.created_at, i.created_at
    FROM feedback_invitation i WHERE i.organization_id = %(organization)s
    """,
    """
    INSERT INTO feedback_response (
        organization_id, survey_id, version_id, key, invitation_id, customer_id, anonymous, touchpoint_id, language,
        channel, answered_on, experienced_on, attributes, completed_at, created_at, changed_at)
    SELECT %(organization)s, %(survey)s, %(version)s, lpad(to_hex(v.id), 32, '0')::uuid, v.id, v.customer_id, false,
           %(touchpoint)s,
           v.language, 'email', least((v.created_at + interval '1 day')::date, %(until)s::date),
           i.experienced_at::date, i.attributes, v.created_at, v.created_at, v.created_at
    FROM feedback_invitation v JOIN feedback_interaction i ON i.id = v.interaction_id
    WHERE v.organization_id = %(organization)s AND substr(i.reference, 3)::int < %(answers)s
    ORDER BY v.id
    """,
)


def forget_everything() -> None:
    """All tables at once: row by row, a million answers would take longer to go than to come."""
    # No number is given out twice, since published versions are kept in memory by theirs.
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
