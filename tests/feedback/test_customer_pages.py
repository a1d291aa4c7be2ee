"""Customers' pages: search, order and history."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.models import Organization, Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(client: Client) -> Organization:
    made = factories.organization()
    client.force_login(factories.member(made).user)
    return made


@pytest.mark.parametrize(
    ("query", "found"), [("anna", 1), ("ÁNNA", 1), ("customers.example", 2), ("C-", 2), ("nobody", 0), ("%", 0)]
)
def test_customers_are_found_by_name_address_and_number(
    client: Client, acme: Organization, query: str, found: int
) -> None:
    factories.customer(acme, "Anna Berg")
    factories.customer(acme, "Bela Toth")

    page = client.get(reverse("feedback:customers", args=[acme.slug]), {"q": query})

    assert len(page.context["page_obj"].object_list) == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "Anna Bela Cora"),
        ("-name", "Cora Bela Anna"),
        ("latest", "Cora Bela Anna"),
        ("purchases", "Bela Cora Anna"),
    ],
)
def test_customers_are_sorted_by_name_latest_purchase_and_number_of_purchases(
    client: Client, acme: Organization, sort: str, order: str
) -> None:
    _anna, bela, cora = (factories.customer(acme, name) for name in ("Anna", "Bela", "Cora"))
    factories.purchase(bela, days_ago=9)
    factories.purchase(bela, days_ago=5)
    factories.purchase(cora, days_ago=2)

    page = client.get(reverse("feedback:customers", args=[acme.slug]), {"sort": sort})

    assert " ".join(customer.name for customer in page.context["page_obj"]) == order


@pytest.mark.parametrize(
    "parameters", [{"page": "0"}, {"page": "x"}, {"page": "9" * 30}, {"sort": "drop"}, {"q": "x" * 9999}]
)
def test_rubbish_in_the_address_shows_the_list(client: Client, acme: Organization, parameters: dict[str, str]) -> None:
    assert client.get(reverse("feedback:customers", args=[acme.slug]), parameters).status_code == 200


def test_one_customer_shows_what_happened_to_her(client: Client, acme: Organization) -> None:
    anna = factories.customer(acme)
    factories.purchase(anna, reference="A-4711", product="Headphones")

    page = client.get(reverse("feedback:customer", args=[acme.slug, anna.pk]))

    assert "A-4711" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_a_fixed_number_of_times(
    client: Client, acme: Organization, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        factories.purchase(factories.customer(acme, f"Customer{number} Lister"))

    with django_assert_num_queries(6):
        client.get(reverse("feedback:customers", args=[acme.slug]))


def test_a_viewer_sees_no_customers(client: Client, acme: Organization) -> None:
    client.force_login(factories.member(acme, Role.VIEWER).user)

    assert client.get(reverse("feedback:customers", args=[acme.slug])).status_code == 403
