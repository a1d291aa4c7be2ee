"""Purchases come in: twice is once, and what is known is not wiped."""

from datetime import timedelta

import pytest

from feedback import intake
from feedback.models import Suppression, SuppressionReason
from feedback.purchases import Purchase
from organizations.models import AuditEntry
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def bought(reference: str = "A-1", customer: str = "C-1", **values: str) -> Purchase:
    return Purchase(reference, customer, NOW - timedelta(days=5), **values)  # type: ignore[arg-type]


def test_a_purchase_makes_a_customer_and_an_interaction() -> None:
    acme = factories.organization()
    quentin = factories.member(acme)

    recorded = intake.record(
        acme, [bought(email="Anna@Example.com", name="Ánna Berg")], source="csv", by=quentin, now=NOW
    )

    assert recorded == intake.Recorded(customers=1, interactions=1, already_known=0)
    anna = acme.customers.get()
    assert (anna.reference, anna.email, anna.sort_name) == ("C-1", "Anna@Example.com", "anna berg")
    assert acme.interactions.get().customer == anna
    assert AuditEntry.objects.get(organization=acme, what="interactions.recorded").by == quentin


def test_the_same_file_twice_changes_nothing() -> None:
    acme = factories.organization()
    file = [bought("A-1"), bought("A-2"), bought("A-3", "C-2")]
    intake.record(acme, file, source="csv", by=None, now=NOW)

    again = intake.record(acme, file, source="csv", by=None, now=NOW)

    assert again == intake.Recorded(customers=0, interactions=0, already_known=3)
    assert (acme.customers.count(), acme.interactions.count()) == (2, 3)


def test_the_same_number_from_another_source_is_another_purchase() -> None:
    acme = factories.organization()
    intake.record(acme, [bought("A-1")], source="csv", by=None, now=NOW)

    assert intake.record(acme, [bought("A-1")], source="shop", by=None, now=NOW).interactions == 1


def test_two_organizations_may_use_the_same_numbers() -> None:
    acme, globex = factories.organization(), factories.organization("Globex")
    intake.record(acme, [bought()], source="csv", by=None, now=NOW)

    assert intake.record(globex, [bought()], source="csv", by=None, now=NOW).interactions == 1
    assert acme.customers.get() != globex.customers.get()


def test_an_empty_cell_does_not_wipe_an_address_and_a_filled_one_renews_it() -> None:
    acme = factories.organization()
    intake.record(acme, [bought("A-1", email="anna@old.example", name="Anna")], source="csv", by=None, now=NOW)
    key = acme.customers.get().address_key

    intake.record(acme, [bought("A-2")], source="csv", by=None, now=NOW)
    assert acme.customers.get().email == "anna@old.example"

    intake.record(acme, [bought("A-3", email="anna@new.example")], source="csv", by=None, now=NOW)
    anna = acme.customers.get()
    assert (anna.email, anna.name) == ("anna@new.example", "Anna")
    assert anna.address_key != key


def test_no_file_clears_an_opt_out() -> None:
    acme = factories.organization()
    intake.record(acme, [bought(email="anna@example.com")], source="csv", by=None, now=NOW)
    anna = acme.customers.get()
    Suppression.objects.create(
        organization=acme, address_key=anna.address_key, reason=SuppressionReason.OPTED_OUT, at=NOW
    )

    intake.record(acme, [bought("A-2", "C-9", email=" ANNA@example.com")], source="csv", by=None, now=NOW)

    assert acme.suppressions.filter(address_key=acme.customers.get(reference="C-9").address_key).exists()


def test_an_address_has_one_key_however_it_is_written() -> None:
    acme = factories.organization()
    intake.record(
        acme,
        [bought("A-1", "C-1", email="Jörg@Bücher.example"), bought("A-2", "C-2", email="jörg@xn--bcher-kva.example")],
        source="csv",
        by=None,
        now=NOW,
    )

    assert len(set(acme.customers.values_list("address_key", flat=True))) == 1
