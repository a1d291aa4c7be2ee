"""The demo tells a story and is loaded once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker, Settings

from actions import demo
from feedback.models import MessageState, Response
from organizations.models import Organization, Role
from tests.factories import NOW

# One worker loads the demo once, for all that only look at it.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]


def everything_goes() -> None:
    # No number is given out twice, since published versions are kept in memory by theirs.
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Organization]:
    with django_db_blocker.unblock():
        shop = demo.load(password="a long enough word", now=NOW)
    yield shop
    with django_db_blocker.unblock():
        everything_goes()


@pytest.fixture
def shop(loaded: Organization, db: None) -> Organization:
    """What a test does to it is undone after the test."""
    return Organization.objects.get(pk=loaded.pk)


def test_the_demo_has_a_role_for_everybody_and_answers_in_two_languages(shop: Organization) -> None:
    assert set(shop.members.values_list("role", flat=True)) == set(Role.values)
    assert shop.is_demo
    assert set(Response.objects.values_list("language", flat=True)) == {"de", "en"}
    assert 100 < Response.objects.count() < shop.invitations.count() < shop.interactions.count()
    assert not Response.objects.filter(changed_at__gt=NOW).exists()


def test_loading_it_again_changes_nothing(shop: Organization) -> None:
    answers = Response.objects.count()

    again = demo.load(password="another long word", now=NOW + timedelta(days=1))

    assert again == shop
    assert Response.objects.count() == answers


def test_no_demo_customer_has_an_address_that_could_exist(shop: Organization) -> None:
    assert shop.customers.exists()
    assert not shop.customers.exclude(email__endswith=".invalid").exists()


def test_without_a_mailbox_no_demo_mail_waits_to_leave(settings: Settings) -> None:
    settings.MAILBOX_DIR = ""
    # The demo that is loaded already comes back when this test is undone.
    everything_goes()

    shop = demo.load(password="a long enough word", now=NOW)

    assert shop.customer_messages.exists()
    assert not shop.customer_messages.exclude(state=MessageState.SENT).exists()
