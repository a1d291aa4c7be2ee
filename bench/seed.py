"""Many answers at once, by SQL: one published survey, three years of days, two touchpoints, ten regions."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dashboards.models import DailyCount, SegmentValue
from feedback.models import ChangedDay
from organizations.models import Member, Organization, Role
from surveys.models import Survey, Touchpoint
from tests import factories

DAYS = 3 * 365
REGIONS = ["north", "south", "east", "west", "coast", "lakes", "hills", "plain", "islands", "city"]
COMMENTS = [
    "The parcel came two days late and nobody told me.",
    "Sounds wonderful, and it was here the next morning.",
    "Easy to order; the confirmation mail took an hour.",
    "One ear cup was scratched. Support exchanged it at once.",
    "Ich bin sehr zufrieden, gerne wieder!",
]


@dataclass(frozen=True)
class Seeded:
    """What was seeded, and who may look at it."""

    organization: Organization
    survey: Survey
    touchpoints: list[Touchpoint]
    viewer: Member


def survey_with_answers(
    responses: int, *, until: date, days: int = DAYS, with_more: bool = False, seed: float = 0.42
) -> Seeded:
    """So many responses that answer the NPS question; with_more also satisfaction, what went wrong and comments."""
    organization = factories.organization("Bench", slug=f"bench-{secrets.token_hex(4)}")
    viewer = factories.member(organization, Role.VIEWER)
    survey = factories.survey(organization)
    names = ("After a purchase", "After a delivery")
    touchpoints = [factories.touchpoint(organization, survey=survey, name=name) for name in names]
    seeded = Seeded(organization, survey, touchpoints, viewer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed])
        cursor.execute(RESPONSES, _parameters(seeded, responses, until, days))
        for statement in (SCORES, *((MORE_SCORES, CHOICES, TEXTS) if with_more else ())):
            cursor.execute(statement, {"survey": survey.pk, "until": until, "comments": COMMENTS})
        cursor.execute("ANALYZE feedback_response, feedback_answer")
    return seeded


def _parameters(seeded: Seeded, responses: int, until: date, days: int) -> dict[str, Any]:
    return {
        "organization": seeded.organization.pk,
        "survey": seeded.survey.pk,
        "version": factories.published(seeded.survey).pk,
        "touchpoints": [touchpoint.pk for touchpoint in seeded.touchpoints],
        "regions": REGIONS,
        "until": until,
        "days": days,
        "now": timezone.now(),
        "responses": responses,
    }


RESPONSES = """
    INSERT INTO feedback_response (
        organization_id, survey_id, version_id, key, anonymous, touchpoint_id, language, channel, answered_on,
        experienced_on, attributes, completed_at, created_at, changed_at)
    SELECT %(organization)s, %(survey)s, %(version)s, gen_random_uuid(), false,
           (%(touchpoints)s::bigint[])[1 + (random() * 1.4)::int %% 2],
           (ARRAY['en', 'de', 'fr'])[1 + (random() * 2)::int],
           'email', %(until)s::date - (random() * (%(days)s - 1))::int, NULL,
           jsonb_build_object('region', (%(regions)s::text[])[1 + (random() * 9)::int]), %(now)s, %(now)s, %(now)s
    FROM generate_series(1, %(responses)s)
"""
# A little better from year to year, and worse in the north: so that charts have something to say.
SCORES = """
    INSERT INTO feedback_answer (organization_id, response_id, question_id, kind, score)
    SELECT r.organization_id, r.id, q.id, 'nps', greatest(0, least(10, (
               4 + random() * 7 - (%(until)s::date - r.answered_on) / 700.0
               - CASE r.attributes ->> 'region' WHEN 'north' THEN 2 ELSE 0 END)::int))
    FROM feedback_response r JOIN surveys_question q ON q.survey_id = r.survey_id AND q.key = 'nps'
    WHERE r.survey_id = %(survey)s
"""
MORE_SCORES = """
    INSERT INTO feedback_answer (organization_id, response_id, question_id, kind, score)
    SELECT r.organization_id, r.id, q.id, q.kind, 1 + (random() * 4)::int
    FROM feedback_response r JOIN surveys_question q ON q.survey_id = r.survey_id AND q.kind = 'csat'
    WHERE r.survey_id = %(survey)s AND random() < 0.8
"""
CHOICES = """
    INSERT INTO feedback_answer (organization_id, response_id, question_id, kind, choices)
    SELECT r.organization_id, r.id, q.id, q.kind, ARRAY[q.choice_keys[1 + (random() * random() * 7)::int]]
    FROM feedback_response r
    JOIN surveys_question q ON q.survey_id = r.survey_id AND cardinality(q.choice_keys) > 0
    WHERE r.survey_id = %(survey)s AND random() < 0.3
"""
TEXTS = """
    INSERT INTO feedback_answer (organization_id, response_id, question_id, kind, text)
    SELECT r.organization_id, r.id, q.id, 'text', (%(comments)s::text[])[1 + (random() * 4)::int]
    FROM feedback_response r JOIN surveys_question q ON q.survey_id = r.survey_id AND q.key = 'reason'
    WHERE r.survey_id = %(survey)s AND random() < 0.2
"""


@contextmanager
def seeded(responses: int, *, until: date, days: int = DAYS, with_more: bool = False) -> Iterator[Seeded]:
    """The same for the time of a measurement, taken away at its end."""
    made = survey_with_answers(responses, until=until, days=days, with_more=with_more)
    try:
        yield made
    finally:
        forget(made)


def forget(made: Seeded) -> None:
    """Everything of it but the audit record, which the database keeps."""
    survey = made.survey
    DailyCount.objects.filter(survey=survey).delete()
    SegmentValue.objects.filter(survey=survey).delete()
    ChangedDay.objects.filter(survey=survey).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM feedback_answer a USING feedback_response r WHERE r.id = a.response_id AND r.survey_id = %s",
            [survey.pk],
        )
        cursor.execute("DELETE FROM feedback_response WHERE survey_id = %s", [survey.pk])


def yesterday() -> date:
    return timezone.now().date() - timedelta(days=1)
