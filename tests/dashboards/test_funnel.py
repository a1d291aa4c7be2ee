"""The way from asking to answering, as members read it: counts, rates by their names, and what they are about."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dashboards import asked, rollup
from dashboards.funnel import lasting
from feedback.models import MessageState
from organizations.models import Role
from surveys.models import Touchpoint
from tests import factories
from tests.dashboards.test_asked import ask
from tests.dashboards.test_dashboard_page import words
from tests.dashboards.verbs import answered, score
from tests.factories import NOW

Freeze = Callable[[Any], None]


@pytest.fixture
def touchpoint(db: None, freeze: Freeze) -> Touchpoint:
    freeze(NOW)
    organization = factories.organization()
    factories.cast(organization)
    return factories.touchpoint(organization)


def page(touchpoint: Touchpoint, query: str = "", role: Role = Role.VIEWER) -> str:
    asked.sweep(now=NOW)
    rollup.sweep()
    client = Client()
    client.force_login(touchpoint.organization.members.get(role=role).user)
    answer = client.get(reverse("dashboards:dashboard", args=[touchpoint.organization.slug]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def tell(touchpoint: Touchpoint, query: str = "") -> str:
    return words(page(touchpoint, query)).replace("\u202f", " ")


def test_the_rates_say_of_whom_they_are_shares(touchpoint: Touchpoint) -> None:
    """Twenty asked: 6 complete, 2 partial, 1 broke off, 1 came back, 1 in doubt, 7 silent; 1 waits, 1 is withheld."""
    for _ in range(6):
        answered(ask(touchpoint), now=NOW + timedelta(hours=5), nps=score(9))
    for _ in range(2):
        answered(ask(touchpoint), now=NOW, is_complete=False, nps=score(3))
    answered(ask(touchpoint), now=NOW, is_complete=False)
    for state in [MessageState.FAILED, MessageState.IN_DOUBT, *[MessageState.SENT] * 7]:
        ask(touchpoint, state=state)
    ask(touchpoint, state=MessageState.QUEUED)
    ask(touchpoint, state=MessageState.WITHHELD)

    told = tell(touchpoint)

    assert "Sent 18 100 % Delivered 17 94 % Started 9 50 % Completed 6 33 %" in told
    assert "Response rate (AAPOR RR2) answered in full or in part, of all sent 44 %" in told
    assert "Complete response rate (AAPOR RR1) answered to the end, of all sent 33 %" in told
    assert "no AAPOR rate 47 %" in told
    assert "Cooperation rate (AAPOR COOP1) answered to the end, of those who answered or refused 67 %" in told
    assert "Refusal rate (AAPOR REF1) opted out or broke off before the first score, of all sent 6 %" in told
    assert "Time to answer, median from the mail to the last page 5 hours" in told
    assert "Waiting to leave: 1" in told
    assert "In doubt: left, and nobody confirmed it; counted as delivered: 1" in told
    assert "8 of 18 answered" in told
    assert "up to 8 may still answer" in told
    assert "by day of asking" in told


def test_no_rate_is_told_of_fewer_people_than_the_minimum_group(touchpoint: Touchpoint) -> None:
    for _ in range(4):
        ask(touchpoint)

    told = tell(touchpoint)

    assert "4 of 5 sent invitations needed" in told
    assert "AAPOR RR1" not in told
    ask(touchpoint)
    assert "Complete response rate (AAPOR RR1)" in tell(touchpoint)


def test_how_long_few_answers_took_is_not_told(touchpoint: Touchpoint) -> None:
    for _ in range(4):
        answered(ask(touchpoint), now=NOW, nps=score(9))
    ask(touchpoint)

    assert "Time to answer" not in tell(touchpoint)


def test_where_nobody_was_asked_there_is_no_funnel(touchpoint: Touchpoint) -> None:
    assert "From asking to answering" not in tell(touchpoint)


def test_the_funnel_is_of_the_touchpoint_and_the_days_that_are_chosen(touchpoint: Touchpoint) -> None:
    other = factories.touchpoint(touchpoint.organization, survey=touchpoint.survey, name="After a delivery")
    for _ in range(6):
        ask(touchpoint)
    for _ in range(5):
        ask(touchpoint, at=NOW - timedelta(days=60))
    for _ in range(7):
        ask(other)

    assert "Sent 6 100 %" in tell(touchpoint, f"?touchpoint={touchpoint.pk}&period=30d")
    assert "Sent 13 100 %" in tell(touchpoint, "?period=30d")
    assert "Sent 18 100 %" in tell(touchpoint, "?period=90d")


def test_no_other_segment_has_a_funnel(touchpoint: Touchpoint) -> None:
    for _ in range(6):
        answered(ask(touchpoint), now=NOW, nps=score(9))

    told = tell(touchpoint, "?segment=language%3Den")

    assert "Invitations are counted by touchpoint, and by no other segment." in told
    assert "AAPOR RR1" not in told


def test_a_download_has_the_numbers_of_the_funnel(touchpoint: Touchpoint) -> None:
    for _ in range(5):
        answered(ask(touchpoint), now=NOW, nps=score(9))
    ask(touchpoint)
    page(touchpoint)
    client = Client()
    client.force_login(touchpoint.organization.members.get(role=Role.VIEWER).user)

    written = client.get(reverse("dashboards:dashboard", args=[touchpoint.organization.slug]) + "?csv=funnel")
    lines = written.getvalue().decode().splitlines()

    assert lines[1:5] == ["Sent,6,100", "Delivered,6,100", "Started,5,83", "Completed,5,83"]
    assert "Response rate (AAPOR RR2),,83" in lines
    assert "Days,by day of asking" in lines


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "1 minute"), (2700, "45 minutes"), (5400, "2 hours"), (3600 * 35, "35 hours"), (86400 * 3, "3 days")],
)
def test_times_are_told_as_people_say_them(seconds: float, said: str) -> None:
    assert lasting(seconds) == said
