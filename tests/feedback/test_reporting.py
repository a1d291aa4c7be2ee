"""Which attributes answers are counted by is chosen, and holds for answers that come from then on."""

import pytest
from django.test import Client
from django.urls import reverse

from feedback import attributes, known, reporting
from organizations.models import AuditEntry, Organization
from tests import factories
from tests.factories import NOW
from tests.feedback.asking import ask

pytestmark = pytest.mark.django_db


def test_a_response_carries_the_chosen_attributes_alone(client: Client, acme: Organization) -> None:
    reporting.choose(acme, ["store"], by=factories.member(acme), now=NOW)
    invitation = ask(acme, now=NOW)

    assert known.segments(invitation.interaction, acme.reporting_attributes) == {"store": "Berlin"}


def test_nothing_chosen_is_another_thing_than_nobody_having_chosen(acme: Organization) -> None:
    purchase = factories.purchase(factories.customer(acme), store="Berlin")

    assert known.segments(purchase, None) == {"store": "Berlin"}
    assert known.segments(purchase, []) == {}


def test_the_order_of_choosing_is_kept_and_what_is_new_follows(acme: Organization) -> None:
    quentin = factories.member(acme)
    reporting.choose(acme, ["store", "region"], by=quentin, now=NOW)

    reporting.choose(acme, ["channel", "region", "store"], by=quentin, now=NOW)

    acme.refresh_from_db()
    assert acme.reporting_attributes == ["store", "region", "channel"]
    assert [each.name for each in reporting.seen(acme)] == ["store", "region", "channel"]


def test_too_many_are_refused(acme: Organization) -> None:
    with pytest.raises(reporting.TooMany):
        reporting.choose(acme, [f"a{number}" for number in range(9)], by=factories.member(acme), now=NOW)


def test_a_file_decides_about_its_own_attributes_only(acme: Organization) -> None:
    quentin = factories.member(acme)
    reporting.choose(acme, ["store", "region"], by=quentin, now=NOW)

    reporting.choose_among(acme, ["store", "product"], ["product"], by=quentin, now=NOW)

    acme.refresh_from_db()
    assert acme.reporting_attributes == ["region", "product"]
    assert AuditEntry.objects.filter(what="organization.reporting_chosen", by=quentin).count() == 2


@pytest.mark.parametrize(
    ("values", "doubt"),
    [
        (["Berlin", "Köln"] * 30, ""),
        ([], ""),
        ([f"{number}.90" for number in range(20)] * 3, "numbers"),
        ([str(number % 3) for number in range(60)], ""),
        ([f"note {number}" for number in range(60)], "many"),
        (["a", "b", "c"], ""),
    ],
)
def test_attributes_that_would_tell_nothing_are_doubted(values: list[str], doubt: str) -> None:
    assert attributes.doubt(values) == doubt


def test_the_page_shows_what_purchases_carry_and_keeps_what_is_chosen(client: Client, acme: Organization) -> None:
    client.force_login(factories.member(acme).user)
    anna = factories.customer(acme)
    for number in range(60):
        factories.purchase(anna, store="Berlin", note=f"note {number}")
    address = reverse("feedback:reporting_attributes", args=[acme.slug])
    page = client.get(address).content.decode()
    assert "nearly every value is another" in page

    answer = client.post(address, {"name": ["store", "forged"]})

    acme.refresh_from_db()
    assert answer.status_code == 302
    assert acme.reporting_attributes == ["store"]


def test_too_many_chosen_on_the_page_are_refused_with_words(client: Client, acme: Organization) -> None:
    client.force_login(factories.member(acme).user)
    names = [f"a{number}" for number in range(9)]
    factories.purchase(factories.customer(acme), days_ago=5, **dict.fromkeys(names, "x"))  # type: ignore[arg-type]

    answer = client.post(reverse("feedback:reporting_attributes", args=[acme.slug]), {"name": names})

    assert answer.status_code == 422
    assert "Choose at most 8 attributes" in answer.content.decode()
    # What was ticked stays ticked, so that one of them can be taken out.
    assert answer.content.decode().count(" checked>") == 9


@pytest.mark.parametrize(
    ("pressed", "order"),
    [
        ("up:region", ["region", "store", "channel"]),
        ("down:region", ["store", "channel", "region"]),
        ("up:store", ["store", "region", "channel"]),
        ("down:channel", ["store", "region", "channel"]),
        ("up:forged", ["store", "region", "channel"]),
        ("left:store", ["store", "region", "channel"]),
    ],
)
def test_arrows_change_the_order_on_the_dashboard(
    client: Client, acme: Organization, pressed: str, order: list[str]
) -> None:
    quentin = factories.member(acme)
    client.force_login(quentin.user)
    reporting.choose(acme, ["store", "region", "channel"], by=quentin, now=NOW)
    address = reverse("feedback:reporting_attributes", args=[acme.slug])

    page = client.post(address, {"name": ["store", "region", "channel"], "do": pressed}, follow=True)

    acme.refresh_from_db()
    assert acme.reporting_attributes == order
    assert [each.name for each in page.context["attributes"]] == order


def test_what_was_ticked_before_an_arrow_was_pressed_is_kept(client: Client, acme: Organization) -> None:
    quentin = factories.member(acme)
    client.force_login(quentin.user)
    factories.purchase(factories.customer(acme), store="Berlin", region="East", channel="web")
    reporting.choose(acme, ["store", "region"], by=quentin, now=NOW)

    said = {"name": ["store", "region", "channel"], "do": "up:region"}
    client.post(reverse("feedback:reporting_attributes", args=[acme.slug]), said)

    acme.refresh_from_db()
    assert acme.reporting_attributes == ["region", "store", "channel"]
