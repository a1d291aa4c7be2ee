"""What a quality manager does with touchpoints, and what bad input gets her."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from feedback import inviting
from feedback.models import Reason
from organizations.models import Member, Organization, Role
from surveys import drafting, starters
from surveys.models import Survey, Touchpoint, TouchpointState
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def quentin(acme: Organization, client: Client) -> Member:
    member = factories.member(acme)
    client.force_login(member.user)
    return member


@pytest.fixture
def survey(acme: Organization, quentin: Member) -> Survey:
    return factories.survey(acme, by=quentin)


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

    with django_assert_num_queries(10):
        page = client.get(address(acme))

    assert len(page.context["rows"]) == count


def test_the_list_reads_as_sentences(client: Client, acme: Organization, survey: Survey) -> None:
    factories.touchpoint(acme, survey=survey)

    assert "3 days after a purchase we send “Post-purchase”." in client.get(address(acme)).content.decode()


def test_the_list_finds_by_name_survey_and_state(client: Client, acme: Organization, survey: Survey) -> None:
    factories.touchpoint(acme, survey=survey, name="After a delivery")
    factories.touchpoint(acme, survey=survey, name="Yearly", state=TouchpointState.PAUSED)

    def found(query: str) -> list[str]:
        return [touchpoint.name for touchpoint, _sentence, _tally in client.get(address(acme, query)).context["rows"]]

    assert found("?q=deliv") == ["After a delivery"]
    assert found("?q=post-PURCHASE") == ["After a delivery", "Yearly"]
    assert found("?state=paused") == ["Yearly"]
    assert found("?sort=-name") == ["Yearly", "After a delivery"]
    assert found("?state=nonsense&page=-7&sort=x") == ["After a delivery", "Yearly"]


def test_a_touchpoint_is_made_changed_started_and_paused(client: Client, acme: Organization, survey: Survey) -> None:
    client.post(address(acme, "new/"), SOUND | {"survey": survey.pk})
    touchpoint = acme.touchpoints.get()
    assert (touchpoint.days_after, touchpoint.open_for, touchpoint.state) == (7, 14, TouchpointState.DRAFT)

    client.post(address(acme, f"{touchpoint.pk}/settings/"), SOUND | {"survey": survey.pk, "days_after": "2"})
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
        ({"name": "\u200f\u200b"}, "name"),
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

    client.post(address(acme, f"{touchpoint.pk}/settings/"), SOUND | {"survey": other.pk})

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


RULE = {"rule-0-subject": "interaction:store", "rule-0-test": "one_of", "rule-0-value": "Berlin, Rome"}


def test_rules_are_set_and_read_as_a_sentence(client: Client, acme: Organization, survey: Survey) -> None:
    second = {"rule-1-subject": "interaction:amount", "rule-1-test": "at_least", "rule-1-value": "49,90"}
    client.post(address(acme, "new/"), SOUND | {"survey": survey.pk} | RULE | second)

    touchpoint = acme.touchpoints.get()
    assert touchpoint.rules == [
        {"interaction": "store", "one_of": ["Berlin", "Rome"]},
        {"interaction": "amount", "at_least": 49.9},
    ]
    page = client.get(address(acme, f"{touchpoint.pk}/")).content.decode()
    assert (
        "Only if the purchase&#x27;s “store” is Berlin or Rome and the purchase&#x27;s “amount” is at least 49.9."
        in page
    )
    settings = client.get(address(acme, f"{touchpoint.pk}/settings/")).content.decode()
    assert 'value="Berlin, Rome"' in settings


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"rule-0-value": ""}, "At least 1 must stand here."),
        ({"rule-0-test": "is", "rule-0-value": ""}, "Write something here."),
        ({"rule-0-test": "at_least", "rule-0-value": "many"}, "A number must stand here."),
        ({"rule-0-test": "is", "rule-0-value": "x" * 201}, "at most 200 are possible"),
        ({"rule-0-subject": "answer:nps"}, "A rule is one test of an attribute"),
        ({"rule-0-subject": "nonsense"}, "Write one of"),
        ({"rule-0-subject": "interaction:<1>"}, "An attribute&#x27;s name begins with a letter"),
    ],
)
def test_a_rule_that_cannot_be_used_is_told_beside_it(
    client: Client, acme: Organization, survey: Survey, fault: dict[str, str], said: str
) -> None:
    page = client.post(address(acme, "new/"), SOUND | {"survey": survey.pk} | RULE | fault)

    assert said in page.content.decode()
    assert 'id="rule-0-fault"' in page.content.decode()
    assert acme.touchpoints.count() == 0


def test_rows_of_rules_are_added_and_taken_out_without_losing_what_was_typed(
    client: Client, acme: Organization, survey: Survey
) -> None:
    typed = SOUND | {"survey": survey.pk, "name": "Half writ"} | RULE

    more = client.post(address(acme, "new/"), typed | {"do": "add-rule"}).content.decode()
    assert 'name="rule-1-subject"' in more
    assert 'value="Half writ"' in more
    assert 'value="Berlin, Rome"' in more

    fewer = client.post(address(acme, "new/"), typed | {"do": "remove-rule-0"}).content.decode()
    assert 'name="rule-0-subject"' not in fewer
    assert 'value="Half writ"' in fewer
    assert acme.touchpoints.count() == 0


def test_more_rows_than_there_may_be_are_not_added(client: Client, acme: Organization, survey: Survey) -> None:
    ten = {f"rule-{number}-subject": "interaction:store" for number in range(10)}

    page = client.post(address(acme, "new/"), SOUND | ten | {"do": "add-rule"}).content.decode()

    assert 'name="rule-9-subject"' in page
    assert 'name="rule-10-subject"' not in page
    assert 'value="add-rule"' not in page


def test_the_rows_offer_what_the_purchases_carry(client: Client, acme: Organization, survey: Survey) -> None:
    for _ in range(2):
        factories.purchase(factories.customer(acme), store="Berlin", note=f"number {_}")

    page = client.post(address(acme, "new/"), SOUND | {"do": "add-rule"}).content.decode()

    assert '<option value="interaction:store">store</option>' in page
    assert '<option value="Berlin"></option>' in page
    # What never comes twice is no value to choose.
    assert '<option value="number 1"></option>' not in page


def test_settings_are_tried_before_they_are_saved(client: Client, acme: Organization, survey: Survey) -> None:
    factories.purchase(factories.customer(acme, "Anna Berg"), days_ago=20, now=timezone.now(), store="Berlin")
    factories.purchase(factories.customer(acme, "Bela Toth"), days_ago=20, now=timezone.now(), store="Oslo")

    page = client.post(address(acme, "new/"), SOUND | {"survey": survey.pk, "do": "try", "window": "30"} | RULE)

    assert "Would have asked about 1 of 2 experiences" in page.content.decode()
    assert "not meant by the rules" in page.content.decode()
    assert (acme.touchpoints.count(), acme.invitations.count(), acme.skips.count()) == (0, 0, 0)


def test_settings_that_cannot_be_are_not_tried(client: Client, acme: Organization, survey: Survey) -> None:
    page = client.post(address(acme, "new/"), SOUND | {"survey": survey.pk, "do": "try", "days_after": "400"})

    assert list(page.context["form"].errors) == ["days_after"]
    assert page.context["ran"] is None


def test_a_touchpoints_page_counts_how_far_its_invitations_came(
    client: Client, acme: Organization, survey: Survey
) -> None:
    touchpoint = factories.touchpoint(acme, survey=survey)
    for name in ("Anna Berg", "Bela Toth"):
        factories.purchase(factories.customer(acme, name), now=timezone.now())
    factories.purchase(factories.customer(acme, "Old Otto"), days_ago=400)
    inviting.sweep(now=timezone.now())
    inviting.skip_history(now=timezone.now())

    page = client.get(address(acme, f"{touchpoint.pk}/"))

    way, decided = page.context["way"], page.context["decided"]
    assert (way.asked, way.sent, way.waiting, way.answered) == (2, 0, 2, 0)
    assert (decided.total, decided.asked, decided.skipped) == (3, 2, {Reason.TOO_LONG_AGO: 1})
    assert "2 mails are waiting." in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_a_touchpoints_page_takes_the_same_queries_for_one_purchase_and_for_three(
    client: Client, acme: Organization, survey: Survey, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    touchpoint = factories.touchpoint(acme, survey=survey)
    for number in range(count):
        factories.purchase(factories.customer(acme, f"Customer{number} Berg"), now=timezone.now())
    inviting.sweep(now=timezone.now())

    with django_assert_num_queries(14):
        client.get(address(acme, f"{touchpoint.pk}/"))


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
