"""A mail to a customer: from the queue over the wire to a named end."""

import itertools
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from feedback import mailing, sending
from feedback.models import Message, MessageState, Purpose, Suppression, SuppressionReason
from feedback.tasks import send_mail, settle_leases
from organizations.models import Organization
from organizations.smtp import Server
from organizations.smtp_account import Account
from organizations.smtp_replies import Reply
from surveys.models import Touchpoint, TouchpointState
from tests import factories
from tests.feedback import mailings
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "smtp://127.0.0.1:9"


@pytest.fixture
def shop() -> Organization:
    return factories.organization()


@pytest.fixture
def touchpoint(shop: Organization) -> Touchpoint:
    return mailings.touchpoint_of(shop)


def work(now: datetime, **options: object) -> int:
    """Until all is sent, however slow this machine is."""
    return mailing.work(worker=f"worker {uuid.uuid4()}", now=now, seconds=600, **options)  # type: ignore[arg-type]


def invite(touchpoint: Touchpoint, *names: str, now: datetime) -> list[Message]:
    return mailings.invite(touchpoint, names, now=now)


def only(name: str) -> Message:
    return Message.objects.get(to=f"{name}@customers.example")


def test_a_waiting_mail_is_sent_once_and_says_when(touchpoint: Touchpoint, mail_sink: Sink, now: datetime) -> None:
    [message] = invite(touchpoint, "anna", now=now)

    assert work(now) == 1
    assert work(now) == 0

    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_code, message.lease_until) == (
        MessageState.SENT,
        1,
        250,
        None,
    )
    assert message.sent_at is not None
    [mail] = mail_sink.mails
    assert (mail.recipient, mail.sender) == ("anna@customers.example", touchpoint.organization.sender_address)
    assert str(message.uuid) in mail.message["Message-ID"]


def test_a_mail_whose_time_has_not_come_waits(touchpoint: Touchpoint, mail_sink: Sink, now: datetime) -> None:
    invite(touchpoint, "anna", now=now + timedelta(hours=1))

    assert work(now) == 0
    assert work(now + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    ("at", "answer", "state", "cause"),
    [
        ("DATA", "421 4.3.2 closing", "queued", ""),
        ("DATA", "450 4.2.1 busy", "queued", ""),
        ("DATA", "432 4.3.2 too many connections", "queued", ""),
        ("DATA", "452 4.2.2 mailbox full", "queued", ""),
        ("DATA", "552 5.2.2 over quota", "failed", "refused"),
        ("DATA", "550 5.7.1 spam", "failed", "refused"),
        ("DATA", "550 5.1.1 no such user", "failed", "no_such_mailbox"),
        ("DATA", "drop", "in_doubt", "line_cut"),
        ("DATA", "999 nonsense", "in_doubt", "unclear_reply"),
        ("DATA", "\x80\xff\x00 ???", "in_doubt", "unclear_reply"),
        ("RCPT", "421 4.7.0 slow down", "queued", ""),
        ("RCPT", "450 4.2.0 greylisted", "queued", ""),
        ("RCPT", "530 5.7.0 sign in first", "queued", ""),
        ("RCPT", "550 5.7.1 policy", "failed", "refused"),
        ("RCPT", "550 5.1.1 user unknown", "failed", "no_such_mailbox"),
        ("RCPT", "garbage", "queued", ""),
    ],
)
def test_each_answer_of_the_server_has_its_end(
    at: str, answer: str, state: str, cause: str, touchpoint: Touchpoint, mail_sink: Sink, now: datetime
) -> None:
    invite(touchpoint, "anna", now=now)
    mail_sink.reply("anna@customers.example", answer, at=at)

    work(now)

    anna = only("anna")
    assert (anna.state, anna.cause, anna.attempts) == (state, cause, 1)
    assert (anna.not_before > now) == (state == "queued")
    bounced = Suppression.objects.filter(address_key=anna.address_key, reason=SuppressionReason.BOUNCED)
    assert bounced.exists() == (cause == "no_such_mailbox")


def test_one_bad_address_does_not_hold_up_the_others(touchpoint: Touchpoint, mail_sink: Sink, now: datetime) -> None:
    invite(touchpoint, "anna", "bernd", "clara", now=now)
    Message.objects.filter(to="bernd@customers.example").update(to="bernd\r\nRCPT TO:<eve@evil.example>@x.example")

    work(now)

    assert set(mail_sink.per_recipient) == {"anna@customers.example", "clara@customers.example"}
    assert Message.objects.get(state=MessageState.FAILED).cause in ("cannot_compose", "bad_address")


def test_later_never_becomes_a_failure_before_its_time(touchpoint: Touchpoint, mail_sink: Sink, now: datetime) -> None:
    [message] = invite(touchpoint, "anna", now=now)
    moments = []
    while True:
        message.refresh_from_db()
        if message.state != MessageState.QUEUED:
            break
        mail_sink.reply("anna@customers.example", "450 4.2.1 later")
        moments.append(message.not_before)
        work(message.not_before)

    assert (message.state, message.cause, message.last_code) == (MessageState.FAILED, "gave_up", 450)
    # The clock goes on while the server is asked.
    assert moments[-1] > message.give_up_at - timedelta(minutes=1)
    assert all(moment < message.give_up_at for moment in moments[:-1])
    pauses = [after - before for before, after in itertools.pairwise(moments)]
    assert max(pauses) <= timedelta(minutes=31)
    assert len(set(pauses)) == len(pauses)


