"""Whoever has not answered is reminded, and nobody else: not after an answer, an opt-out, an end or a pause."""

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from feedback import inviting, mailing, reminding, suppressing
from feedback.models import Invitation, Message, MessageState, Purpose, SuppressionReason
from feedback.reminding import Looked
from organizations.models import Organization
from surveys.models import Touchpoint, TouchpointState
from tests import factories
from tests.factories import NOW
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

# Sending takes a moment, and the days between count from then.
WEEK = timedelta(days=7, hours=1)


@pytest.fixture
def shop() -> Organization:
    return factories.organization()


@pytest.fixture
def touchpoint(shop: Organization) -> Touchpoint:
    return factories.touchpoint(shop, reminders=2, days_between=7)


def asked(shop: Organization, name: str = "Anna Berg", *, now: datetime = NOW) -> Invitation:
    """She bought something, was asked, and the mail was sent."""
    purchase = factories.purchase(factories.customer(shop, name), now=now)
    inviting.sweep(now=now)
    send(now)
    return Invitation.objects.get(interaction=purchase)


def send(now: datetime) -> int:
    return mailing.work(worker=f"worker {uuid.uuid4()}", now=now)


def reminders(**fields: object) -> list[tuple[int, str, str]]:
    found = Message.objects.filter(purpose=Purpose.REMINDER, **fields).order_by("pk")
    return list(found.values_list("number", "state", "cause"))


