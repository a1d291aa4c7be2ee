"""Customers with a low score, and their cases: used by the tests of cases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

from django.db import connections

from actions import triage
from actions.models import Case
from feedback import answering
from feedback.models import Invitation, Response
from organizations.models import Organization
from surveys.answers import AnswerValue
from tests import factories
from tests.feedback.asking import ask


def answers(
    acme: Organization,
    name: str = "Anna Berg",
    *,
    now: datetime,
    nps: int | None = 2,
    product: int | None = None,
    comment: str = "",
    is_complete: bool = True,
) -> Response:
    """She answers the post-purchase survey."""
    survey = acme.surveys.first() or factories.survey(acme, now=now)
    invitation = ask(acme, survey=survey, now=now, name=name)
    return again(invitation, now=now, nps=nps, product=product, comment=comment, is_complete=is_complete)


def again(
    invitation: Invitation,
    *,
    now: datetime,
    nps: int | None = None,
    product: int | None = None,
    comment: str = "",
    is_complete: bool = True,
) -> Response:
    """The same link once more."""
    scores = {"nps": nps, "product": product}
    accepted = {key: AnswerValue(score=score) for key, score in scores.items() if score is not None}
    if comment:
        accepted["reason"] = AnswerValue(text=comment)
    answering.submit(
        invitation,
        version_id=invitation.version_id,
        accepted=accepted,
        language="en",
        is_complete=is_complete,
        now=now,
    )
    return Response.objects.get(invitation=invitation)


def case_of(acme: Organization, name: str = "Anna Berg", *, now: datetime, nps: int = 2, comment: str = "") -> Case:
    """A case as triage opens it."""
    response = answers(acme, name, now=now, nps=nps, comment=comment)
    triage.sweep(now=now)
    return Case.objects.get(response=response)


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What comes of each, as a result or as the refusal, when all begin at the same instant."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return act()
        except Exception as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