def test_an_absent_server_costs_no_mail_its_place(touchpoint: Touchpoint, now: datetime) -> None:
    invite(touchpoint, "anna", "bernd", "clara", now=now)

    assert work(now, server=Server(Account("127.0.0.1", 9))) == 0

    assert Counter(Message.objects.values_list("state", "worker")) == {
        ("queued", ""): 2,
        ("queued", Message.objects.exclude(worker="").get().worker): 1,
    }
    assert Message.objects.filter(attempts=1).count() == 1


@pytest.mark.parametrize(
    ("reason", "cause"),
    [(SuppressionReason.OPTED_OUT, "opted_out"), (SuppressionReason.COMPLAINED, "complained")],
)
def test_an_address_that_wants_no_mail_gets_none(
    reason: SuppressionReason, cause: str, touchpoint: Touchpoint, mail_sink: Sink, now: datetime
) -> None:
    [message] = invite(touchpoint, "anna", now=now)
    Suppression.objects.create(
        organization=touchpoint.organization, address_key=message.address_key, reason=reason, at=now
    )

    work(now)

    assert (only("anna").state, only("anna").cause) == (MessageState.WITHHELD, cause)
    assert mail_sink.mails == []


def test_another_organizations_opt_out_withholds_nothing(
    touchpoint: Touchpoint, mail_sink: Sink, now: datetime
) -> None:
    [message] = invite(touchpoint, "anna", now=now)
    elsewhere = factories.organization("Elsewhere")
    Suppression.objects.create(
        organization=elsewhere, address_key=message.address_key, reason=SuppressionReason.OPTED_OUT, at=now
    )

    assert work(now) == 1


def test_whoever_has_answered_is_not_reminded(touchpoint: Touchpoint, mail_sink: Sink, now: datetime) -> None:
    [message] = invite(touchpoint, "anna", now=now)
    work(now)
    assert message.invitation is not None
    mailings.enqueue(message.invitation, now=now, purpose=Purpose.REMINDER, number=1)
    factories.response(message.invitation, now=now, completed=False, touchpoint=None)

    work(now)

    reminder = Message.objects.get(purpose=Purpose.REMINDER)
    assert (reminder.state, reminder.cause) == (MessageState.WITHHELD, "answered")
    assert len(mail_sink.mails) == 1


def test_a_mail_whose_answer_would_come_too_late_is_withheld(
    touchpoint: Touchpoint, mail_sink: Sink, now: datetime
) -> None:
    invite(touchpoint, "anna", now=now)

    work(now + timedelta(days=31))

    assert (only("anna").state, only("anna").cause) == (MessageState.WITHHELD, "expired")
    assert mail_sink.mails == []


def test_a_paused_touchpoint_holds_its_mails_until_it_goes_on(
    touchpoint: Touchpoint, mail_sink: Sink, now: datetime
) -> None:
    invite(touchpoint, "anna", "bernd", now=now)
    Touchpoint.objects.update(state=TouchpointState.PAUSED)

    assert work(now) == 0
    assert mailing.settle_leases(now=now).released == 0
    assert set(Message.objects.values_list("state", "cause")) == {("queued", "paused")}

    Touchpoint.objects.update(state=TouchpointState.RUNNING)

    assert mailing.settle_leases(now=now).released == 2
    assert work(now) == 2


def test_a_dead_workers_claims_are_queued_again_and_its_mail_on_the_wire_is_in_doubt(
    touchpoint: Touchpoint, mail_sink: Sink, now: datetime
) -> None:
    _anna, bernd = invite(touchpoint, "anna", "bernd", now=now)
    mailing.claim(worker="dead", now=now)
    Message.objects.filter(pk=bernd.pk).update(state=MessageState.WIRE, attempts=1)

    assert mailing.settle_leases(now=now + timedelta(seconds=59)) == mailing.Settled(0, 0, 0)
    assert mailing.settle_leases(now=now + timedelta(seconds=61)) == mailing.Settled(1, 1, 0)
    work(now + timedelta(seconds=61))

    assert (only("anna").state, only("bernd").state, only("bernd").cause) == ("sent", "in_doubt", "worker_died")
    assert set(mail_sink.per_recipient) == {"anna@customers.example"}


def test_a_worker_that_lost_its_claim_sends_nothing(touchpoint: Touchpoint, mail_sink: Sink, now: datetime) -> None:
    [message] = invite(touchpoint, "anna", now=now)
    [claimed] = mailing.claim(worker="slow", now=now)
    mailing.settle_leases(now=now + timedelta(seconds=61))
    mailing.claim(worker="quick", now=now + timedelta(seconds=62))

    with Server() as server:
        assert sending.send(claimed, worker="slow", server=server, clock=lambda: now) is None

    message.refresh_from_db()
    assert (message.state, message.worker) == (MessageState.CLAIMED, "quick")
    assert mail_sink.mails == []


