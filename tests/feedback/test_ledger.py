"""The ledger accounts for every purchase: one outcome each, found again by words and by outcome, page by page."""

import csv
import io
import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from feedback import inviting, ledger, ledger_lines, tallies
from feedback.models import (
    Interaction,
    Invitation,
    Message,
    MessageState,
    Purpose,
    Reason,
    Suppression,
    SuppressionReason,
)
from organizations.models import AuditEntry, Member, Organization, Role
from surveys.models import Touchpoint
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def quentin(acme: Organization, client: Client) -> Member:
    member = Member.objects.filter(organization=acme, role=Role.QUALITY_MANAGER).first() or factories.member(acme)
    client.force_login(member.user)
    return member


@pytest.fixture
def touchpoint(acme: Organization) -> Touchpoint:
    return factories.touchpoint(acme, rules=[{"interaction": "store", "is_not": "Outlet"}], reminders=1)


def address(of: Touchpoint, rest: str = "") -> str:
    return f"/o/{of.organization.slug}/touchpoints/{of.pk}/ledger/{rest}"


def answered(purchase: Interaction, *, completed: bool = True, now: datetime = NOW) -> None:
    invitation = Invitation.objects.get(interaction=purchase)
    Message.objects.filter(invitation=invitation).update(state=MessageState.SENT, sent_at=now)
    factories.response(invitation, now=now, completed=completed)


def every_outcome(touchpoint: Touchpoint, *, now: datetime = NOW) -> dict[str, Interaction]:
    """One purchase of each outcome there is."""
    acme = touchpoint.organization

    def bought(name: str, days_ago: float = 5, store: str = "Berlin") -> Interaction:
        return factories.purchase(factories.customer(acme, name), days_ago=days_ago, now=now, store=store)

    purchases = {
        ledger_lines.ANSWERED: bought("Anna Answered"),
        ledger_lines.BEGUN: bought("Bela Begun"),
        ledger_lines.UNANSWERED: bought("Una Unanswered"),
        ledger_lines.UNSENT: bought("Wanda Waiting"),
        Reason.NOT_MEANT: bought("Otto Outlet", store="Outlet"),
        Reason.OPTED_OUT: bought("Olga Out"),
        Reason.TOO_LONG_AGO: bought("Hilda History", days_ago=400),
        ledger_lines.NOT_DUE: bought("Tina Today", days_ago=1),
    }
    Suppression.objects.create(
        organization=acme,
        address_key=purchases[Reason.OPTED_OUT].customer.address_key,
        reason=SuppressionReason.OPTED_OUT,
        at=now,
    )
    inviting.sweep(now=now)
    inviting.skip_history(now=now)
    purchases[ledger_lines.UNDECIDED] = bought("Ulla Undecided")
    answered(purchases[ledger_lines.ANSWERED], now=now)
    answered(purchases[ledger_lines.BEGUN], completed=False, now=now)
    Message.objects.filter(invitation__interaction=purchases[ledger_lines.UNANSWERED]).update(
        state=MessageState.SENT, sent_at=now
    )
    return purchases


def test_every_purchase_has_one_outcome(touchpoint: Touchpoint) -> None:
    purchases = every_outcome(touchpoint)

    page = ledger.page(touchpoint, ledger.find(touchpoint, now=NOW), now=NOW)

    assert {entry.interaction_id: entry.reason or entry.outcome for entry in page.entries} == {
        purchase.pk: outcome for outcome, purchase in purchases.items()
    }


def test_the_numbers_add_up_to_all_that_is_on_record(touchpoint: Touchpoint) -> None:
    every_outcome(touchpoint)

    decided = tallies.decided(touchpoint, now=NOW)

    assert (decided.total, decided.asked, decided.not_due, decided.undecided) == (9, 4, 1, 1)
    assert decided.skipped == {Reason.OPTED_OUT: 1, Reason.TOO_LONG_AGO: 1, Reason.NOT_MEANT: 1}
    assert decided.asked + decided.all_skipped + decided.not_due + decided.undecided == decided.total


