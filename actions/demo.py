"""A made-up CD shop with eighteen months behind it: checkout trouble in one season, a fix, a recovery."""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from actions import demo_answers, demo_asking, demo_cases, demo_purchases
from actions import demo_words as words
from actions.demo_purchases import DAYS, Visit
from dashboards import asked as counted
from dashboards import rollup
from feedback import answering, intake
from feedback.models import Response
from feedback.purchases import Purchase
from organizations import sign_in
from organizations.models import Member, Organization, Role, User
from surveys import drafting, publishing, questionnaire, rules, starters, touchpoints
from surveys.document import Questionnaire
from surveys.models import Basis, Survey, Touchpoint
from surveys.touchpoints import Timing

SLUG = "nordlicht-records"
PEOPLE = {
    Role.OWNER: ("olga@nordlicht.invalid", "Olga Owner"),
    Role.QUALITY_MANAGER: ("quentin@nordlicht.invalid", "Quentin Quality"),
    Role.CASE_WORKER: ("carla@nordlicht.invalid", "Carla Casework"),
    Role.VIEWER: ("vera@nordlicht.invalid", "Vera View"),
}
WORDINGS = Path(__file__).parent / "demo_data" / "wordings.json"
# The shop had a month behind it already when it began to ask.
ASKS_SINCE = timedelta(days=DAYS - 30)
_SEED = 20240101
TESTS_OF_OUR_OWN = 2


class AddressIsTaken(Exception):
    """Somebody founded an organization at the demo's address."""

    def __init__(self) -> None:
        super().__init__(f"An organization that is no demo lives at /o/{SLUG}/. It is left alone; no demo was loaded.")


def load(*, password: str, now: datetime) -> Organization:
    """The demo organization; made once, and left alone when it is there already."""
    existing = Organization.objects.filter(slug=SLUG).first()
    if existing is not None and not existing.is_demo:
        raise AddressIsTaken
    return existing or _make(password=password, now=now)


@transaction.atomic
def _make(*, password: str, now: datetime) -> Organization:
    chance = random.Random(_SEED)  # noqa: S311 - the same demo everywhere, nothing secret
    began = now - timedelta(days=DAYS)
    shop = Organization.objects.create(
        slug=SLUG,
        name="Nordlicht Records",
        time_zone="Europe/Berlin",
        sender_name="Quentin from Nordlicht Records",
        sender_address="hello@nordlicht.invalid",
        colour="#0b7285",
        reporting_attributes=["product", "store", words.PAYING],
        is_demo=True,
        created_at=began,
    )
    people = {role: _member(shop, role, password, began) for role in PEOPLE}
    running = _touchpoints(shop, people[Role.QUALITY_MANAGER], now - ASKS_SINCE)
    purchases, calls = demo_purchases.all_of_them(chance, now=now)
    _record(shop, purchases, source="shop", now=now)
    _record(shop, calls, source="support", now=now)
    asked = demo_asking.ask_all(shop, running, chance=chance, now=now)
    answered = demo_answers.answer_all(asked, chance, now=now)
    demo_asking.remind_all(asked, answered, now=now)
    _leave_out_our_own_tests(shop, people[Role.QUALITY_MANAGER])
    demo_cases.open_all(shop, people, chance, now=now)
    for survey in shop.surveys.all():
        rollup.rebuild(survey.pk)
    counted.recount(shop)
    return shop


def _member(shop: Organization, role: Role, password: str, began: datetime) -> Member:
    email, name = PEOPLE[role]
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, password, name=name)
    sign_in.vouch(user)
    return Member.objects.create(organization=shop, user=user, role=role, joined_at=began)


def _touchpoints(shop: Organization, quentin: Member, began: datetime) -> list[Touchpoint]:
    """The newest survey is the one that the dashboard opens with."""
    drafts = starters.STARTERS["relationship"].questionnaire()
    _survey(shop, "Twice a year", Basis.RELATIONAL, drafts, quentin, began, is_published=False)
    support = starters.STARTERS["support"].questionnaire()
    calls = _survey(shop, "After a call", Basis.TRANSACTIONAL, support, quentin, began)
    purchases = _survey(shop, "After your purchase", Basis.TRANSACTIONAL, _in_four_languages(), quentin, began)
    return [
        _touchpoint(shop, "After a purchase", purchases, "shop", Timing(3, 30, 30, 21, 1, 7), quentin, began),
        _touchpoint(shop, "After a call", calls, "support", Timing(1, 7, 21, 21, 1, 5), quentin, began),
    ]


def _survey(
    shop: Organization,
    name: str,
    basis: Basis,
    document: Questionnaire,
    quentin: Member,
    began: datetime,
    *,
    is_published: bool = True,
) -> Survey:
    survey = drafting.create(shop, name=name, basis=basis, questionnaire=document, by=quentin, now=began)
    if is_published:
        publishing.publish(survey.versions.get(), by=quentin, now=began)
    return survey


def _touchpoint(
    shop: Organization, name: str, survey: Survey, source: str, timing: Timing, quentin: Member, began: datetime
) -> Touchpoint:
    only = rules.read([{"interaction": "source", "is": source}])
    made = touchpoints.create(shop, name=name, survey=survey, timing=timing, rules=only, by=quentin, now=began)
    return touchpoints.start(made, by=quentin, now=began)


def _in_four_languages() -> Questionnaire:
    """The ready one, which speaks English and German, with French and Spanish beside them."""
    more = json.loads(WORDINGS.read_text(encoding="utf-8"))
    document = questionnaire.to_data(starters.STARTERS["post_purchase"].questionnaire())

    def translate(part: Any) -> Any:
        if isinstance(part, list):
            return [translate(each) for each in part]
        if not isinstance(part, dict):
            return part
        return {key: translate(value) for key, value in part.items()} | more.get(part.get("en"), {})

    return questionnaire.parse(translate(document) | {"languages": ["en", "de", "fr", "es"]})


def _record(shop: Organization, visits: list[Visit], *, source: str, now: datetime) -> None:
    purchases = [
        Purchase(
            reference=visit.reference,
            customer=visit.buyer.reference,
            experienced_at=visit.at,
            email=visit.buyer.email,
            name=visit.buyer.name,
            language=visit.buyer.language,
            attributes=visit.attributes,
        )
        for visit in visits
    ]
    intake.record(shop, purchases, source=source, by=None, now=now)
    with connection.cursor() as cursor:
        # The shop told of each purchase within the hour.
        cursor.execute(
            "UPDATE feedback_interaction SET created_at = least(experienced_at + interval '40 minutes', %s) "
            "WHERE organization_id = %s AND source = %s",
            [now, shop.pk, source],
        )
        cursor.execute(
            "UPDATE feedback_customer AS c SET created_at = first.at FROM ("
            "SELECT customer_id, min(created_at) AS at FROM feedback_interaction "
            "WHERE organization_id = %s GROUP BY customer_id) AS first WHERE first.customer_id = c.id",
            [shop.pk],
        )


def _leave_out_our_own_tests(shop: Organization, quentin: Member) -> None:
    for response in Response.objects.filter(organization=shop).order_by("pk")[:TESTS_OF_OUR_OWN]:
        answering.exclude(response, why="A test order of our own", by=quentin, now=response.changed_at)
