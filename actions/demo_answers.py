"""What the demo's customers say: content as a rule, but not about the checkout in one season, nor about box sets."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from actions import demo_words as words
from actions.demo_asking import Asked
from feedback import answering
from feedback.models import Invitation
from surveys import documents, kinds, path
from surveys.answers import AnswerValue
from surveys.document import Question, Questionnaire

# Days before today: in this season paying by card at the online shop kept failing; then it was mended.
TROUBLE = range(95, 190)
ANSWERS_AT_ONCE, ANSWERS_A_REMINDER, STOPS_HALF_WAY = 0.28, 0.13, 0.06
Mood = Literal["low", "middle", "high"]
# How many in a hundred are low, middle, high.
USUAL, BY_CARD, ONLINE, BOX_SET, AFTER_A_CALL = (9, 27, 64), (62, 21, 17), (17, 30, 53), (42, 28, 30), (20, 27, 53)
# Where on a scale she aims, and how far she strays: not so far that she praises with a low score.
AIM: dict[Mood, float] = {"low": 0.3, "middle": 0.75, "high": 0.96}
STRAYS: dict[Mood, float] = {"low": 0.12, "middle": 0.05, "high": 0.07}
USUAL_CAUSES = {"late": 34, "product": 22, "help": 16, "price": 16, "checkout": 8, "damaged": 4}
# The question that suffers, and the choice that is ticked.
SUFFERS = {"checkout": "checkout", "damaged": "delivery", "late": "delivery", "product": "product"}
TICKED = {
    "checkout": "ordering", "damaged": "damaged", "late": "late", "product": "not_as_described", "help": "help",
    "price": "price",
}  # fmt: skip


@dataclass(frozen=True)
class Experience:
    mood: Mood
    cause: str | None
    language: str


def answer_all(asked: Asked, chance: random.Random, *, now: datetime) -> dict[int, datetime]:
    """About a third answer, some only when reminded, and some stop half-way; gives by invitation when."""
    answers = sorted(_answers(asked, chance, now=now), key=lambda answer: answer[0])
    for at, invitation in answers:
        _answer(invitation, chance, at=at, now=now)
    return {invitation.pk: at for at, invitation in answers}


def _answers(asked: Asked, chance: random.Random, *, now: datetime) -> Iterator[tuple[datetime, Invitation]]:
    for invitation in asked.reached():
        reminder = timedelta(days=invitation.touchpoint.days_between if invitation.touchpoint.reminders else 0)
        if chance.random() < ANSWERS_AT_ONCE:
            at = invitation.created_at + _delay(chance)
        elif reminder and chance.random() < ANSWERS_A_REMINDER:
            at = invitation.created_at + reminder + _delay(chance)
        else:
            continue
        if at < min(now, invitation.expires_at) and not asked.wants_no_more(invitation, at):
            yield at, invitation


def _delay(chance: random.Random) -> timedelta:
    """Most within a day, a few after several."""
    return timedelta(minutes=10 + chance.expovariate(1 / 1100))


def _answer(invitation: Invitation, chance: random.Random, *, at: datetime, now: datetime) -> None:
    questionnaire = documents.of(invitation.version)
    experience = _experience(invitation, chance, now=now)
    stops = len(questionnaire.pages) > 1 and chance.random() < STOPS_HALF_WAY
    questions = questionnaire.pages[0].questions if stops else questionnaire.questions
    answering.submit(
        invitation,
        version_id=invitation.version_id,
        accepted=_said(questionnaire, questions, experience, chance),
        language=invitation.language,
        is_complete=not stops,
        now=at,
    )


def _experience(invitation: Invitation, chance: random.Random, *, now: datetime) -> Experience:
    bought = invitation.interaction.attributes
    shares, causes = USUAL, USUAL_CAUSES
    if invitation.interaction.source != "shop":
        shares = AFTER_A_CALL
    elif bought["store"] == words.ONLINE and (now - invitation.interaction.experienced_at).days in TROUBLE:
        by_card = bought[words.PAYING] == words.CARD
        shares, causes = (BY_CARD, {"checkout": 85, "late": 15}) if by_card else (ONLINE, USUAL_CAUSES)
    elif bought["product"] == words.BOX_SET:
        shares, causes = BOX_SET, {"damaged": 80, "late": 20}
    moods: tuple[Mood, ...] = ("low", "middle", "high")
    mood = chance.choices(moods, shares)[0]
    cause = chance.choices(list(causes), list(causes.values()))[0] if mood == "low" else None
    return Experience(mood, cause, invitation.language)


def _said(
    questionnaire: Questionnaire, questions: tuple[Question, ...], experience: Experience, chance: random.Random
) -> Mapping[str, AnswerValue]:
    """What she says to these questions, as far as the path shows them to her."""
    said = {question.key: _value(question, experience, chance) for question in questions}
    given = {key: value for key, value in said.items() if value is not None}
    return path.judge(questionnaire, given).accepted


def _value(question: Question, experience: Experience, chance: random.Random) -> AnswerValue | None:
    answered_with = kinds.of(question).takes
    if answered_with == "score":
        return AnswerValue(score=_score(question, experience, chance))
    if answered_with == "choices":
        return AnswerValue(choices=_choices(question, experience, chance))
    if answered_with == "text" and chance.random() < (0.8 if experience.mood == "low" else 0.45):
        return AnswerValue(text=_comment(experience, chance))
    return None


def _score(question: Question, experience: Experience, chance: random.Random) -> int:
    """A question that has nothing to do with her trouble suffers less than the one that has."""
    scale = question.scale
    assert scale is not None
    aim = AIM[experience.mood]
    if experience.cause in SUFFERS and question.key in SUFFERS.values():
        aim = 0.15 if SUFFERS[experience.cause] == question.key else 0.8
    elif experience.mood == "low" and question.key in SUFFERS.values():
        aim = 0.7
    points = list(scale.points)
    place = min(max(chance.gauss(aim, STRAYS[experience.mood]), 0), 1)
    return int(points[round(place * (len(points) - 1))])


def _choices(question: Question, experience: Experience, chance: random.Random) -> tuple[str, ...]:
    plain = [choice.key for choice in question.choices if not choice.is_other]
    if question.key == "solved":
        return (chance.choices(("yes", "partly", "no"), AFTER_A_CALL[::-1])[0],)
    wanted = TICKED.get(experience.cause or "")
    ticked = {wanted if wanted in plain else chance.choice(plain)}
    if chance.random() < 0.15:
        ticked.add(chance.choice(plain))
    return tuple(key for key in plain if key in ticked)


def _comment(experience: Experience, chance: random.Random) -> str:
    if experience.mood == "low":
        return chance.choice(words.LOW[experience.cause or "help"][experience.language])
    return chance.choice((words.MIDDLE if experience.mood == "middle" else words.HIGH)[experience.language])
