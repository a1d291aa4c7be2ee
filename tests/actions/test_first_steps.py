"""Home leads a new organization step by step to its first figure."""

import pytest
from django.test import Client
from django.urls import reverse

from organizations.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_new_organization_sees_what_to_do_first(client: Client) -> None:
    acme = factories.organization()
    client.force_login(factories.member(acme, Role.OWNER).user)

    page = client.get(reverse("actions:home", args=[acme.slug]))

    steps = page.context["steps"]
    assert [step.is_done for step in steps] == [False, False, False, False]
    assert page.context["upcoming"] == 0
    assert f'href="{reverse("surveys:start", args=[acme.slug])}">Choose a template' in page.content.decode()


def test_steps_are_ticked_off_as_they_are_done(client: Client) -> None:
    acme = factories.organization()
    quentin = factories.member(acme)
    factories.survey(acme, by=quentin)
    factories.purchase(factories.customer(acme))
    client.force_login(quentin.user)

    page = client.get(reverse("actions:home", args=[acme.slug]))

    assert [step.is_done for step in page.context["steps"]] == [True, True, False, False]
    assert page.context["upcoming"] == 2


def test_what_is_begun_is_gone_on_with(client: Client) -> None:
    acme = factories.organization()
    quentin = factories.member(acme)
    acme.surveys.create(name="Post-purchase", created_at=factories.NOW)
    client.force_login(quentin.user)

    page = client.get(reverse("actions:home", args=[acme.slug])).content.decode()

    assert f'href="{reverse("surveys:list", args=[acme.slug])}">Go on with your survey' in page
    assert "Choose a template" not in page


def test_a_viewer_goes_straight_to_the_dashboard(client: Client) -> None:
    acme = factories.organization()
    client.force_login(factories.member(acme, Role.VIEWER).user)

    page = client.get(reverse("actions:home", args=[acme.slug]))

    assert page.status_code == 302
    assert page.headers["Location"] == reverse("dashboards:dashboard", args=[acme.slug])
