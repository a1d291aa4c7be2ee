"""The demo tells a story and is loaded once."""

from datetime import timedelta

import pytest

from actions import demo
from feedback.models import MessageState, Response
from organizations.models import Role
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_role_for_everybody_and_answers_in_two_languages() -> None:
    shop = demo.load(password="a long enough word", now=NOW)

    assert set(shop.members.values_list("role", flat=True)) == set(Role.values)
    assert shop.is_demo
    assert set(Response.objects.values_list("language", flat=True)) == {"de", "en"}
    assert 100 < Response.objects.count() < shop.invitations.count() < shop.interactions.count()
    assert not Response.objects.filter(changed_at__gt=NOW).exists()


def test_loading_it_again_changes_nothing() -> None:
    first = demo.load(password="a long enough word", now=NOW)
    answers = Response.objects.count()

    again = demo.load(password="another long word", now=NOW + timedelta(days=1))

    assert again == first
    assert Response.objects.count() == answers


def test_no_demo_customer_has_an_address_that_could_exist() -> None:
    shop = demo.load(password="a long enough word", now=NOW)

    assert not shop.customers.exclude(email__endswith=".invalid").exists()


def test_without_a_mailbox_no_demo_mail_waits_to_leave(settings: object) -> None:
    settings.MAILBOX_DIR = ""  # type: ignore[attr-defined]

    shop = demo.load(password="a long enough word", now=NOW)

    assert not shop.customer_messages.exclude(state=MessageState.SENT).exists()