@pytest.mark.parametrize(
    ("asked_for", "outcomes"),
    [
        ("asked", {"answered", "begun", "unanswered", "unsent"}),
        ("skipped", {"not_meant", "opted_out", "too_long_ago"}),
        *((name, {name}) for name in ("answered", "begun", "unanswered", "unsent", "not_due", "undecided")),
        *((name, {name}) for name in ("not_meant", "opted_out", "too_long_ago")),
        ("bounced", set()),
    ],
)
def test_it_is_filtered_by_outcome_and_by_reason(touchpoint: Touchpoint, asked_for: str, outcomes: set[str]) -> None:
    every_outcome(touchpoint)

    page = ledger.page(touchpoint, ledger.find(touchpoint, outcome=asked_for, now=NOW), now=NOW)

    assert {entry.reason or entry.outcome for entry in page.entries} == outcomes


def test_another_touchpoints_decisions_are_not_its_own(acme: Organization, touchpoint: Touchpoint) -> None:
    every_outcome(touchpoint)
    other = factories.touchpoint(acme, survey=touchpoint.survey, name="Other", quiet_period=0)

    page = ledger.page(other, ledger.find(other, now=NOW), now=NOW)

    assert {entry.outcome for entry in page.entries} == {ledger_lines.NOT_DUE, ledger_lines.UNDECIDED}
    assert list(ledger.find(other, outcome="asked", now=NOW)) == []


@pytest.mark.parametrize("words", ["waNDA", "wanda", "Wanda Wa", "{email}", "{reference}", "{order}"])
def test_it_is_searched_by_name_address_customer_and_order(touchpoint: Touchpoint, words: str) -> None:
    wanted = every_outcome(touchpoint)[ledger_lines.UNSENT]
    customer = wanted.customer
    words = words.format(email=customer.email, reference=customer.reference, order=wanted.reference.lower())

    assert list(ledger.find(touchpoint, words=words, now=NOW)) == [wanted]


