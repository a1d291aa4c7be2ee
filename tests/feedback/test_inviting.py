"""A purchase becomes an invitation with its mail, or a skip with its reason, and never both."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections, transaction

from feedback import intake, inviting, recording
from feedback.models import (
    Interaction,
    Invitation,
    Message,
    MessageState,
    Purpose,
    Reason,
    Settled,
    Skip,
    Suppression,
    SuppressionReason,
)
from feedback.purchases import Purchase
from organizations.models import Organization
from surveys.models import TouchpointState
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_purchase_of_last_week_is_asked_about_by_one_mail() -> None:
    acme = factories.organization()
    after_purchase = factories.touchpoint(acme)
    anna = factories.customer(acme, language="de-AT")
    purchase = factories.purchase(anna)

    asked = inviting.invite(purchase, touchpoint=after_purchase, now=NOW)

    assert isinstance(asked, Invitation)
    assert asked.language == "de"
    assert asked.expires_at == NOW + timedelta(days=after_purchase.open_for)
    mail = Message.objects.get(invitation=asked)
    assert (mail.to, mail.purpose, mail.state) == (anna.email, Purpose.INVITATION, MessageState.QUEUED)


def test_a_purchase_is_decided_once_however_often_the_sweep_runs() -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    for name in ("Anna Berg", "Bela Toth", "Chiara Neri"):
        factories.purchase(factories.customer(acme, name))

    assert inviting.sweep(now=NOW) == 3
    assert inviting.sweep(now=NOW) == 0
    assert Message.objects.count() == 3


def test_a_purchase_of_yesterday_waits_for_its_day() -> None:
    acme = factories.organization()
    factories.touchpoint(acme, days_after=3)
    factories.purchase(factories.customer(acme), days_ago=1)

    assert inviting.sweep(now=NOW) == 0
    assert inviting.sweep(now=NOW + timedelta(days=2)) == 1
    assert Invitation.objects.count() == 1


def test_two_purchases_of_one_customer_bring_one_mail_about_the_newer_one() -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    anna = factories.customer(acme)
    older, newer = factories.purchase(anna, days_ago=9), factories.purchase(anna, days_ago=4)

    inviting.sweep(now=NOW)

    assert Invitation.objects.get().interaction == newer
    assert Skip.objects.get(interaction=older).reason == Reason.ASKED_RECENTLY


def test_two_guests_with_one_address_are_one_person_to_the_quiet_period() -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    for name in ("Guest One", "Guest Two"):
        factories.purchase(factories.customer(acme, name, email="family@customers.example"))

    inviting.sweep(now=NOW)

    assert (Invitation.objects.count(), Skip.objects.get().reason) == (1, Reason.ASKED_RECENTLY)


def test_history_is_skipped_as_too_long_ago() -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    factories.purchase(factories.customer(acme), days_ago=400)

    assert inviting.sweep(now=NOW) == 0
    assert inviting.skip_history(now=NOW) == 1
    assert inviting.skip_history(now=NOW) == 0

    assert Skip.objects.get().reason == Reason.TOO_LONG_AGO


def test_an_archived_survey_asks_nobody() -> None:
    acme = factories.organization()
    after_purchase = factories.touchpoint(acme)
    after_purchase.survey.archived_at = NOW
    after_purchase.survey.save(update_fields=["archived_at"])
    factories.purchase(factories.customer(acme))

    assert inviting.sweep(now=NOW) == 0


def test_a_large_organization_does_not_hold_up_a_small_one() -> None:
    large, small = factories.organization(), factories.organization("Globex")
    factories.touchpoint(large)
    factories.touchpoint(small)
    for number in range(5):
        factories.purchase(factories.customer(large, f"Customer{number} Large"))
    factories.purchase(factories.customer(small))

    assert inviting.sweep(now=NOW, limit=2) == 3
    assert small.invitations.count() == 1


def test_who_opted_out_is_not_asked() -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    anna = factories.customer(acme)
    Suppression.objects.create(
        organization=acme, address_key=anna.address_key, reason=SuppressionReason.OPTED_OUT, at=NOW
    )
    factories.purchase(anna)

    inviting.sweep(now=NOW)

    assert Skip.objects.get().reason == Reason.OPTED_OUT
    assert not Message.objects.exists()


def test_an_opt_out_holds_for_the_organization_that_it_was_said_to() -> None:
    acme, globex = factories.organization(), factories.organization("Globex")
    factories.touchpoint(globex)
    anna = factories.customer(globex)
    Suppression.objects.create(
        organization=acme, address_key=anna.address_key, reason=SuppressionReason.OPTED_OUT, at=NOW
    )
    factories.purchase(anna)

    inviting.sweep(now=NOW)

    assert Invitation.objects.get().organization == globex


def test_a_paused_touchpoint_asks_nobody() -> None:
    acme = factories.organization()
    factories.touchpoint(acme, state=TouchpointState.PAUSED)
    factories.purchase(factories.customer(acme))

    assert inviting.sweep(now=NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_parallel_sweeps_ask_each_address_once() -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    second = factories.touchpoint(acme, survey=factories.survey(acme, name="Second"))
    assert second.pk
    for number in range(20):
        factories.purchase(factories.customer(acme, f"Customer{number} Twin"))

    def sweep() -> None:
        try:
            inviting.sweep(now=NOW)
        finally:
            connections.close_all()

    sweeps = [threading.Thread(target=sweep) for _ in range(6)]
    for each in sweeps:
        each.start()
    for each in sweeps:
        each.join()
    inviting.sweep(now=NOW)

    assert Invitation.objects.count() == 20
    assert Skip.objects.filter(reason=Reason.ASKED_RECENTLY).count() == 20
    assert Message.objects.count() == 20


def test_what_the_rules_leave_out_is_skipped_as_not_meant() -> None:
    acme = factories.organization()
    factories.touchpoint(acme, rules=[{"interaction": "store", "is": "Berlin"}])
    in_berlin = factories.purchase(factories.customer(acme, "Anna Berg"), store="Berlin")
    in_rome = factories.purchase(factories.customer(acme, "Chiara Neri"), store="Rome")
    unknown = factories.purchase(factories.customer(acme, "Bela Toth"))

    inviting.sweep(now=NOW)

    assert Invitation.objects.get().interaction == in_berlin
    assert dict(Skip.objects.values_list("interaction", "reason")) == {
        in_rome.pk: Reason.NOT_MEANT,
        unknown.pk: Reason.NOT_MEANT,
    }


def test_rules_may_go_by_the_customers_language_and_by_where_the_purchase_came_from() -> None:
    acme = factories.organization()
    factories.touchpoint(
        acme, rules=[{"customer": "language", "one_of": ["de", "fr"]}, {"interaction": "source", "is": "shop"}]
    )
    heidi = factories.purchase(factories.customer(acme, "Heidi Huber", language="de-AT"))
    factories.purchase(factories.customer(acme, "Ann Smith", language="en"))

    inviting.sweep(now=NOW)

    assert Invitation.objects.get().interaction == heidi


def test_a_purchase_that_was_not_meant_does_not_use_up_the_quiet_period() -> None:
    acme = factories.organization()
    factories.touchpoint(acme, rules=[{"interaction": "store", "is": "Berlin"}])
    anna = factories.customer(acme)
    older, newer = factories.purchase(anna, days_ago=9, store="Berlin"), factories.purchase(anna, days_ago=4)

    inviting.sweep(now=NOW)

    assert Invitation.objects.get().interaction == older
    assert Skip.objects.get().interaction == newer


def test_a_sweep_that_found_nothing_reads_the_rest_alone_the_next_time() -> None:
    acme = factories.organization()
    factories.touchpoint(acme, days_after=3)
    factories.purchase(factories.customer(acme), days_ago=5)
    later = factories.purchase(factories.customer(acme, "Bela Toth"), days_ago=2)
    inviting.sweep(now=NOW)

    assert (inviting.sweep(now=NOW), inviting.skip_history(now=NOW)) == (0, 0)

    assert Settled.objects.get(is_history=False).until == NOW - timedelta(days=3)
    # What was too young then is due in time, though nothing came in.
    assert inviting.sweep(now=NOW + timedelta(minutes=30)) == 0
    Settled.objects.update(looked_at=NOW + timedelta(days=1))
    assert inviting.sweep(now=NOW + timedelta(days=1, minutes=1)) == 1
    assert Invitation.objects.filter(interaction=later).exists()


@pytest.mark.parametrize("days_ago", [4, 20, 29.9])
def test_what_comes_in_late_is_asked_about_by_the_next_sweep(days_ago: float) -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    inviting.sweep(now=NOW)
    assert Settled.objects.exists()

    record_purchase(acme, days_ago=days_ago)

    assert inviting.sweep(now=NOW) == 1


def test_history_that_comes_in_late_is_skipped_by_the_next_look() -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    assert inviting.skip_history(now=NOW) == 0

    record_purchase(acme, days_ago=400)

    assert inviting.skip_history(now=NOW) == 1
    assert Skip.objects.get().reason == Reason.TOO_LONG_AGO


def test_a_touchpoint_that_may_now_ask_about_older_ones_looks_at_them() -> None:
    acme = factories.organization()
    after_purchase = factories.touchpoint(acme)
    factories.purchase(factories.customer(acme), days_ago=40)
    assert inviting.sweep(now=NOW) == 0

    after_purchase.only_younger_than = 60
    after_purchase.save(update_fields=["only_younger_than"])

    assert inviting.sweep(now=NOW) == 1


def test_what_came_in_by_a_way_of_its_own_is_found_within_an_hour() -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    purchase = factories.purchase(factories.customer(acme), days_ago=40)
    inviting.sweep(now=NOW)
    Interaction.objects.filter(pk=purchase.pk).update(experienced_at=NOW - timedelta(days=10))

    assert inviting.sweep(now=NOW + timedelta(minutes=59)) == 0
    assert inviting.sweep(now=NOW + timedelta(minutes=61)) == 1


@pytest.mark.django_db(transaction=True)
def test_while_somebody_records_no_sweep_notes_that_nothing_is_left() -> None:
    acme = factories.organization()
    factories.touchpoint(acme)
    with transaction.atomic():
        recording.one_at_a_time(acme.pk)
        in_thread(lambda: inviting.sweep(now=NOW))
    assert not Settled.objects.exists()

    in_thread(lambda: inviting.sweep(now=NOW))

    assert Settled.objects.exists()


def in_thread(work: Callable[[], object]) -> None:
    """By a connection of its own, as another process would."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=120)
    assert not thread.is_alive()


def record_purchase(organization: Organization, *, days_ago: float) -> None:
    at = NOW - timedelta(days=days_ago)
    purchase = Purchase("A-late", "C-late", at, email="late@customers.example")
    intake.record(organization, [purchase], source="shop", by=None, now=NOW)