def test_two_reminders_follow_an_invitation_that_brings_no_answer(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    invitation = asked(shop)
    sent = [NOW]
    for week in range(1, 7):
        moment = NOW + week * WEEK
        reminding.sweep(now=moment)
        if send(moment):
            sent.append(moment)

    assert reminders() == [(1, "sent", ""), (2, "sent", "")]
    assert len(sent) == len(mail_sink.mails) == 3
    invitation.refresh_from_db()
    assert invitation.remind_at is None


def test_a_reminder_waits_for_its_day_counted_from_the_mail_before(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    invitation = asked(shop)
    Message.objects.update(sent_at=NOW + timedelta(days=2))

    assert reminding.sweep(now=NOW + timedelta(days=7, minutes=-1)) == Looked(0, 0)
    assert reminding.sweep(now=NOW + timedelta(days=7)) == Looked(1, 0)
    invitation.refresh_from_db()
    assert invitation.remind_at == NOW + timedelta(days=9)
    assert reminding.sweep(now=NOW + timedelta(days=9)) == Looked(1, 1)


def test_sweeping_twice_or_by_six_at_once_makes_one_reminder(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    for number in range(12):
        asked(shop, f"Customer{number} Twin")

    def sweep() -> None:
        try:
            reminding.sweep(now=NOW + WEEK, limit=5)
        finally:
            connections.close_all()

    sweeps = [threading.Thread(target=sweep) for _ in range(6)]
    for each in sweeps:
        each.start()
    for each in sweeps:
        each.join()
    reminding.sweep(now=NOW + WEEK)

    assert reminders() == [(1, "queued", "")] * 12


@pytest.mark.parametrize("completed", [True, False])
def test_whoever_has_answered_or_begun_to_is_not_reminded(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink, completed: bool
) -> None:
    factories.response(asked(shop), now=NOW, completed=completed)

    assert reminding.sweep(now=NOW + WEEK) == Looked(1, 0)
    assert reminding.sweep(now=NOW + 2 * WEEK) == Looked(0, 0)


def test_an_address_that_wants_no_mail_is_not_reminded(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    invitation = asked(shop)
    suppressing.suppress(shop, address_key=invitation.address_key, reason=SuppressionReason.OPTED_OUT, now=NOW)

    assert reminding.sweep(now=NOW + WEEK) == Looked(1, 0)


def test_nobody_is_reminded_of_a_link_that_has_closed(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    asked(shop)

    assert reminding.sweep(now=NOW + timedelta(days=30)) == Looked(1, 0)


def test_a_paused_touchpoint_reminds_when_it_goes_on(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    asked(shop)
    Touchpoint.objects.update(state=TouchpointState.PAUSED)
    assert reminding.sweep(now=NOW + WEEK) == Looked(0, 0)

    Touchpoint.objects.update(state=TouchpointState.RUNNING)

    assert reminding.sweep(now=NOW + 2 * WEEK) == Looked(1, 1)


def test_an_archived_survey_reminds_nobody(shop: Organization, touchpoint: Touchpoint, mail_sink: Sink) -> None:
    asked(shop)
    touchpoint.survey.archived_at = NOW
    touchpoint.survey.save(update_fields=["archived_at"])

    assert reminding.sweep(now=NOW + WEEK) == Looked(0, 0)


def test_whoever_was_asked_about_something_newer_is_not_reminded_of_the_older(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    Touchpoint.objects.update(quiet_period=1)
    invitation = asked(shop)
    newer = factories.purchase(invitation.customer, now=NOW + timedelta(days=3))
    inviting.sweep(now=NOW + timedelta(days=3))
    send(NOW + timedelta(days=3))

    reminding.sweep(now=NOW + timedelta(days=12))

    assert Message.objects.get(purpose=Purpose.REMINDER).invitation == Invitation.objects.get(interaction=newer)


def test_a_mail_that_never_left_is_not_reminded_of(shop: Organization, touchpoint: Touchpoint, mail_sink: Sink) -> None:
    asked(shop)
    Message.objects.update(state=MessageState.IN_DOUBT, sent_at=None)

    assert reminding.sweep(now=NOW + WEEK) == Looked(1, 0)

    # A member has found out that it arrived.
    Message.objects.update(state=MessageState.SENT, sent_at=NOW)
    assert reminding.sweep(now=NOW + WEEK + timedelta(days=1)) == Looked(1, 1)


def test_a_reminder_does_not_extend_the_quiet_period(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    Touchpoint.objects.update(quiet_period=10)
    invitation = asked(shop)
    reminding.sweep(now=NOW + WEEK)
    send(NOW + WEEK)

    newer = factories.purchase(invitation.customer, now=NOW + timedelta(days=11))
    inviting.sweep(now=NOW + timedelta(days=11))

    assert reminders() == [(1, "sent", "")]
    assert Invitation.objects.filter(interaction=newer).exists()


def test_a_reminder_goes_to_where_the_invitation_went(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    invitation = asked(shop)
    first = Message.objects.get()
    type(invitation.customer).objects.update(email="new@customers.example")

    reminding.sweep(now=NOW + WEEK)

    assert Message.objects.get(purpose=Purpose.REMINDER).to == first.to


def test_a_reminder_planned_before_an_answer_is_withheld_when_it_would_leave(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    invitation = asked(shop)
    reminding.sweep(now=NOW + WEEK)
    factories.response(invitation, now=NOW + WEEK)

    assert send(NOW + WEEK) == 0

    assert reminders() == [(1, "withheld", "answered")]


def test_reminders_that_were_turned_off_do_not_leave_any_more(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink
) -> None:
    asked(shop)
    reminding.sweep(now=NOW + WEEK)
    Touchpoint.objects.update(reminders=0)

    assert send(NOW + WEEK) == 0

    assert reminders() == [(1, "withheld", "not_wanted")]
    assert reminding.sweep(now=NOW + 2 * WEEK) == Looked(1, 0)


def test_an_answer_that_comes_while_reminders_are_leaving_stops_the_one_that_has_not_left(
    shop: Organization, touchpoint: Touchpoint, mail_sink: Sink, eventually: Callable[..., Any]
) -> None:
    invitations = [asked(shop, name) for name in ("Anna Berg", "Bela Toth")]
    reminding.sweep(now=NOW + WEEK)
    assert len(mail_sink.mails) == 2
    mail_sink.answers.clear()

    def leave() -> None:
        try:
            send(NOW + WEEK)
        finally:
            connections.close_all()

    worker = threading.Thread(target=leave)
    worker.start()
    try:
        # Both are claimed by now; one of them stays on the wire, the other waits for its turn.
        on_the_wire = eventually(lambda: Message.objects.filter(state=MessageState.WIRE).first(), within=60)
        waiting = Message.objects.get(state=MessageState.CLAIMED)
        assert waiting.invitation is not None
        factories.response(waiting.invitation, now=NOW + WEEK)
    finally:
        mail_sink.answers.set()
        worker.join()

    assert len(mail_sink.mails) == 3
    assert reminders(pk=on_the_wire.pk) == [(1, "sent", "")]
    assert reminders(pk=waiting.pk) == [(1, "claimed", "")]
    # Nobody holds it any more: it goes back to the queue, and the next claim writes down why it never leaves.
    later = NOW + WEEK + timedelta(minutes=5)
    mailing.settle_leases(now=later)
    send(later)
    assert reminders(pk=waiting.pk) == [(1, "withheld", "answered")]
    assert {invitation.pk for invitation in invitations} >= {waiting.invitation_id}
