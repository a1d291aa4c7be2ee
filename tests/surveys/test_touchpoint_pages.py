"""What a quality manager does with touchpoints, and what bad input gets her."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from organizations.models import Member, Organization, Role
from surveys import drafting, starters
from surveys.models import Survey, Touchpoint, TouchpointState
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

SOUND = {
    "name": "After a delivery",
    "days_after": "7",
    "quiet_period": "60",
    "open_for": "14",
    "only_younger_than": "21",
    "reminders": "0",
    "days_between": "7",
}


def address(of: Organization, place: str = "") -> str:
    return f"/o/{of.slug}/touchpoints/{place}"


def test_without_a_survey_the_first_step_is_a_survey(client: Client, acme: Organization, quentin: Member) -> None:
    assert "First you need a survey." in client.get(address(acme)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_touchpoint_and_for_three(
    client: Client, acme: Organization, survey: Survey, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        factories.touchpoint(acme, survey=survey, name=f"Moment {number}")

    with django_assert_num_queries(7):
        page = client.get(address(acme))

    assert len(page.context["rows"]) == count


def test_the_list_reads_as_sentences(client: Client, acme: Organization, survey: Survey) -> None:
    factories.touchpoint(acme, survey=survey)

    assert "3 days after a purchase we send “Post-purchase”." in client.get(address(acme)).content.decode()


def test_the_list_finds_by_name_survey_and_state(client: Client, acme: Organization, survey: Survey) -> None:
    factories.touchpoint(acme, survey=survey, name="After a delivery")
    factories.touchpoint(acme, survey=survey, name="Yearly", state=TouchpointState.PAUSED)

    def found(query: str) -> list[str]:
        return [touchpoint.name for touchpoint, _sentence in client.get(address(acme, query)).context["rows"]]

    assert found("?q=deliv") == ["After a delivery"]
    assert found("?q=post-PURCHASE") == ["After a delivery", "Yearly"]
    assert found("?state=paused") == ["Yearly"]
    assert found("?state=nonsense&page=-7") == ["After a delivery", "Yearly"]


def test_a_touchpoint_is_made_changed_started_and_paused(client: Client, acme: Organization, survey: Survey) -> None:
    client.post(address(acme, "new/"), SOUND | {"survey": survey.pk})
    touchpoint = acme.touchpoints.get()
    assert (touchpoint.days_after, touchpoint.open_for, touchpoint.state) == (7, 14, TouchpointState.DRAFT)

    client.post(address(acme, f"{touchpoint.pk}/"), SOUND | {"survey": survey.pk, "days_after": "2"})
    client.post(address(acme, f"{touchpoint.pk}/start/"))
    touchpoint.refresh_from_db()
    assert (touchpoint.days_after, touchpoint.state) == (2, TouchpointState.RUNNING)

    client.post(address(acme, f"{touchpoint.pk}/pause/"))
    touchpoint.refresh_from_db()
    assert touchpoint.state == TouchpointState.PAUSED


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "nul\0"}, "name"),
        ({"survey": ""}, "survey"),
        ({"survey": "999999999999999999999999"}, "survey"),
        ({"survey": "x"}, "survey"),
        ({"days_after": "-1"}, "days_after"),
        ({"days_after": "366"}, "days_after"),
        ({"days_after": "1.5"}, "days_after"),
        ({"days_after": "9" * 5000}, "days_after"),
        ({"quiet_period": "many"}, "quiet_period"),
        ({"open_for": "0"}, "open_for"),
        ({"only_younger_than": "0"}, "only_younger_than"),
        ({"days_after": "21"}, "only_younger_than"),
        ({"reminders": "4"}, "reminders"),
        ({"days_between": "0"}, "days_between"),
        ({"reminders": "2", "days_between": "7"}, "reminders"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_makes_nothing(
    client: Client, acme: Organization, survey: Survey, fault: dict[str, str], field: str
) -> None:
    page = client.post(address(acme, "new/"), SOUND | {"survey": survey.pk} | fault)

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert acme.touchpoints.count() == 0


def test_another_organizations_survey_cannot_be_chosen(client: Client, acme: Organization, survey: Survey) -> None:
    theirs = factories.survey(factories.organization("Globex"))

    page = client.post(address(acme, "new/"), SOUND | {"survey": theirs.pk})

    assert list(page.context["form"].errors) == ["survey"]


def test_a_started_touchpoint_keeps_its_survey_whatever_is_posted(
    client: Client, acme: Organization, quentin: Member, survey: Survey
) -> None:
    touchpoint = factories.touchpoint(acme, survey=survey)
    other = factories.survey(acme, name="Other", by=quentin)

    client.post(address(acme, f"{touchpoint.pk}/"), SOUND | {"survey": other.pk})

    touchpoint.refresh_from_db()
    assert (touchpoint.survey, touchpoint.days_after) == (survey, 7)


def test_what_has_nothing_to_send_does_not_start_and_says_why(
    client: Client, acme: Organization, quentin: Member
) -> None:
    wording = starters.STARTERS["support"].questionnaire()
    support = drafting.create(acme, name="Support", basis="transactional", questionnaire=wording, by=quentin, now=NOW)
    touchpoint = factories.touchpoint(acme, survey=support, state=TouchpointState.DRAFT, started_at=None)

    page = client.post(address(acme, f"{touchpoint.pk}/start/"), follow=True)

    assert "“Support” has no published version yet" in page.content.decode()
    assert "Publish it first" in page.content.decode()
    assert Touchpoint.objects.get(pk=touchpoint.pk).state == TouchpointState.DRAFT


def test_a_new_touchpoint_begins_with_the_survey_one_comes_from(
    client: Client, acme: Organization, survey: Survey
) -> None:
    page = client.get(address(acme, f"new/?survey={survey.pk}"))

    assert f'value="{survey.pk}" selected' in page.content.decode()


@pytest.mark.parametrize("wanted", ["x", "-1", "0", "9" * 400])
def test_a_survey_in_the_address_that_is_none_is_passed_over(
    client: Client, acme: Organization, survey: Survey, wanted: str
) -> None:
    assert client.get(address(acme, f"new/?survey={wanted}")).status_code == 200


@pytest.mark.parametrize("place", ["start/", "pause/"])
def test_reading_starts_and_pauses_nothing(client: Client, acme: Organization, survey: Survey, place: str) -> None:
    touchpoint = factories.touchpoint(acme, survey=survey)

    assert client.get(address(acme, f"{touchpoint.pk}/{place}")).status_code == 405


def test_who_is_no_quality_manager_changes_no_touchpoint(client: Client, acme: Organization, survey: Survey) -> None:
    touchpoint = factories.touchpoint(acme, survey=survey)
    client.force_login(factories.member(acme, Role.CASE_WORKER).user)

    assert client.get(address(acme)).status_code == 403
    assert client.post(address(acme, f"{touchpoint.pk}/pause/")).status_code == 403
    assert Touchpoint.objects.get(pk=touchpoint.pk).state == TouchpointState.RUNNING


def test_another_organizations_touchpoint_is_not_there(client: Client, acme: Organization, survey: Survey) -> None:
    theirs: Any = factories.touchpoint(factories.organization("Globex"))

    assert client.get(address(acme, f"{theirs.pk}/")).status_code == 404
    assert client.post(address(acme, f"{theirs.pk}/pause/")).status_code == 404
