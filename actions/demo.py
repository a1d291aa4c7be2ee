"""A small made-up shop with some weeks behind it: checkout trouble, a fix, a recovery."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from actions import demo_words as words
from feedback import answering, intake, inviting
from feedback.models import Invitation, MessageState
from feedback.purchases import Purchase
from organizations import sign_in
from organizations.models import Member, Organization, Role, User
from surveys import documents, drafting, kinds, path, publishing, starters, touchpoints
from surveys.answers import AnswerValue
from surveys.document import Question
from surveys.models import Basis, Touchpoint
from surveys.questionnaire import Questionnaire

SLUG = "nordlicht-audio"
PEOPLE = {
    Role.OWNER: ("olga@nordlicht.invalid", "Olga Owner"),
    Role.QUALITY_MANAGER: ("quentin@nordlicht.invalid", "Quentin Quality"),
    Role.CASE_WORKER: ("carla@nordlicht.invalid", "Carla Casework"),
    Role.VIEWER: ("vera@nordlicht.invalid", "Vera View"),
}
DAYS = 190
TROUBLE = range(95, 140)  # days before today on which the checkout misbehaved
_SEED = 20240101
_SHARE_WHO_ANSWER = 0.45


def load(*, password: str, now: datetime) -> Organization:
    """The demo organization; made once, and left alone when it is there already."""
    existing = Organization.objects.filter(slug=SLUG).first()
    return existing or _make(password=password, now=now)


@transaction.atomic
def _make(*, password: str, now: datetime) -> Organization:
    chance = random.Random(_SEED)  # noqa: S311 - the same demo everywhere, nothing secret
    began = now - timedelta(days=DAYS)
    shop = Organization.objects.create(
        slug=SLUG,
        name="Nordlicht Audio",
        time_zone="Europe/Berlin",
        sender_name="Quentin from Nordlicht Audio",
        sender_address="hello@nordlicht.invalid",
        colour="#0b7285",
        is_demo=True,
        created_at=began,
    )
    people = {role: _member(shop, role, password, began) for role in PEOPLE}
    touchpoint = _touchpoint(shop, people[Role.QUALITY_MANAGER], began)
    for age in range(DAYS, -1, -1):
        _live_one_day(shop, touchpoint, now - timedelta(days=age), age, chance)
    _answer_all(shop, chance, now=now)
    return shop


def _member(shop: Organization, role: Role, password: str, began: datetime) -> Member:
    email, name = PEOPLE[role]
    user = User.objects.create_user(email, password, name=name)
    sign_in.vouch(user)
    return Member.objects.create(organization=shop, user=user, role=role, joined_at=began)


def _touchpoint(shop: Organization, quentin: Member, began: datetime) -> Touchpoint:
    survey = drafting.create(
        shop,
        name="After your purchase",
        basis=Basis.TRANSACTIONAL,
        questionnaire=starters.STARTERS["post_purchase"].questionnaire(),
        by=quentin,
        now=began,
    )
    publishing.publish(survey.versions.get(), by=quentin, now=began)
    touchpoint = touchpoints.create(shop, name="After a purchase", survey=survey, by=quentin, now=began)
    touchpoints.start(touchpoint, by=quentin, now=began)
    touchpoint.refresh_from_db()
    return touchpoint


def _live_one_day(shop: Organization, touchpoint: Touchpoint, today: datetime, age: int, chance: random.Random) -> None:
    purchases = list(_purchases(today, age, chance))
    if purchases:
        intake.record(shop, purchases, source="shop", by=None, now=today)
    # The newest are left to the real sweep, so that the mailbox has something to open; without one nobody is asked.
    if age >= 1 or not settings.MAILBOX_DIR:
        inviting.sweep(now=today)
        shop.customer_messages.filter(state=MessageState.QUEUED).update(
            state=MessageState.SENT, sent_at=today, wire_at=today, attempts=1, last_code=250
        )


def _purchases(today: datetime, age: int, chance: random.Random) -> Iterator[Purchase]:
    for number in range(chance.choice((2, 3, 4, 5))):
        person = chance.randrange(len(words.FIRST) * len(words.LAST))
        first, last = words.FIRST[person % len(words.FIRST)], words.LAST[person // len(words.FIRST)]
        yield Purchase(
            reference=f"N-{DAYS - age:03d}-{number}",
            customer=f"K-{person:04d}",
            experienced_at=today - timedelta(minutes=chance.randrange(1, 600)),
            email=f"{first}.{last}.{person}@customers.invalid".lower(),
            name=f"{first} {last}",
            language="de" if person % 3 == 0 else "en",
            attributes={"product": chance.choice(words.PRODUCTS), "store": chance.choice(words.STORES)},
        )


def _answer_all(shop: Organization, chance: random.Random, *, now: datetime) -> None:
    asked = shop.invitations.select_related("organization", "interaction", "customer", "touchpoint", "version")
    answers = [
        (invitation.created_at + timedelta(hours=chance.uniform(0.2, 90)), invitation)
        for invitation in asked.order_by("created_at", "pk")
        if chance.random() < _SHARE_WHO_ANSWER
    ]
    for answered_at, invitation in sorted(answers, key=lambda answer: (answer[0], answer[1].pk)):
        if answered_at < now:
            _answer(invitation, chance, now=now, answered_at=answered_at)


def _answer(invitation: Invitation, chance: random.Random, *, now: datetime, answered_at: datetime) -> None:
    age = (now - invitation.interaction.experienced_at).days
    mood = chance.choices(("low", "middle", "high"), (45, 28, 27) if age in TROUBLE else (14, 27, 59))[0]
    answering.submit(
        invitation,
        version_id=invitation.version_id,
        accepted=_answers(documents.of(invitation.version), mood, invitation.language, chance),
        language=invitation.language,
        is_complete=True,
        now=answered_at,
    )


def _answers(questionnaire: Questionnaire, mood: str, language: str, chance: random.Random) -> dict[str, AnswerValue]:
    """What somebody in this mood says, as far as the path shows it to her."""
    said: dict[str, AnswerValue] = {}
    for question in questionnaire.questions:
        value = _value(question, mood, language, chance)
        if value is not None:
            said[question.key] = value
    return dict(path.judge(questionnaire, said).accepted)


def _value(question: Question, mood: str, language: str, chance: random.Random) -> AnswerValue | None:
    answered_with = kinds.of(question).takes
    if answered_with == "score":
        return AnswerValue(score=_score(question, mood, chance))
    if answered_with == "choices":
        plain = [choice.key for choice in question.choices if not choice.is_other]
        return AnswerValue(choices=(_weighted(plain, mood, chance),))
    if answered_with == "text" and chance.random() < 0.6:
        return AnswerValue(text=chance.choice(words.COMMENTS[language][mood]))
    return None


def _score(question: Question, mood: str, chance: random.Random) -> int:
    scale = question.scale
    assert scale is not None
    scores: Sequence[int] = list(scale.points)
    wanted = {"low": 0.35, "middle": 0.72, "high": 0.95}[mood]
    place = min(max(chance.gauss(wanted, 0.1), 0), 1)
    return scores[round(place * (len(scores) - 1))]


def _weighted(keys: list[str], mood: str, chance: random.Random) -> str:
    checkout = [key for key in keys if key == "ordering"]
    return chance.choice(checkout) if checkout and mood == "low" and chance.random() < 0.6 else chance.choice(keys)
