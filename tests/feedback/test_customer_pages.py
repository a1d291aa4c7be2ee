"""Customers' pages: search, order, history, and bringing a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.models import Organization, Role
from tests import factories

pytestmark = pytest.mark.django_db

FILE = "order,date,customer,email,name\nA-1,2026-01-05,C-1,anna@example.com,Anna Berg\n"


@pytest.fixture
def acme(client: Client) -> Organization:
    made = factories.organization()
    client.force_login(factories.member(made).user)
    return made


def bring(client: Client, acme: Organization, content: str | bytes, name: str = "purchases.csv"):  # type: ignore[no-untyped-def]
    body = content.encode() if isinstance(content, str) else content
    return client.post(reverse("feedback:bring", args=[acme.slug]), {"file": SimpleUploadedFile(name, body)})


def test_a_file_of_purchases_is_recorded_and_said_so(client: Client, acme: Organization) -> None:
    answer = bring(client, acme, FILE)

    assert answer.status_code == 302
    assert acme.interactions.get().reference == "A-1"
    assert "1 purchase recorded." in client.get(answer.headers["Location"]).content.decode()


def test_the_same_file_twice_says_that_it_was_known(client: Client, acme: Organization) -> None:
    bring(client, acme, FILE)
    answer = bring(client, acme, FILE)

    assert "1 were known already." in client.get(answer.headers["Location"]).content.decode()
    assert acme.interactions.count() == 1


def test_faults_are_listed_with_row_column_and_advice_and_nothing_is_recorded(
    client: Client, acme: Organization
) -> None:
    answer = bring(client, acme, FILE + "A-2,yesterday,C-2,bela@example.com,<b>Bela</b>\n")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "yesterday" in page
    assert "Write it as 2026-01-31" in page
    assert not acme.interactions.exists()


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b"\x89PNG\r\n\x1a\n", b"\xff\xfe\x00", b"a" * 6_000_000])
def test_rubbish_is_refused_with_advice(client: Client, acme: Organization, content: bytes) -> None:
    assert bring(client, acme, content).status_code == 422


def test_a_form_without_a_file_says_so(client: Client, acme: Organization) -> None:
    answer = client.post(reverse("feedback:bring", args=[acme.slug]))

    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()


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
