"""Never ask me again: one press, at once, for ever."""

from datetime import datetime

import pytest
from django.test import Client

from feedback import addresses, suppressing
from feedback.models import Customer, Invitation, Suppression, SuppressionReason
from organizations.models import Organization
from surveys.models import Touchpoint
from tests import factories
from tests.feedback.asking import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(now: datetime) -> Organization:
    return factories.organization()


@pytest.fixture
def anna(acme: Organization, now: datetime) -> Invitation:
    return ask(acme, now=now)


def way_out(invitation: Invitation) -> str:
    address = addresses.unsubscribe(invitation.organization_id, invitation.address_key)
    return "/" + address.split("/", 3)[3]


def test_opening_the_link_changes_nothing_however_often(anna: Invitation, client: Client) -> None:
    for method in ("get", "head", "options", "get"):
        assert getattr(client, method)(way_out(anna)).status_code in (200, 204)

    assert not Suppression.objects.exists()
    assert "Never ask me again" in client.get(way_out(anna)).content.decode()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--',
            "multipart/form-data; boundary=b",
        ),
        (b"list-unsubscribe=ONE-CLICK", "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
        (b"\x00\xff rubbish", "multipart/form-data"),
        (b"{}", "application/json"),
    ],
)
def test_a_mail_programs_post_acts_at_once_without_a_cookie_and_without_a_redirect(
    anna: Invitation, body: bytes, kind: str
) -> None:
    response = Client(enforce_csrf_checks=True).post(way_out(anna), body, content_type=kind)

    assert response.status_code == 200
    assert not response.cookies
    assert suppressing.reason_of(anna.organization, anna.address_key) == SuppressionReason.OPTED_OUT


def test_twice_is_once(anna: Invitation, client: Client) -> None:
    assert [client.post(way_out(anna)).status_code for _ in range(3)] == [200, 200, 200]
    assert Suppression.objects.count() == 1


def test_it_works_after_the_customer_and_the_touchpoint_are_gone(
    anna: Invitation, acme: Organization, client: Client
) -> None:
    address = way_out(anna)
    key = anna.address_key
    Customer.objects.all().delete()
    Touchpoint.objects.all().delete()

    assert client.post(address).status_code == 200
    assert suppressing.reason_of(acme, key) == SuppressionReason.OPTED_OUT


def test_it_says_yes_even_after_the_organization_is_gone(client: Client) -> None:
    address = addresses.unsubscribe(999_999_999, "ab" * 32)

    response = client.post("/" + address.split("/", 3)[3])

    assert response.status_code == 200
    assert "You will not be asked again" in response.content.decode()


def test_she_may_undo_it_but_not_what_others_found_out(anna: Invitation, client: Client) -> None:
    suppressing.suppress(
        anna.organization, address_key=anna.address_key, reason=SuppressionReason.BOUNCED, now=anna.created_at
    )
    client.post(way_out(anna))

    response = client.post(f"{way_out(anna)}/undo")

    assert response.status_code == 200
    assert suppressing.reason_of(anna.organization, anna.address_key) == SuppressionReason.BOUNCED


def test_opening_the_undo_link_undoes_nothing(anna: Invitation, client: Client) -> None:
    client.post(way_out(anna))

    assert client.get(f"{way_out(anna)}/undo").status_code == 405
    assert suppressing.reason_of(anna.organization, anna.address_key) == SuppressionReason.OPTED_OUT


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "1.AAAA", "1.%00", "9." + "A" * 90, "." * 50])
def test_a_made_up_link_stops_nobodys_mail(client: Client, token: str, method: str) -> None:
    for address in (f"/u/{token}", f"/u/{token}/undo"):
        assert getattr(client, method)(address).status_code in (400, 404)

    assert not Suppression.objects.exists()


def test_a_link_to_answer_is_no_link_to_be_left_alone(anna: Invitation, client: Client) -> None:
    assert client.post(f"/u/{addresses.token(anna)}").status_code == 404
    assert not Suppression.objects.exists()
