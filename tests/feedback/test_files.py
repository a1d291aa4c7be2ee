"""Lists of customers and of mails as files."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from organizations.models import AuditEntry, Member, Organization, Role
from tests import factories, workbooks
from tests.belongings import Belongings

pytestmark = pytest.mark.django_db


@pytest.fixture
def quentins(client: Client, cast: dict[Role, Member]) -> Client:
    client.force_login(cast[Role.QUALITY_MANAGER].user)
    return client


def rows_of(client: Client, acme: Organization, path: str, **query: Any) -> list[dict[str, str]]:
    answer = client.get(f"/o/{acme.slug}/{path}/export/", query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_customers_leave_as_the_list_shows_them(acme: Organization, quentins: Client) -> None:
    anna = factories.customer(acme, "Anna Berg", attributes={"tier": "=gold"})
    factories.customer(acme, "Berta Kern")
    factories.purchase(anna, days_ago=3)
    factories.purchase(anna, days_ago=1)

    (row,) = rows_of(quentins, acme, "customers", q="anna")

    assert (row["Number"], row["Name"], row["E-mail"], row["Purchases"]) == (
        anna.reference,
        "Anna Berg",
        anna.email,
        "2",
    )
    assert row["Latest"] == "2026-03-09 10:00:00"
    assert row["tier"] == "'=gold"
    assert [row["Name"] for row in rows_of(quentins, acme, "customers", sort="-name")] == ["Berta Kern", "Anna Berg"]


def test_mails_leave_with_their_state(acme: Organization, quentins: Client) -> None:
    it = Belongings(acme)
    it.__dict__["cast"] = {Role(member.role): member for member in acme.members.select_related("user")}
    message = it.message

    (row,) = rows_of(quentins, acme, "mail", state="failed")

    assert (row["Mail"], row["To"], row["State"], row["Purpose"]) == (
        str(message.pk),
        message.to,
        "failed",
        "invitation",
    )
    assert rows_of(quentins, acme, "mail", state="sent") == []


def test_a_workbook_has_the_same_rows(acme: Organization, quentins: Client) -> None:
    factories.customer(acme, "+Anna")

    book = workbooks.rows(quentins.get(f"/o/{acme.slug}/customers/export/?format=xlsx").getvalue())

    assert [row["B"] for row in book] == ["Name", "+Anna"]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_file_asks_the_database_as_much_for_three_as_for_one(
    acme: Organization, quentins: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        factories.customer(acme, f"Anna {number}", attributes={"tier": "gold"})

    with django_assert_num_queries(8):
        rows_of(quentins, acme, "customers")


@pytest.mark.parametrize(("path", "what"), [("customers", "customers.exported"), ("mail", "mails.exported")])
def test_who_took_a_file_is_on_record(acme: Organization, quentins: Client, path: str, what: str) -> None:
    rows_of(quentins, acme, path, q="Anna Berg")

    assert AuditEntry.objects.get(what=what).detail == {"rows": 0, "format": "csv"}


@pytest.mark.parametrize("path", ["customers", "mail"])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.CASE_WORKER])
def test_nobody_below_a_quality_manager_takes_files(
    acme: Organization, cast: dict[Role, Member], client: Client, path: str, role: Role
) -> None:
    client.force_login(cast[role].user)

    assert client.get(f"/o/{acme.slug}/{path}/export/").status_code == 403


def test_nobody_of_another_organization_is_in_a_file(acme: Organization, quentins: Client) -> None:
    factories.customer(factories.organization("Umbra"), "Mallory")

    assert rows_of(quentins, acme, "customers") == []
