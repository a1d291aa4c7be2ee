"""What is over and proves nothing is gone after a while; what is open, or proves something, stays."""

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from organizations import audit, joining, post, tidying
from organizations.models import AuditEntry, ColleagueInvite, Notice, Role
from tests.organizations.conftest import Company

DAY = timedelta(days=1)


def _notice(*, now: datetime, **state: object) -> Notice:
    notice = post.notify(to="vera@acme.example", kind="test", subject="Hello", text="Hello", now=now)
    Notice.objects.filter(pk=notice.pk).update(**state)
    return notice


def test_notices_go_a_month_after_they_were_mailed_or_failed(acme: Company, now: datetime) -> None:
    for state in ({"state": "sent", "sent_at": now}, {"state": "failed"}):
        _notice(now=now - 31 * DAY, **state)
    kept = [
        _notice(now=now - 29 * DAY, state="sent", sent_at=now),
        _notice(now=now - 400 * DAY),
        _notice(now=now - 400 * DAY, state="claimed", lease_until=now),
    ]

    tidying.sweep(now=now)

    assert set(Notice.objects.values_list("pk", flat=True)) == {notice.pk for notice in kept}


def test_invitations_go_long_after_their_time_and_the_record_stays(acme: Company, now: datetime) -> None:
    long_ago = now - 14 * DAY - 91 * DAY
    for email, at in (("old@acme.example", long_ago), ("new@acme.example", now - 20 * DAY)):
        joining.invite(acme.organization, email=email, role=Role.VIEWER, by=acme.olga, now=at)

    tidying.sweep(now=now)

    assert [invite.email for invite in ColleagueInvite.objects.all()] == ["new@acme.example"]
    assert AuditEntry.objects.filter(what="colleague.invited").count() == 2


def test_sign_ins_that_have_expired_go(acme: Company, now: datetime) -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=now - DAY)
    Session.objects.create(session_key="new", session_data="", expire_date=now + DAY)

    tidying.sweep(now=now)

    assert [session.session_key for session in Session.objects.all()] == ["new"]


def test_what_there_is_too_much_of_for_one_step_goes_in_several(
    acme: Company, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "_AT_ONCE", 2)
    for _each in range(5):
        _notice(now=now - 31 * DAY, state="failed")

    assert tidying.away(Notice.objects.all()) == 5
    assert not Notice.objects.exists()


def test_the_record_of_what_members_did_is_never_tidied(acme: Company, now: datetime) -> None:
    audit.record(
        acme.organization, by=acme.olga, what="organization.changed", about=acme.organization, now=now - 4000 * DAY
    )

    tidying.sweep(now=now)

    assert AuditEntry.objects.count() == 1
