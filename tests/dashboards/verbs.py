"""Everything that can change a count, as verbs that a property test draws from: whoever adds such a verb appends it."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback import answering
from feedback.models import Invitation, Response
from organizations.models import Member
from surveys.answers import AnswerValue
from tests import factories

# Choices of the post-purchase survey.
WENT_WRONG = ["late", "damaged", "price", "help"]


@dataclass(frozen=True)
class World:
    """Invited customers, and who works there."""

    by: Member
    invitations: list[Invitation]
    now: datetime


@dataclass(frozen=True)
class Step:
    """One verb upon the answer of one customer; chance decides what she says."""

    verb: str
    whose: int
    chance: int


def answered(invitation: Invitation, *, now: datetime, is_complete: bool = True, **said: AnswerValue) -> Response:
    """She says so, and her answer is stored as the customer's page stores it."""
    version = factories.published(invitation.touchpoint.survey)
    answering.submit(
        invitation, version_id=version.pk, accepted=said, language=invitation.language, is_complete=is_complete, now=now
    )
    return Response.objects.get(invitation=invitation)


def score(value: int) -> AnswerValue:
    return AnswerValue(score=value)


def chose(*keys: str) -> AnswerValue:
    return AnswerValue(choices=keys)


def _say(world: World, step: Step, *, is_complete: bool) -> None:
    chance = random.Random(step.chance)
    said: dict[str, AnswerValue] = {"nps": score(chance.randint(0, 10))}
    if chance.random() < 0.6:
        said["what_went_wrong"] = chose(*chance.sample(WENT_WRONG, chance.randint(1, 3)))
    invitation = world.invitations[step.whose]
    with suppress(Response.DoesNotExist):  # somebody may erase it in the same moment
        # Two days of one quarter, and one of the next.
        days = 15 * (step.whose % 3)
        answered(invitation, now=world.now + timedelta(days=days), is_complete=is_complete, **said)


def answer(world: World, step: Step) -> None:
    _say(world, step, is_complete=True)


def answer_in_part(world: World, step: Step) -> None:
    _say(world, step, is_complete=False)


def _upon(world: World, step: Step, verb: Callable[[Response], object]) -> None:
    response = Response.objects.filter(invitation=world.invitations[step.whose]).first()
    if response is None:
        return
    # Refused, or erased in the same moment: nothing was changed.
    with suppress(answering.NothingToExclude, Response.DoesNotExist):
        verb(response)


def exclude(world: World, step: Step) -> None:
    _upon(world, step, lambda response: answering.exclude(response, why="A test", by=world.by, now=world.now))


def include(world: World, step: Step) -> None:
    _upon(world, step, lambda response: answering.include(response, by=world.by, now=world.now))


def erase(world: World, step: Step) -> None:
    _upon(world, step, lambda response: answering.erase(response, by=world.by, now=world.now))


VERBS: dict[str, Callable[[World, Step], None]] = {
    "answer": answer,
    # A second answer of the same customer is an edit.
    "edit": answer,
    "answer in part": answer_in_part,
    "exclude": exclude,
    "include": include,
    "erase": erase,
}
