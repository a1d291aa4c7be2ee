"""Which mails about cases were written is forgotten after a while, but never of a case that is open."""

from datetime import datetime, timedelta

import pytest

from actions import closing, reminding, tidying
from actions.models import Case, JobSlot
from organizations.models import Notice, Organization, Role
from tests import factories
from tests.actions.unhappy import case_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return factories.NOW


def _told(case: Case, *, now: datetime) -> None:
    carla = factories.member(case.organization, Role.CASE_WORKER)
    Case.objects.filter(pk=case.pk).update(owner=carla, state="in_work")
    reminding.remind(now=now)


def test_slots_of_a_closed_case_go_after_a_month(acme: Organization, now: datetime) -> None:
    case = case_of(acme, now=now - 40 * DAY)
    _told(case, now=now - 35 * DAY)
    case.refresh_from_db()
    assert case.owner is not None
    closing.close(case, outcome="explained", cause="price", by=case.owner, now=now - 34 * DAY)

    tidying.sweep(now=now - 6 * DAY)
    assert JobSlot.objects.exists()
    tidying.sweep(now=now)

    assert not JobSlot.objects.exists()


def test_what_was_told_of_an_open_case_is_not_told_anew(acme: Organization, now: datetime) -> None:
    case = case_of(acme, now=now - 40 * DAY)
    _told(case, now=now - 35 * DAY)
    assert Notice.objects.count() == 1

    tidying.sweep(now=now)
    reminding.remind(now=now)

    assert Notice.objects.count() == 1
