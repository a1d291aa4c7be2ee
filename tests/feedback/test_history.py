"""What is told of a customer, so that what matters is not lost among what does not."""

from datetime import datetime

import pytest

from feedback import timeline
from feedback.models import Customer, Interaction, Reason, Skip
from organizations.models import Organization
from surveys.models import Touchpoint
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(acme: Organization) -> Customer:
    return factories.customer(acme)


def skipped(interaction: Interaction, touchpoint: Touchpoint, reason: Reason, *, at: datetime = NOW) -> None:
    Skip.objects.create(
        organization=interaction.organization, interaction=interaction, touchpoint=touchpoint, reason=reason, at=at
    )


def notes(anna: Customer) -> list[list[tuple[str, str]]]:
    return [[(note.title, note.detail) for note in event.notes] for event in timeline.of(anna)]


def test_why_she_was_not_asked_stands_below_what_she_was_not_asked_about(anna: Customer, acme: Organization) -> None:
    lamp, survey = factories.purchase(anna, product="Lamp"), factories.survey(acme)
    for name in ("After a purchase", "After a delivery"):
        skipped(lamp, factories.touchpoint(acme, survey=survey, name=name), Reason.ASKED_RECENTLY)

    assert [event.title for event in timeline.of(anna)] == ["Purchase: Lamp"]
    assert notes(anna) == [[("Not asked: asked recently", "After a purchase, After a delivery")]]


def test_that_another_touchpoint_did_not_mean_it_is_not_told(anna: Customer, acme: Organization) -> None:
    lamp, survey = factories.purchase(anna), factories.survey(acme)
    for_purchases = factories.touchpoint(acme, survey=survey, name="After a purchase")
    skipped(lamp, factories.touchpoint(acme, survey=survey, name="After a call"), Reason.NOT_MEANT)
    assert notes(anna) == [[("Not asked: not meant by the rules", "After a call")]]

    skipped(lamp, for_purchases, Reason.ASKED_RECENTLY)

    assert notes(anna) == [[("Not asked: asked recently", "After a purchase")]]


def test_nothing_is_said_against_a_purchase_that_was_asked_about(anna: Customer, acme: Organization) -> None:
    lamp, survey = factories.purchase(anna), factories.survey(acme)
    factories.invitation(lamp, touchpoint=factories.touchpoint(acme, survey=survey, name="After a purchase"))

    skipped(lamp, factories.touchpoint(acme, survey=survey, name="After a call"), Reason.NOT_MEANT)

    assert notes(anna) == [[]]


def test_what_is_no_purchase_is_called_by_where_it_comes_from(anna: Customer) -> None:
    call = factories.purchase(anna)
    call.source, call.attributes = "support", {"topic": "Return"}
    call.save()

    assert [event.title for event in timeline.of(anna)] == ["From “support”"]


def test_purchases_of_a_file_are_purchases_though_it_does_not_say_of_what(anna: Customer) -> None:
    bought = factories.purchase(anna)
    bought.source, bought.attributes = "csv", {}
    bought.save()

    assert [event.title for event in timeline.of(anna)] == ["Purchase"]
