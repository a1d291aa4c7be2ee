"""Owners hear of what is due once a day at the most, and never about whom."""

from datetime import datetime, timedelta

import pytest

from actions import casework, closing, reminding
from actions.models import Case, Cause, JobSlot, Outcome
from organizations.models import Member, Notice, Organization, Role
from tests import factories
from tests.actions.unhappy import at_once, case_of

pytestmark = pytest.mark.django_db

Cast = dict[Role, Member]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def mails() -> list[tuple[str, str]]:
    return [(notice.to, notice.subject) for notice in Notice.objects.order_by("pk")]


def in_work(acme: Organization, name: str, by: Member, *, due_at: datetime, now: datetime) -> Case:
    case = casework.take(case_of(acme, name, now=now), by=by, now=now)
    Case.objects.filter(pk=case.pk).update(due_at=due_at)
    return case


def test_an_owner_hears_what_is_overdue_and_what_is_due_soon(acme: Organization, carla: Member, now: datetime) -> None:
    late = in_work(acme, "Anna Berg", carla, due_at=now - HOUR, now=now - 3 * DAY)
    soon = in_work(acme, "Berta Kühn", carla, due_at=now + 5 * HOUR, now=now - DAY)
    in_work(acme, "Chiara Conti", carla, due_at=now + 3 * DAY, now=now)

    assert reminding.remind(now=now) == 1

    notice = Notice.objects.get()
    assert (notice.to, notice.subject) == (carla.user.email, "1 case is overdue · Acme Audio")
    assert f"Case {late.pk}, due on" in notice.text
    assert f"/cases/{soon.pk}/" in notice.html
    for name in ("Anna", "Berta", "Chiara", "@customers.example"):
        assert name not in notice.text + notice.html + notice.subject


def test_she_hears_it_once_a_day_and_only_when_something_is_new(
    acme: Organization, carla: Member, now: datetime
) -> None:
    in_work(acme, "Anna Berg", carla, due_at=now + 20 * HOUR, now=now)

    assert [reminding.remind(now=now + minutes * HOUR) for minutes in (0, 1, 2)] == [1, 0, 0]
    # It becomes overdue the next day, which is new; after that nothing is.
    assert [reminding.remind(now=now + days * DAY) for days in (1, 2, 3)] == [1, 0, 0]
    assert [subject for _to, subject in mails()] == [
        "1 case is due within a day · Acme Audio",
        "1 case is overdue · Acme Audio",
    ]


def test_nobody_is_written_to_before_seven_in_the_morning_where_she_works(
    acme: Organization, carla: Member, now: datetime
) -> None:
    in_work(acme, "Anna Berg", carla, due_at=now - HOUR, now=now - 3 * DAY)
    five_in_berlin, seven_in_berlin = now.replace(hour=4), now.replace(hour=6)

    assert (reminding.remind(now=five_in_berlin), reminding.remind(now=seven_in_berlin)) == (0, 1)


def test_what_nobody_has_is_told_to_the_quality_managers(acme: Organization, cast: Cast, now: datetime) -> None:
    case_of(acme, now=now - 5 * DAY)

    reminding.remind(now=now)

    assert mails() == [(cast[Role.QUALITY_MANAGER].user.email, "1 case is overdue · Acme Audio")]
    assert "have nobody who sees to them" in Notice.objects.get().text


def test_a_managers_own_cases_and_those_that_nobody_has_stand_in_one_mail(
    acme: Organization, cast: Cast, now: datetime
) -> None:
    quentin = cast[Role.QUALITY_MANAGER]
    hers, free = case_of(acme, "Anna Berg", now=now), case_of(acme, "Ben Tal", now=now)
    casework.assign(hers, to=quentin, by=quentin, now=now)
    Notice.objects.all().delete()

    assert reminding.remind(now=now + timedelta(days=2, hours=1)) == 1

    said = Notice.objects.get().text
    assert said.index("wait for you") < said.index(f"Case {hers.pk},") < said.index("have nobody who sees to them")
    assert said.index("have nobody who sees to them") < said.index(f"Case {free.pk},")


def test_closed_cases_remind_nobody(acme: Organization, carla: Member, now: datetime) -> None:
    case = in_work(acme, "Anna Berg", carla, due_at=now - HOUR, now=now - 3 * DAY)
    closing.close(case, outcome=Outcome.EXPLAINED, cause=Cause.PRICE, by=carla, now=now)

    assert reminding.remind(now=now) == 0


def test_a_mail_is_in_the_language_of_its_reader(acme: Organization, carla: Member, now: datetime) -> None:
    in_work(acme, "Anna Berg", carla, due_at=now - HOUR, now=now - 3 * DAY)
    carla.user.language = "de"
    carla.user.save()

    reminding.remind(now=now)

    assert "/cases/?owner=me" in Notice.objects.get().text


@pytest.mark.django_db(transaction=True)
def test_six_sweeps_at_the_same_instant_write_one_mail(now: datetime) -> None:
    acme = factories.organization()
    carla = factories.cast(acme)[Role.CASE_WORKER]
    in_work(acme, "Anna Berg", carla, due_at=now - HOUR, now=now - 3 * DAY)

    written = at_once([lambda: reminding.remind(now=now)] * 6)

    assert sum(written) == 1
    assert Notice.objects.count() == 1
    assert JobSlot.objects.filter(job="case.daily").count() == 1


def test_a_member_of_two_organizations_hears_from_each(acme: Organization, carla: Member, now: datetime) -> None:
    other = factories.organization("Berlin Bikes")
    there = Member.objects.create(organization=other, user=carla.user, role=Role.CASE_WORKER, joined_at=now)
    in_work(acme, "Anna Berg", carla, due_at=now - HOUR, now=now - 3 * DAY)
    in_work(other, "Anna Berg", there, due_at=now - HOUR, now=now - 3 * DAY)

    assert reminding.remind(now=now) == 2
    assert {subject for _to, subject in mails()} == {
        "1 case is overdue · Acme Audio",
        "1 case is overdue · Berlin Bikes",
    }
