"""A customer who wants to be forgotten leaves counts, a key of her address, and nothing that names her."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from actions import casework, replying
from actions.models import Case, CaseState, Outcome
from feedback import bringing, erasing, inviting, mailing, outbox, suppressing
from feedback.models import (
    ChangedDay,
    Customer,
    Import,
    ImportState,
    Interaction,
    Message,
    Reason,
    Response,
    Skip,
    SuppressionReason,
)
from organizations.models import AuditEntry, Member, Organization, Role
from tests import factories
from tests.actions.unhappy import case_of
from tests.factories import NOW
from tests.feedback.asking import ask, open_page, press
from tests.feedback.at_once import in_parallel
from tests.feedback.importing import recorded

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# Whatever of her may stand in a row.
HERS = ("Anna", "anna", "customers.example", "torn", "doorbell", "Sonnenallee", "mailbox full")


@pytest.fixture
def quentin(cast: dict[Role, Member]) -> Member:
    return cast[Role.QUALITY_MANAGER]


@pytest.fixture
def case(acme: Organization, cast: dict[Role, Member]) -> Case:
    """Anna was unhappy, and Carla wrote to her."""
    found = case_of(acme, now=NOW)
    carla = cast[Role.CASE_WORKER]
    casework.note(found, text="Anna's doorbell is broken", by=carla, now=NOW)
    replying.reply(found, subject="Sorry, Anna", text="About the torn box.", key=uuid.uuid4(), by=carla, now=NOW)
    assert found.customer is not None
    Customer.objects.filter(pk=found.customer.pk).update(attributes={"street": "Sonnenallee 1"})
    Interaction.objects.update(attributes={"deliver_to": "Anna Berg, Sonnenallee 1"})
    Message.objects.update(last_reply="450 <anna@customers.example> mailbox full")
    return found


@pytest.fixture
def anna(case: Case) -> Customer:
    assert case.customer is not None
    case.customer.refresh_from_db()
    return case.customer


def _everything() -> str:
    """Each row of each table but those that hold what is made beforehand, as text."""
    told = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.split("_")[0] in ("feedback", "actions", "dashboards") or table == "organizations_auditentry":
                cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t')
                told.append(cursor.fetchone()[0] or "")
    return "\n".join(told)


def test_nothing_that_names_her_or_that_she_said_is_left_anywhere(anna: Customer, quentin: Member) -> None:
    before = _everything()
    assert [word for word in HERS if word not in before] == []

    assert erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW) == 1

    after = _everything()
    assert [word for word in (*HERS, anna.reference) if word in after] == []
    assert not Response.objects.exists()


def test_the_days_of_her_answers_are_counted_anew(anna: Customer, quentin: Member) -> None:
    day = Response.objects.get().answered_on
    ChangedDay.objects.all().delete()

    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)

    assert [changed.day for changed in ChangedDay.objects.all()] == [day]


def test_her_case_stays_as_a_count_and_is_closed(anna: Customer, case: Case, quentin: Member) -> None:
    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)

    case.refresh_from_db()
    assert (case.customer, case.response, case.score) == (None, None, None)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.ERASED)


def test_the_record_tells_that_a_customer_was_erased_and_not_whom(anna: Customer, quentin: Member) -> None:
    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)

    entry = AuditEntry.objects.get(what="customer.erased")
    assert (entry.by, entry.about_id) == (quentin, str(anna.pk))
    assert entry.detail == {"responses": 1, "mails": 1, "purchases": 1}


def test_mail_that_waits_for_her_does_not_leave_and_cannot_be_sent_again(anna: Customer, quentin: Member) -> None:
    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)

    message = Message.objects.get()
    assert (message.to, message.state, message.cause) == ("", "withheld", Reason.NO_ADDRESS)
    assert mailing.claim(worker="w", now=NOW + DAY) == []
    Message.objects.update(state="failed")
    with pytest.raises(outbox.CannotSendAgain, match="erased"):
        outbox.send_again(message, by=quentin, confirmed=True, now=NOW)
    assert outbox.retry_failed(anna.organization, by=quentin, now=NOW) == 0


def test_her_opt_out_holds_for_whoever_comes_with_her_address_again(
    acme: Organization, anna: Customer, quentin: Member
) -> None:
    key, email = anna.address_key, anna.email
    suppressing.suppress(acme, address_key=key, reason=SuppressionReason.OPTED_OUT, now=NOW)

    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)

    again = factories.customer(acme, "Anna Berg", email=email)
    purchase = factories.purchase(again, now=NOW + 10 * DAY)
    inviting.sweep(now=NOW + 10 * DAY)
    assert suppressing.reason_of(acme, key) == SuppressionReason.OPTED_OUT
    assert Skip.objects.get(interaction=purchase).reason == Reason.OPTED_OUT


def test_nobody_asks_an_erased_customer_about_a_purchase_that_was_not_due_yet(
    acme: Organization, quentin: Member
) -> None:
    factories.touchpoint(acme)
    anna = factories.customer(acme)
    purchase = factories.purchase(anna, days_ago=1)
    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)

    inviting.sweep(now=NOW + 5 * DAY)

    assert not Message.objects.exists()
    assert Skip.objects.get(interaction=purchase).reason == Reason.NO_ADDRESS


@pytest.mark.parametrize("number", ["anna@customers.example", "C-17"])
def test_a_purchase_that_is_known_by_her_number_or_address_loses_it(
    acme: Organization, quentin: Member, number: str
) -> None:
    anna = factories.customer(acme, reference=number, email="anna@customers.example")
    made = factories.purchase(anna, reference=f"{number} 2026-03-05 1")
    by_address = factories.purchase(anna, reference="web/Anna@customers.example/7")
    of_the_shop = factories.purchase(anna, reference="A-1")

    erasing.erase(anna, typed=number, by=quentin, now=NOW)

    for purchase in (made, by_address, of_the_shop):
        purchase.refresh_from_db()
    references = [made.reference, by_address.reference, of_the_shop.reference]
    assert references == [f" erased-{made.pk}", f" erased-{by_address.pk}", "A-1"]


@pytest.mark.parametrize("number", ["erased-{}", " erased-{}", '" erased-{}"', "\u2003erased-{}"])
def test_no_file_can_name_an_erased_customer(acme: Organization, quentin: Member, number: str) -> None:
    anna = factories.customer(acme)
    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)

    it = recorded(acme, f"date,customer,email\n2026-03-01,{number.format(anna.pk)},otto@customers.example\n")

    anna.refresh_from_db()
    assert (it.state, it.customers_new, anna.email) == (ImportState.DONE, 1, "")


def test_a_number_with_two_blanks_is_typed_as_it_is_shown(acme: Organization, quentin: Member) -> None:
    anna = factories.customer(acme, reference="C  17")

    erasing.erase(anna, typed="C 17", by=quentin, now=NOW)

    anna.refresh_from_db()
    assert anna.erased_at == NOW


def test_why_mail_may_go_to_her_again_is_forgotten_unless_others_have_her_address(
    acme: Organization, anna: Customer, quentin: Member
) -> None:
    suppressing.suppress(acme, address_key=anna.address_key, reason=SuppressionReason.BOUNCED, now=NOW)
    suppressing.lift(
        acme,
        address_key=anna.address_key,
        reason=SuppressionReason.BOUNCED,
        why="Anna called",
        by=quentin,
        now=NOW,
    )
    twin = factories.customer(acme, "Anna B.", email=anna.email)

    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)
    assert [release.why for release in suppressing.released(acme, anna.address_key)] == ["Anna called"]
    erasing.erase(twin, typed=twin.reference, by=quentin, now=NOW)

    assert [release.why for release in suppressing.released(acme, anna.address_key)] == ["–"]


def test_a_page_of_hers_that_is_still_open_somewhere_is_not_taken_any_more(
    client: Client, acme: Organization, quentin: Member, freeze: Callable[[datetime], None]
) -> None:
    freeze(NOW)
    invitation = ask(acme, now=NOW)
    page = open_page(client, invitation)
    customer = invitation.customer
    erasing.erase(customer, typed=customer.reference, by=quentin, now=NOW)

    answer = press(client, invitation, page, nps="3")

    assert answer.status_code == 410
    assert not Response.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_erase_her_at_once_erase_her_once(acme: Organization, quentin: Member) -> None:
    anna = factories.customer(acme)

    in_parallel([partial(erasing.erase, anna, typed=anna.reference, by=quentin, now=NOW)] * 5)

    anna.refresh_from_db()
    assert anna.erased_at == NOW
    assert AuditEntry.objects.filter(what="customer.erased").count() == 1


def test_nobody_is_erased_while_a_file_could_bring_her_back(acme: Organization, quentin: Member) -> None:
    anna = factories.customer(acme)
    it = bringing.bring(acme, [b"date,customer\n2026-03-01,C-1\n"], name="a.csv", by=quentin, now=NOW)
    Import.objects.filter(pk=it.pk).update(state=ImportState.RECORDING, queued_at=NOW)

    with pytest.raises(erasing.NotWhileRecording, match="being recorded right now"):
        erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)

    Import.objects.filter(pk=it.pk).update(state=ImportState.DONE, finished_at=NOW)
    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)
    anna.refresh_from_db()
    assert anna.erased_at == NOW


def test_twice_is_once(anna: Customer, quentin: Member) -> None:
    number = anna.reference
    erasing.erase(anna, typed=number, by=quentin, now=NOW)

    assert erasing.erase(anna, typed=number, by=quentin, now=NOW + DAY) == 0
    assert AuditEntry.objects.filter(what="customer.erased").count() == 1


def test_the_page_names_what_goes_and_wants_her_number(
    client: Client, acme: Organization, anna: Customer, case: Case, quentin: Member
) -> None:
    client.force_login(quentin.user)
    address = reverse("feedback:customer_erase", args=[acme.slug, anna.pk])
    page = client.get(address).content.decode()
    for told in ("1 response with its answers", "The words of 1 letter", f"Case {case.pk} loses its customer"):
        assert told in page

    refused = client.post(address, {"number": "C-wrong"})
    assert refused.status_code == 422
    assert f"Type the customer&#x27;s number, {anna.reference}, to confirm." in refused.content.decode()
    assert Response.objects.count() == 1

    done = client.post(address, {"number": f" {anna.reference} "}, follow=True)

    assert done.redirect_chain == [(reverse("feedback:customers", args=[acme.slug]), 302)]
    assert "Anna" not in done.content.decode()
    assert "Erased customer" in client.get(reverse("feedback:customer", args=[acme.slug, anna.pk])).content.decode()
    assert "erased already" in client.get(address, follow=True).content.decode()


def test_other_customers_with_the_same_address_are_named(
    client: Client, acme: Organization, anna: Customer, quentin: Member
) -> None:
    twin = factories.customer(acme, "Anna B.", email=anna.email)
    client.force_login(quentin.user)

    page = client.get(reverse("feedback:customer_erase", args=[acme.slug, anna.pk])).content.decode()

    assert f"Anna B. ({twin.reference})" in page


def test_an_erased_customer_is_not_looked_for(client: Client, acme: Organization) -> None:
    quentin = factories.member(acme)
    bela, anna = factories.customer(acme, "Bela Toth"), factories.customer(acme)
    erasing.erase(anna, typed=anna.reference, by=quentin, now=NOW)
    client.force_login(quentin.user)

    page = client.get(reverse("feedback:customers", args=[acme.slug]))

    assert [customer.pk for customer in page.context["page_obj"]] == [bela.pk]
