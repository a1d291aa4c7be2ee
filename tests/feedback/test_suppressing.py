"""An address that wants no more mail gets none, from this moment on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from feedback import mailing, suppressing
from feedback.models import Message, MessageState, Suppression, SuppressionReason
from organizations import links
from organizations.models import AuditEntry, Organization
from tests import factories
from tests.feedback import mailings
from tests.feedback.test_mailing_kills import settle_and_finish, wait_for_mails, workers
from tests.processes import SinkProcess

ANNA = links.address_key("anna@customers.example")


@pytest.fixture
def shop(db: None) -> Organization:
    return factories.organization()


def suppress(shop: Organization, reason: SuppressionReason, now: datetime) -> None:
    suppressing.suppress(shop, address_key=ANNA, reason=reason, now=now)


def test_opting_out_twice_is_once(shop: Organization, now: datetime) -> None:
    suppress(shop, SuppressionReason.OPTED_OUT, now)
    suppress(shop, SuppressionReason.OPTED_OUT, now + timedelta(days=1))

    assert Suppression.objects.get().at == now
    assert suppressing.reason_of(shop, ANNA) == SuppressionReason.OPTED_OUT


def test_waiting_and_claimed_mail_is_withheld_at_once(shop: Organization, now: datetime) -> None:
    message = mailings.invite(mailings.touchpoint_of(shop), ["anna", "bernd"], now=now)[0]
    Message.objects.filter(pk=message.pk).update(state=MessageState.CLAIMED, worker="w", lease_until=now)

    suppress(shop, SuppressionReason.OPTED_OUT, now)

    assert dict(Message.objects.values_list("to", "state")) == {
        "anna@customers.example": "withheld",
        "bernd@customers.example": "queued",
    }


def test_the_gravest_reason_is_told(shop: Organization, now: datetime) -> None:
    for reason in (SuppressionReason.BOUNCED, SuppressionReason.OPTED_OUT, SuppressionReason.COMPLAINED):
        suppress(shop, reason, now)

    assert suppressing.reasons_of(shop, {ANNA, "", "unknown"}) == {ANNA: SuppressionReason.COMPLAINED}


def test_a_member_lifts_it_with_a_reason_and_on_the_record(shop: Organization, now: datetime) -> None:
    suppress(shop, SuppressionReason.BOUNCED, now)
    quentin = factories.member(shop)

    with pytest.raises(suppressing.WhyIsMissing):
        suppressing.lift(shop, address_key=ANNA, reason=SuppressionReason.BOUNCED, why="  ", by=quentin, now=now)
    suppressing.lift(
        shop, address_key=ANNA, reason=SuppressionReason.BOUNCED, why="Her mailbox is back.", by=quentin, now=now
    )

    assert suppressing.reason_of(shop, ANNA) is None
    released = suppressing.released(shop, ANNA)
    assert [(row.reason, row.why, row.by, row.since) for row in released] == [
        ("bounced", "Her mailbox is back.", quentin, now)
    ]
    assert AuditEntry.objects.filter(what="address.released", by=quentin).count() == 1
    with pytest.raises(suppressing.NotSuppressed):
        suppressing.lift(shop, address_key=ANNA, reason=SuppressionReason.BOUNCED, why="Again.", by=quentin, now=now)


def test_a_complaint_is_not_for_us_to_lift(shop: Organization, now: datetime) -> None:
    suppress(shop, SuppressionReason.COMPLAINED, now)
    quentin = factories.member(shop)

    with pytest.raises(suppressing.NotForUsToLift):
        suppressing.lift(shop, address_key=ANNA, reason=SuppressionReason.COMPLAINED, why="Sorry.", by=quentin, now=now)

    assert suppressing.reason_of(shop, ANNA) == SuppressionReason.COMPLAINED


def test_an_empty_address_is_never_suppressed(shop: Organization, now: datetime) -> None:
    suppressing.suppress(shop, address_key="", reason=SuppressionReason.BOUNCED, now=now)

    assert not Suppression.objects.exists()


@pytest.mark.kills
@pytest.mark.django_db(transaction=True)
def test_a_hundred_who_opt_out_while_five_hundred_mails_leave_get_none_afterwards(
    mail_sink_process: Callable[..., SinkProcess], tmp_path: Path
) -> None:
    sink = mail_sink_process(delay=0.005)
    shop = factories.organization()
    touchpoint = mailings.touchpoint_of(shop)
    mailings.invite(touchpoint, [f"customer{number}" for number in range(500)], now=timezone.now())
    leaving = list(Message.objects.order_by("-pk").values_list("to", "address_key")[:200:2])
    too_late: set[str] = set()

    def opt_out(to: str, key: str) -> None:
        suppressing.suppress(shop, address_key=key, reason=SuppressionReason.OPTED_OUT, now=timezone.now())
        # Whatever is not withheld now had left, or was on the wire, before she opted out.
        too_late.update(Message.objects.filter(to=to).exclude(state="withheld").values_list("to", flat=True))

    # One is in time however fast the workers are.
    opt_out(*leaving[0])
    with workers(3, tmp_path / "workers.log"):
        wait_for_mails(sink, 60)
        for to, key in leaving[1:]:
            opt_out(to, key)
        wait_for_mails(sink, 400)
    connection.close()
    settle_and_finish()

    arrived = sink.per_recipient()
    asked_not_to = {to for to, _ in leaving}
    assert asked_not_to & set(arrived) <= too_late
    assert Message.objects.filter(to__in=asked_not_to - too_late).exclude(state="withheld").count() == 0
    assert len(asked_not_to - too_late) > 0
    assert set(arrived.values()) == {1}
    assert Message.objects.filter(state="sent").count() == len(arrived)


@pytest.mark.django_db(transaction=True)
def test_an_opt_out_after_the_claim_stops_the_mail_before_the_wire(mail_sink: object, now: datetime) -> None:
    shop = factories.organization()
    mailings.invite(mailings.touchpoint_of(shop), ["anna"], now=now)

    def opt_out_then_go_on() -> bool:
        suppress(shop, SuppressionReason.OPTED_OUT, now)
        return False

    assert mailing.work(worker="w", now=now, stop=opt_out_then_go_on) == 0
    assert Message.objects.get().state == MessageState.WITHHELD
