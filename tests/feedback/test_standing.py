"""A customer's page says why she is not written to, and lets a quality manager lift what may be lifted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from feedback import suppressing
from feedback.models import Customer, Release, Suppression, SuppressionReason
from organizations.models import AuditEntry, Organization, Role
from tests import factories


@pytest.fixture
def anna(acme: Organization) -> Customer:
    return factories.customer(acme)


@pytest.fixture
def as_role(acme: Organization) -> Callable[[Role], Client]:
    cast = factories.cast(acme)

    def sign_in(role: Role) -> Client:
        browser = Client()
        browser.force_login(cast[role].user)
        return browser

    return sign_in


def stop(anna: Customer, reason: SuppressionReason, now: datetime) -> None:
    suppressing.suppress(anna.organization, address_key=anna.address_key, reason=reason, now=now)


def page_of(anna: Customer) -> str:
    return f"/o/{anna.organization.slug}/customers/{anna.pk}/"


def lift(browser: Client, anna: Customer, **fields: str) -> Any:
    return browser.post(page_of(anna) + "release/", {"reason": "opted_out", "why": "She asked by phone.", **fields})


def test_her_page_says_what_she_wants_and_since_when(
    anna: Customer, as_role: Callable[[Role], Client], freeze: Any, now: datetime
) -> None:
    freeze(now)
    stop(anna, SuppressionReason.OPTED_OUT, now - timedelta(days=3))
    stop(anna, SuppressionReason.BOUNCED, now)

    html = as_role(Role.CASE_WORKER).get(page_of(anna)).content.decode()

    assert "She wants no more questions" in html
    assert "since 14 March 2026." in html
    assert "Her address does not exist" in html
    assert "Lift it</button>" not in html


@pytest.mark.parametrize("reason", [SuppressionReason.OPTED_OUT, SuppressionReason.BOUNCED])
def test_a_quality_manager_lifts_it_with_a_reason_that_stays(
    anna: Customer, as_role: Callable[[Role], Client], now: datetime, reason: SuppressionReason
) -> None:
    stop(anna, reason, now)
    quentin = as_role(Role.QUALITY_MANAGER)

    answer = lift(quentin, anna, reason=reason.value)

    assert answer.status_code == 302
    assert suppressing.reason_of(anna.organization, anna.address_key) is None
    assert AuditEntry.objects.get(what="address.released").by == Release.objects.get().by
    html = quentin.get(page_of(anna)).content.decode()
    assert "Written to again" in html
    assert "She asked by phone." in html


def test_without_a_reason_it_stays_as_it_is_and_the_fault_stands_at_the_field(
    anna: Customer, as_role: Callable[[Role], Client], now: datetime
) -> None:
    stop(anna, SuppressionReason.OPTED_OUT, now)

    answer = lift(as_role(Role.QUALITY_MANAGER), anna, why="   ")

    assert answer.status_code == 422
    assert "Say why mail may go to this address again." in answer.content.decode()
    assert Suppression.objects.count() == 1


def test_a_complaint_cannot_be_lifted(anna: Customer, as_role: Callable[[Role], Client], now: datetime) -> None:
    stop(anna, SuppressionReason.COMPLAINED, now)
    quentin = as_role(Role.QUALITY_MANAGER)

    assert "Lift it</button>" not in quentin.get(page_of(anna)).content.decode()
    lift(quentin, anna, reason="complained")

    assert suppressing.reason_of(anna.organization, anna.address_key) == SuppressionReason.COMPLAINED
    assert "Only she can take that back" in quentin.get(page_of(anna)).content.decode()


@pytest.mark.parametrize("reason", ["", "x", "9" * 1000])
def test_nothing_to_lift_is_said(anna: Customer, as_role: Callable[[Role], Client], now: datetime, reason: str) -> None:
    quentin = as_role(Role.QUALITY_MANAGER)

    answer = lift(quentin, anna, reason=reason)

    assert "Mail may go to this address already." in quentin.get(answer.headers["Location"]).content.decode()
    assert not Release.objects.exists()


def test_a_customer_without_an_address_has_nothing_to_tell(
    acme: Organization, as_role: Callable[[Role], Client]
) -> None:
    nobody = factories.customer(acme, email="", address_key="")

    assert "Lift it" not in as_role(Role.QUALITY_MANAGER).get(page_of(nobody)).content.decode()