def test_an_answer_that_comes_after_the_lease_settles_the_doubt(
    touchpoint: Touchpoint, mail_sink: Sink, now: datetime
) -> None:
    invite(touchpoint, "anna", now=now)
    [claimed] = mailing.claim(worker="slow", now=now)
    much_later = now + timedelta(hours=1)

    class SlowServer(Server):
        def hand_over(self, content: bytes) -> Reply:
            mailing.settle_leases(now=much_later)
            assert only("anna").state == MessageState.IN_DOUBT
            return super().hand_over(content)

    with SlowServer() as server:
        sending.send(claimed, worker="slow", server=server, clock=lambda: now)

    assert only("anna").state == MessageState.SENT


def test_told_to_stop_a_worker_gives_back_what_it_has_not_sent(
    touchpoint: Touchpoint, mail_sink: Sink, now: datetime
) -> None:
    invite(touchpoint, *"abcdefgh", now=now)

    assert work(now, stop=lambda: len(mail_sink.mails) >= 3) == 3

    assert Counter(Message.objects.values_list("state", flat=True)) == {"sent": 3, "queued": 5}


def test_twenty_enqueue_the_same_mail_at_once_and_it_is_one(
    touchpoint: Touchpoint, mail_sink: Sink, now: datetime
) -> None:
    [message] = invite(touchpoint, "anna", now=now)
    invitation = message.invitation
    assert invitation is not None
    together = threading.Barrier(20)

    def enqueue(_: int) -> int:
        together.wait()
        try:
            return mailings.enqueue(invitation, now=now, purpose=Purpose.REMINDER, number=1).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        keys = set(pool.map(enqueue, range(20)))

    assert len(keys) == 1
    assert Message.objects.filter(purpose=Purpose.REMINDER).count() == 1


def test_two_dispatchers_at_once_send_each_mail_once(touchpoint: Touchpoint, mail_sink: Sink, now: datetime) -> None:
    invite(touchpoint, *(f"customer{number}" for number in range(120)), now=now)

    def dispatch(number: int) -> int:
        try:
            return work(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(dispatch, range(2)))

    assert sum(sent) == 120
    assert set(mail_sink.per_recipient.values()) == {1}


def test_a_small_organization_does_not_wait_behind_a_big_one(now: datetime, mail_sink: Sink) -> None:
    big, small, smaller = (factories.organization(name) for name in ("Big", "Small", "Smaller"))
    invite(mailings.touchpoint_of(big), *(f"big{number}" for number in range(200)), now=now - timedelta(hours=1))
    invite(mailings.touchpoint_of(small), *(f"small{number}" for number in range(5)), now=now)
    invite(mailings.touchpoint_of(smaller), "only", now=now)

    batch = mailing.claim(worker="fair", now=now)

    assert Counter(message.organization.name for message in batch) == {"Big": 7, "Small": 5, "Smaller": 1}


def test_with_more_organizations_than_places_each_has_its_turn(now: datetime, mail_sink: Sink) -> None:
    shops = [factories.organization(f"Shop {number}") for number in range(5)]
    survey = factories.survey(shops[0])
    for shop in shops:
        touchpoint = factories.touchpoint(shop, survey=survey)
        invite(touchpoint, *(f"{shop.slug}{number}" for number in range(4)), now=now)
    turn = mailing.Turn()

    batches = [mailing.claim(worker=f"w{number}", now=now, limit=2, turn=turn) for number in range(5)]

    served = Counter(message.organization_id for batch in batches for message in batch)
    assert set(served) == {shop.pk for shop in shops}
    assert max(served.values()) <= 4


def test_mail_of_another_priority_has_a_lane_of_its_own(touchpoint: Touchpoint, mail_sink: Sink, now: datetime) -> None:
    invite(touchpoint, *(f"customer{number}" for number in range(60)), now=now - timedelta(hours=1))
    urgent = Message.objects.order_by("-pk").first()
    assert urgent is not None
    Message.objects.filter(pk=urgent.pk).update(priority=1)

    assert urgent.pk in [message.pk for message in mailing.claim(worker="fair", now=now)]


def test_no_mail_leaves_inside_somebodys_transaction(touchpoint: Touchpoint, mail_sink: Sink, now: datetime) -> None:
    invite(touchpoint, "anna", now=now)

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        work(now)

    assert mail_sink.mails == []


def test_the_tasks_may_run_twice_and_need_no_broker(
    touchpoint: Touchpoint, mail_sink: Sink, now: datetime, freeze: Callable[[datetime], None]
) -> None:
    invite(touchpoint, "anna", now=now)
    freeze(now)

    for _ in range(2):
        send_mail()
        settle_leases()

    assert mail_sink.per_recipient == {"anna@customers.example": 1}
