"""What members see of single responses, and who may."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from feedback import answering, timeline
from feedback.models import Exclusion, Response
from organizations.models import Member, Organization, Role
from surveys.answers import AnswerValue
from tests import factories
from tests.feedback.asking import ask

pytestmark = pytest.mark.django_db

Cast = dict[Role, Member]


@pytest.fixture
def now(freeze: Callable[[datetime], None]) -> datetime:
    freeze(factories.NOW)
    return factories.NOW


@pytest.fixture
def acme(now: datetime) -> Organization:
    return factories.organization()


def respond(
    acme: Organization, name: str = "Anna Berg", *, now: datetime, score: int = 3, comment: str = ""
) -> Response:
    survey = acme.surveys.first() or factories.survey(acme, now=now)
    invitation = ask(acme, survey=survey, now=now, name=name)
    accepted = {"nps": AnswerValue(score=score)} | ({"reason": AnswerValue(text=comment)} if comment else {})
    answering.submit(
        invitation, version_id=invitation.version_id, accepted=accepted, language="en", is_complete=True, now=now
    )
    return Response.objects.get(invitation=invitation)


def signed_in(client: Client, member: Member) -> Client:
    client.force_login(member.user)
    return client


def seen(client: Client, acme: Organization, query: str = "") -> str:
    response = client.get(f"/o/{acme.slug}/responses/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_is_found_by_words_score_survey_and_period(
    acme: Organization, cast: Cast, client: Client, now: datetime
) -> None:
    anna = respond(acme, "Anna Berg", now=now, score=2, comment="The parcel was torn")
    respond(acme, "Berta Kühn", now=now - timedelta(days=40), score=10, comment="Perfect")
    signed_in(client, cast[Role.CASE_WORKER])

    for query in ("?q=TORN", "?q=anna", "?band=low", "?days=30", f"?touchpoint={anna.touchpoint_id}"):
        html = seen(client, acme, query)
        assert "Anna Berg" in html, query
        assert "Berta Kühn" not in html, query
    assert "Berta Kühn" in seen(client, acme, "?band=high")
    assert "No response matches" in seen(client, acme, "?q=nothing+of+that")
    html = seen(client, acme, "?sort=highest")
    assert html.index("Berta Kühn") < html.index("Anna Berg")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_as_much_for_three_as_for_one(
    acme: Organization,
    cast: Cast,
    client: Client,
    now: datetime,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        respond(acme, f"Anna {number}", now=now, comment="Fine")
    signed_in(client, cast[Role.CASE_WORKER])

    with django_assert_num_queries(9):
        seen(client, acme)


def test_an_empty_list_says_where_responses_come_from(acme: Organization, cast: Cast, client: Client) -> None:
    assert "No responses yet" in seen(signed_in(client, cast[Role.CASE_WORKER]), acme)


@pytest.mark.parametrize(
    "query",
    [
        "survey=99999999999999999999",
        "survey=x",
        "touchpoint=-1",
        "days=5",
        "band=huge",
        "sort=;",
        "page=0",
        "page=x",
        "q=%25_%27",
    ],
)
def test_rubbish_in_the_address_is_no_fault(
    acme: Organization, cast: Cast, client: Client, now: datetime, query: str
) -> None:
    respond(acme, now=now)

    seen(signed_in(client, cast[Role.CASE_WORKER]), acme, f"?{query}")


def test_one_response_is_told_in_the_wording_she_read_with_her_history(
    acme: Organization, cast: Cast, client: Client, now: datetime
) -> None:
    anna = respond(acme, now=now, score=2, comment="The parcel was <b>torn</b>")

    html = signed_in(client, cast[Role.CASE_WORKER]).get(f"/o/{acme.slug}/responses/{anna.pk}/").content.decode()

    assert "How likely are you to recommend us" in html
    assert "The parcel was &lt;b&gt;torn&lt;/b&gt;" in html
    assert "Purchase: Headphones" in html
    assert "Erase" not in html  # a case worker reads


@pytest.mark.parametrize("page", ["", "{pk}/", "{pk}/exclude/", "{pk}/erase/"])
def test_viewers_never_see_a_single_answer(
    acme: Organization, cast: Cast, client: Client, now: datetime, page: str
) -> None:
    anna = respond(acme, now=now)

    response = signed_in(client, cast[Role.VIEWER]).get(f"/o/{acme.slug}/responses/{page.format(pk=anna.pk)}")

    assert response.status_code == 403


def test_another_organizations_response_is_not_there(
    acme: Organization, cast: Cast, client: Client, now: datetime
) -> None:
    foreign = respond(factories.organization("Umbra"), now=now)
    signed_in(client, cast[Role.OWNER])

    for page in ("", "exclude/", "erase/"):
        assert client.get(f"/o/{acme.slug}/responses/{foreign.pk}/{page}").status_code == 404
    for page in ("exclude/", "include/", "erase/"):
        assert client.post(f"/o/{acme.slug}/responses/{foreign.pk}/{page}", {"why": "x"}).status_code == 404
    assert Response.objects.filter(pk=foreign.pk).exists()
    assert client.get(f"/o/{acme.slug}/responses/{10**30}/").status_code == 404


def test_a_quality_manager_leaves_a_response_out_and_counts_it_again(
    acme: Organization, cast: Cast, client: Client, now: datetime
) -> None:
    anna = respond(acme, now=now)
    address = f"/o/{acme.slug}/responses/{anna.pk}/"
    signed_in(client, cast[Role.QUALITY_MANAGER])

    refused = client.post(f"{address}exclude/", {"why": "  "})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    client.post(f"{address}exclude/", {"why": "Our own test"})
    assert "Our own test" in client.get(address).content.decode()
    assert "left out" in seen(client, acme)
    client.post(f"{address}include/")

    assert Exclusion.objects.get().lifted_by == cast[Role.QUALITY_MANAGER]
    assert client.post(f"{address}include/").status_code == 302


def test_before_erasing_the_page_says_what_will_be_lost(
    acme: Organization, cast: Cast, client: Client, now: datetime
) -> None:
    anna = respond(acme, now=now, comment="The parcel was torn")
    address = f"/o/{acme.slug}/responses/{anna.pk}/erase/"
    signed_in(client, cast[Role.QUALITY_MANAGER])

    html = client.get(address).content.decode()
    assert "2 answers will be lost for good" in html
    assert Response.objects.filter(pk=anna.pk).exists()

    assert client.post(address).status_code == 302
    assert not Response.objects.filter(pk=anna.pk).exists()


def test_a_customers_history_is_told_with_five_questions_to_the_database(
    acme: Organization, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    anna = respond(acme, now=now)
    assert anna.customer is not None

    with django_assert_num_queries(5):
        told = timeline.of(anna.customer)

    assert [event.title for event in told] == ["Answered: Post-purchase", "Purchase: Headphones"]