@pytest.mark.parametrize("oldest_first", [False, True])
def test_pages_lead_forth_and_back_over_purchases_of_the_same_moment(
    acme: Organization, touchpoint: Touchpoint, oldest_first: bool
) -> None:
    anna = factories.customer(acme)
    for number in range(23):
        factories.purchase(anna, days_ago=5 + number // 8)
    found = ledger.find(touchpoint, now=NOW)
    wanted = [entry.interaction_id for entry in ledger.every(touchpoint, found, oldest_first=oldest_first, now=NOW)]

    def turn(place: ledger.Place | None) -> ledger.Page:
        return ledger.page(touchpoint, found, place=place, oldest_first=oldest_first, size=5, now=NOW)

    pages = [turn(None)]
    while (following := pages[-1].following) is not None:
        pages.append(turn(following))
    back = pages[-1]
    seen_back = [back]
    while (previous := back.previous) is not None:
        back = turn(previous)
        seen_back.append(back)

    def numbers(found: list[ledger.Page]) -> list[int]:
        return [entry.interaction_id for page in found for entry in page.entries]

    assert len(set(wanted)) == 23
    assert numbers(pages) == wanted
    assert numbers(seen_back[::-1]) == wanted


@pytest.mark.parametrize("count", [1, 3])
def test_its_page_takes_the_same_queries_for_one_purchase_and_for_three(
    client: Client,
    touchpoint: Touchpoint,
    quentin: Member,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        factories.purchase(factories.customer(touchpoint.organization, f"Customer{number} Berg"), store="Berlin")
    inviting.sweep(now=NOW)

    with django_assert_num_queries(11):
        page = client.get(address(touchpoint))

    assert len(page.context["entries"]) == count


def test_its_page_shows_the_outcome_the_mail_and_the_reminders(
    client: Client, touchpoint: Touchpoint, quentin: Member
) -> None:
    purchase = every_outcome(touchpoint)[ledger_lines.UNANSWERED]
    invitation = Invitation.objects.get(interaction=purchase)
    Message.objects.create(
        organization=invitation.organization,
        invitation=invitation,
        customer=invitation.customer,
        purpose=Purpose.REMINDER,
        number=1,
        uuid=uuid.uuid4(),
        to=invitation.customer.email,
        address_key=invitation.address_key,
        state=MessageState.SENT,
        sent_at=NOW,
        not_before=NOW,
        give_up_at=NOW,
        created_at=NOW,
    )

    page = client.get(address(touchpoint, "?outcome=unanswered")).content.decode()

    assert "Una Unanswered" in page
    assert "asked, no answer yet" in page
    assert "1 reminder" in page
    assert "Anna Answered" not in page


def test_it_is_downloaded_as_it_is_filtered_and_no_spreadsheet_runs_it(
    client: Client, touchpoint: Touchpoint, quentin: Member
) -> None:
    now = timezone.now()
    every_outcome(touchpoint, now=now)
    factories.purchase(factories.customer(touchpoint.organization, "=HYPERLINK(evil)"), days_ago=400, now=now)
    inviting.skip_history(now=now)

    response = client.get(address(touchpoint, "ledger.csv?outcome=too_long_ago&sort=oldest"))

    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert [(row["customer"], row["outcome"]) for row in rows] == [
        ("Hilda History", "too long ago"),
        ("'=HYPERLINK(evil)", "too long ago"),
    ]
    assert 'filename="ledger-after-a-purchase.csv"' in response["Content-Disposition"]
    told = AuditEntry.objects.get(what="ledger.exported")
    assert (told.by, told.detail) == (quentin, {"name": touchpoint.name, "outcome": "too_long_ago"})


def test_the_whole_of_it_is_downloaded_beyond_the_first_chunk(
    client: Client, touchpoint: Touchpoint, quentin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_CHUNK", 2)
    every_outcome(touchpoint)

    response = client.get(address(touchpoint, "ledger.csv"))

    assert len(b"".join(response).decode().strip().split("\r\n")) == 1 + 9


@pytest.mark.parametrize(
    "query",
    [
        "?after=x",
        "?before=9-9",
        "?after=99999999999.1-1",
        "?after=1.-1",
        "?outcome=%27",
        "?sort=up&q=%25_",
        "?after=1.2-" + "9" * 40,
    ],
)
def test_rubbish_in_its_address_asks_for_nothing(
    client: Client, touchpoint: Touchpoint, quentin: Member, query: str
) -> None:
    assert client.get(address(touchpoint, query)).status_code == 200


def test_a_case_worker_reads_it_and_is_led_to_no_page_that_she_may_not_see(
    client: Client, touchpoint: Touchpoint
) -> None:
    client.force_login(factories.member(touchpoint.organization, Role.CASE_WORKER).user)

    page = client.get(address(touchpoint)).content.decode()

    assert "No purchase is on record yet." in page
    assert '/touchpoints/"' not in page
    assert "customers/bring/" not in page


def test_a_customers_history_leads_to_the_ledger(client: Client, touchpoint: Touchpoint, quentin: Member) -> None:
    purchase = every_outcome(touchpoint)[Reason.TOO_LONG_AGO]

    page = client.get(f"/o/{touchpoint.organization.slug}/customers/{purchase.customer_id}/").content.decode()

    assert f"{address(touchpoint)}?q={purchase.reference}" in page


def test_a_month_old_page_address_still_leads_on(client: Client, touchpoint: Touchpoint, quentin: Member) -> None:
    anna = factories.customer(touchpoint.organization)
    for number in range(60):
        factories.purchase(anna, days_ago=5 + number)
    second = client.get(address(touchpoint)).context["following"]
    factories.purchase(anna, days_ago=1)

    page = client.get(address(touchpoint, f"?after={second}"))

    assert [entry.at for entry, _told, _mail in page.context["entries"]] == [
        NOW - timedelta(days=5 + number) for number in range(50, 60)
    ]
