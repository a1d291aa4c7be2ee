"""The customer's page: what she sees, what it takes, and what it refuses kindly."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from feedback import addresses
from feedback.models import ChangedDay, Invitation, Response
from organizations import links
from organizations.models import Organization
from surveys import documents, drafting, publishing, questionnaire
from surveys.models import TouchpointState
from tests import factories
from tests.examples import examples
from tests.feedback.asking import (
    ENDINGS,
    TWO_PAGES,
    ask,
    fields_of,
    open_page,
    path_of,
    press,
    question,
    stored,
    survey_of,
)

pytestmark = pytest.mark.django_db

Freeze = Callable[[datetime], None]
Visits = list[tuple[str, int]]


@pytest.fixture
def now(freeze: Freeze) -> datetime:
    moment = factories.NOW
    freeze(moment)
    return moment


@pytest.fixture
def acme(now: datetime) -> Organization:
    return factories.organization(colour="#0b7285")


@pytest.fixture
def anna(acme: Organization, now: datetime) -> Invitation:
    return ask(acme, survey=survey_of(acme, TWO_PAGES, now=now), now=now)


def row_counts() -> dict[str, int]:
    """Rows of every table, so that no write anywhere goes unseen."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM "{table}"')
            counts[table] = cursor.fetchone()
    return counts


# --- reading writes nothing ---


def test_the_score_pressed_in_the_mail_is_chosen_on_the_page_and_stored_nowhere(
    anna: Invitation, client: Client
) -> None:
    before = row_counts()

    page = open_page(client, anna, "?s=9")

    assert page["q-recommend"] == ["9"]
    assert row_counts() == before


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete", "patch", "trace"])
def test_nothing_but_a_post_writes_a_row(anna: Invitation, client: Client, method: str) -> None:
    before = row_counts()

    for address in (path_of(anna), f"{path_of(anna)}?s=9", f"{path_of(anna)}/thanks"):
        getattr(client, method)(address)

    assert row_counts() == before


@pytest.mark.parametrize("score", ["11", "-1", "99999999999999999999", "9 ", "٩", "", "%00", "9&s=3", "x" * 5000])
def test_a_score_that_is_not_on_the_scale_chooses_nothing_or_the_last_one_named(
    anna: Invitation, client: Client, score: Any
) -> None:
    response = client.get(f"{path_of(anna)}?s={score}")

    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert fields_of(response.content.decode()).get("q-recommend") in (None, ["3"])


_visits = st.lists(st.tuples(st.sampled_from(["get", "head"]), st.integers(-1, 12)), max_size=4)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=_visits, between=_visits, after=_visits, score=st.integers(7, 10))
def test_whoever_opens_the_link_before_between_or_after_changes_nothing_of_what_she_said(
    anna: Invitation, before: Visits, between: Visits, after: Visits, score: Any
) -> None:
    Response.objects.filter(invitation=anna).delete()
    scanner, customer = Client(), Client()

    def scan(visits: Visits) -> None:
        for method, guess in visits:
            getattr(scanner, method)(f"{path_of(anna)}?s={guess}")

    scan(before)
    first = open_page(customer, anna, f"?s={score}")
    scan(between)
    second = fields_of(press(customer, anna, first).content.decode())
    scan(between)
    press(customer, anna, second, ease="6", more="Quick delivery")
    scan(after)

    assert stored(anna) == {"recommend": score, "ease": 6, "more": "Quick delivery"}


def test_a_scanner_that_runs_scripts_and_submits_the_form_is_not_the_customer(anna: Invitation, client: Client) -> None:
    page = open_page(client, anna, "?s=9")

    response = press(client, anna, {**page, "hand": ["0"]})

    assert response.status_code == 200
    assert "press the button yourself" in response.content.decode()
    assert stored(anna) == {}


# --- answering ---


def test_she_answers_page_by_page_without_javascript_and_is_thanked(anna: Invitation, client: Client) -> None:
    first = open_page(client, anna, "?s=9")
    second = press(client, anna, first)
    done = press(client, anna, fields_of(second.content.decode()), ease="6", more="Quick delivery")

    assert (done.status_code, done["Location"]) == (303, f"{path_of(anna)}/thanks")
    thanks = client.get(done["Location"]).content.decode()
    assert "Thank you" in thanks
    assert "Quick delivery" in thanks
    assert stored(anna) == {"recommend": 9, "ease": 6, "more": "Quick delivery"}
    assert Response.objects.get(invitation=anna).completed_at is not None


def test_what_she_sent_of_the_first_page_is_safe_before_the_second(anna: Invitation, client: Client) -> None:
    press(client, anna, open_page(client, anna), recommend="4", why="Too loud")

    response = Response.objects.get(invitation=anna)
    assert response.completed_at is None
    assert stored(anna) == {"recommend": 4, "why": "Too loud"}
    assert ChangedDay.objects.filter(survey=response.survey, day=response.answered_on).exists()


def test_coming_back_she_goes_on_where_she_stopped(anna: Invitation, client: Client) -> None:
    press(client, anna, open_page(client, anna), recommend="9")

    page = open_page(client, anna)

    assert page["page"] == ["1"]
    assert page["q-recommend"] == ["9"]


def test_back_shows_the_page_before_with_all_she_typed(anna: Invitation, client: Client) -> None:
    second = fields_of(press(client, anna, open_page(client, anna), recommend="4", why="Too loud").content.decode())

    first = fields_of(press(client, anna, second, go="back", ease="2").content.decode())

    assert (first["page"], first["q-recommend"], first["q-why"], first["q-ease"]) == (["0"], ["4"], ["Too loud"], ["2"])


def test_an_answer_to_a_question_that_is_not_asked_is_ignored(anna: Invitation, client: Client) -> None:
    page = open_page(client, anna)

    press(client, anna, page, recommend="10", why="You will never see this")

    assert stored(anna) == {"recommend": 10}


def test_a_required_question_is_asked_again_beside_the_fault_and_nothing_typed_is_lost(
    anna: Invitation, client: Client
) -> None:
    second = fields_of(press(client, anna, open_page(client, anna), recommend="9").content.decode())

    again = press(client, anna, second, more="Half an essay")

    html = again.content.decode()
    assert again.status_code == 422
    assert "Please answer this question." in html
    assert 'aria-describedby="q-ease-fault' in html
    assert fields_of(html)["q-more"] == ["Half an essay"]
    assert Response.objects.get(invitation=anna).completed_at is None


def test_a_question_that_her_answer_brings_is_shown_without_reproach(anna: Invitation, client: Client) -> None:
    page = open_page(client, anna)  # without a script the page cannot show "why" at once

    shown = press(client, anna, page, recommend="3")

    assert shown.status_code == 200
    assert "q-why" in fields_of(shown.content.decode())
    assert "Please answer" not in shown.content.decode()


def test_a_survey_of_one_page_is_answered_with_one_press(acme: Organization, now: datetime, client: Client) -> None:
    document = {"pages": [{"questions": [question("recommend", "nps", required=True)]}], "endings": ENDINGS}
    otto = ask(acme, survey=survey_of(acme, document, now=now), now=now)

    done = press(client, otto, open_page(client, otto, "?s=7"))

    assert done.status_code == 303
    assert stored(otto) == {"recommend": 7}


def test_while_the_survey_is_open_she_may_change_her_mind(anna: Invitation, client: Client) -> None:
    second = fields_of(press(client, anna, open_page(client, anna, "?s=9")).content.decode())
    press(client, anna, second, ease="6")
    assert "Change my answers" in client.get(path_of(anna)).content.decode()

    page = open_page(client, anna, "?again")
    assert page["q-recommend"] == ["9"]
    second = fields_of(press(client, anna, page, recommend="3", why="It broke").content.decode())
    press(client, anna, second, ease="1")

    assert stored(anna) == {"recommend": 3, "why": "It broke", "ease": 1}
    assert Response.objects.filter(invitation=anna).count() == 1


def test_an_unfinished_second_tab_takes_nothing_back_from_what_was_sent(anna: Invitation, client: Client) -> None:
    forgotten = open_page(client, anna)
    second = fields_of(press(client, anna, open_page(client, anna), recommend="9").content.decode())
    press(client, anna, second, ease="6", more="Quick delivery")

    press(client, anna, forgotten, recommend="8")

    assert stored(anna) == {"recommend": 9, "ease": 6, "more": "Quick delivery"}


def test_a_newer_version_published_meanwhile_changes_nothing_for_her(
    anna: Invitation, acme: Organization, now: datetime, client: Client
) -> None:
    page = open_page(client, anna, "?s=9")
    survey = anna.touchpoint.survey
    author = factories.member(acme, name="quentin")
    draft = drafting.continue_(survey, by=author, now=now)
    data = questionnaire.to_data(documents.of(draft))
    data["pages"] = TWO_PAGES["pages"][:1]
    drafting.save(draft, questionnaire.parse(data), revision=draft.revision, by=author, now=now)
    draft.refresh_from_db()
    publishing.publish(draft, by=author, now=now)

    second = press(client, anna, page)
    press(client, anna, fields_of(second.content.decode()), ease="6")

    assert stored(anna) == {"recommend": 9, "ease": 6}
    assert Response.objects.get(invitation=anna).version == anna.version
    late = ask(acme, survey=survey, now=now, name="Late Lars")
    assert press(client, late, open_page(client, late, "?s=9")).status_code == 303


def test_a_page_left_open_for_a_week_still_takes_her_answer(
    anna: Invitation, client: Client, freeze: Freeze, now: datetime
) -> None:
    page = open_page(client, anna, "?s=9")
    freeze(now + timedelta(days=7))

    assert press(client, anna, page).status_code == 200
    assert stored(anna) == {"recommend": 9}


def test_the_language_can_be_changed_and_what_she_typed_stays(
    acme: Organization, now: datetime, client: Client
) -> None:
    berta = ask(acme, now=now, language="de")
    page = open_page(client, berta)
    assert page["lang"] == ["de"]

    english = client.post(path_of(berta), {**page, "q-nps": ["4"], "q-reason": ["Zu laut"], "speak": ["en"]})

    html = english.content.decode()
    assert '<html lang="en"' in html
    assert (fields_of(html)["q-nps"], fields_of(html)["q-reason"]) == (["4"], ["Zu laut"])
    assert stored(berta) == {}


# --- closed, expired, unknown, forged ---


def test_after_its_time_the_link_leads_to_a_kind_page(anna: Invitation, client: Client, freeze: Freeze) -> None:
    freeze(anna.expires_at + timedelta(minutes=1))

    response = client.get(path_of(anna))

    assert response.status_code == 410
    assert "This survey is closed" in response.content.decode()


def test_an_archived_survey_is_closed_but_whoever_had_begun_may_finish_for_a_week(
    anna: Invitation, acme: Organization, client: Client, freeze: Freeze, now: datetime
) -> None:
    begun = open_page(client, anna, "?s=9")
    fresh = ask(acme, survey=anna.touchpoint.survey, now=now, name="Lars Late")
    survey = anna.touchpoint.survey
    survey.archived_at = now + timedelta(hours=1)
    survey.save(update_fields=["archived_at"])

    freeze(now + timedelta(days=6))
    assert client.get(path_of(fresh)).status_code == 410
    assert press(client, anna, begun).status_code == 200
    freeze(now + timedelta(days=9))
    assert press(client, anna, begun, ease="5").status_code == 410
    assert stored(anna) == {"recommend": 9}


def test_a_paused_touchpoint_does_not_close_the_links_that_have_left(anna: Invitation, client: Client) -> None:
    touchpoint = anna.touchpoint
    touchpoint.state = TouchpointState.PAUSED
    touchpoint.save()

    assert client.get(path_of(anna)).status_code == 200


def test_after_the_end_she_can_still_read_what_she_said(anna: Invitation, client: Client, freeze: Freeze) -> None:
    second = fields_of(press(client, anna, open_page(client, anna, "?s=9")).content.decode())
    press(client, anna, second, ease="6", more="Quick delivery")
    freeze(anna.expires_at + timedelta(days=30))

    html = client.get(path_of(anna)).content.decode()

    assert "Quick delivery" in html
    assert "Change my answers" not in html


def test_unknown_and_forged_links_look_the_same_and_cost_the_same(
    anna: Invitation, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    genuine = addresses.token(anna)
    client.get("/r/x")  # the connection's plan is made
    unknown = links.token(links.ANSWER, uuid.uuid4())
    forged = genuine[:-4] + ("AAAA" if not genuine.endswith("AAAA") else "BBBB")
    other_purpose = links.token(links.JOIN, anna.public_id)

    pages = []
    for token in (unknown, forged, other_purpose, "x", "1.", "1.%F0%9F%8E%A7"):
        with django_assert_num_queries(1):
            response = client.get(f"/r/{token}")
        assert response.status_code == 404
        pages.append(response.content)

    assert len(set(pages)) == 1


# --- manners of the page ---


def test_the_page_sets_no_cookie_and_keeps_its_address_to_itself(anna: Invitation, client: Client) -> None:
    for response in (client.get(path_of(anna)), press(client, anna, open_page(client, anna), recommend="9")):
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        assert "unsafe" not in response["Content-Security-Policy"]


def test_no_token_is_written_to_the_log(
    anna: Invitation, client: Client, freeze: Freeze, caplog: pytest.LogCaptureFixture
) -> None:
    press(client, anna, {"form": ["rubbish"]})
    client.get("/r/1.unknown-token")
    freeze(anna.expires_at + timedelta(days=1))
    client.get(path_of(anna))

    assert "/r/" not in caplog.text


def test_a_post_from_anywhere_needs_no_cookie_to_be_believed(anna: Invitation) -> None:
    strict = Client(enforce_csrf_checks=True)

    page = open_page(strict, anna, "?s=9")

    assert press(strict, anna, page).status_code == 200
    assert stored(anna) == {"recommend": 9}


def test_a_form_that_lost_its_token_is_shown_again_with_what_she_typed(anna: Invitation, client: Client) -> None:
    page = open_page(client, anna)
    page["form"] = [page["form"][0][:-3]]

    response = press(client, anna, page, recommend="4", why="Too loud")

    assert response.status_code == 422
    assert fields_of(response.content.decode())["q-recommend"] == ["4"]
    assert stored(anna) == {}


@pytest.mark.parametrize("much", [{"feel": "x" * 2_700_000}, {f"field-{n}": "1" for n in range(2_001)}])
def test_a_form_that_is_too_much_for_answers_is_said_not_to_have_arrived(
    anna: Invitation, client: Client, much: dict[str, str]
) -> None:
    kind = "application/x-www-form-urlencoded"

    answer = client.post(path_of(anna), urlencode(much), content_type=kind)

    assert answer.status_code == 422
    assert "Your answers did not arrive in full." in answer.content.decode()
    assert not Response.objects.exists()


def test_one_customers_form_is_worth_nothing_on_anothers_page(
    anna: Invitation, acme: Organization, now: datetime, client: Client
) -> None:
    eve = ask(acme, survey=anna.touchpoint.survey, now=now, name="Eve")

    response = press(client, anna, open_page(client, eve), recommend="0")

    assert response.status_code == 422
    assert stored(anna) == {}


def queries(act: Callable[[], object]) -> int:
    """Questions to the database; the savepoints are the test's own."""
    with CaptureQueriesContext(connection) as context:
        act()
    return len([query for query in context.captured_queries if "SAVEPOINT" not in query["sql"]])


def test_the_busiest_requests_ask_the_database_little(anna: Invitation, client: Client) -> None:
    second = fields_of(press(client, anna, open_page(client, anna, "?s=9")).content.decode())
    otto = path_of(ask_again(anna))

    assert queries(lambda: client.get(otto)) == 1
    assert queries(lambda: press(client, anna, second, ease="6", more="Quick delivery")) <= 3
    assert queries(lambda: client.get(f"{path_of(anna)}/thanks")) == 2


def ask_again(anna: Invitation) -> Invitation:
    customer = factories.customer(anna.organization, "Otto")
    return factories.invitation(factories.purchase(customer), touchpoint=anna.touchpoint)


@pytest.mark.django_db(transaction=True)
def test_the_page_is_found_though_the_database_has_forgotten_its_plan(anna: Invitation, client: Client) -> None:
    client.get(path_of(anna))
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert client.get(path_of(anna)).status_code == 200
    assert client.get(path_of(anna)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_page_is_found_though_the_kept_connection_has_died(anna: Invitation, client: Client) -> None:
    client.get(path_of(anna))
    end_our_connection()

    assert client.get(path_of(anna)).status_code == 200


def end_our_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()


def test_her_page_carries_the_headers_of_every_page(anna: Invitation, client: Client) -> None:
    members, hers = client.get("/accounts/login/"), client.get(path_of(anna))

    assert directives(hers) | {"frame-ancestors 'none'"} == directives(members) | {"frame-ancestors 'self'"}
    expected = {"X-Content-Type-Options", "Cross-Origin-Opener-Policy", "X-Frame-Options", "Content-Language"}
    assert expected <= set(members.headers) & set(hers.headers)
    assert int(hers["Content-Length"]) == len(hers.content)


def directives(response: Any) -> set[str]:
    return {part.strip() for part in response["Content-Security-Policy"].split(";")}


def test_her_page_is_not_shown_under_another_name_of_the_host(anna: Invitation, client: Client) -> None:
    assert client.get(path_of(anna), headers={"host": "evil.example"}).status_code == 400


def test_what_customers_and_shops_write_is_text_on_the_page(acme: Organization, now: datetime, client: Client) -> None:
    document = {
        "pages": [
            {"questions": [question("more", "text")]},
            {
                "questions": [
                    {
                        "key": "piped",
                        "kind": "text",
                        "text": {"en": "You said {{answer:more|nothing}} of {{interaction:product|it}}"},
                    }
                ]
            },
        ],
        "endings": ENDINGS,
    }
    eve = ask(acme, survey=survey_of(acme, document, now=now), now=now)
    eve.interaction.attributes = {"product": "<img src=x onerror=alert(1)>"}
    eve.interaction.save()

    second = press(client, eve, open_page(client, eve), more='"><script>alert(1)</script>')
    press(client, eve, fields_of(second.content.decode()), piped="</textarea><script>alert(2)</script>")
    thanks = client.get(f"{path_of(eve)}/thanks").content.decode()

    for html in (second.content.decode(), thanks):
        assert "<img" not in html
        assert not re.search(r"<script(?! src=)", html)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


_rubbish = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["\0", "9" * 400, "-1", "1e9", "NaN", "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"), "'; --"]
    ),
)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        st.sampled_from(
            [
                "page",
                "lang",
                "shown",
                "go",
                "speak",
                "hand",
                "q-recommend",
                "q-why",
                "q-ease",
                "q-more",
                "q-x",
                "q-recommend-other",
            ]
        ),
        st.lists(_rubbish, max_size=3),
    ),
    keeps_form=st.booleans(),
    form=_rubbish,
)
def test_rubbish_in_any_field_is_never_a_crash(anna: Invitation, fields: Any, keeps_form: bool, form: str) -> None:
    client = Client(raise_request_exception=True)
    token = addresses.form_token(anna, addresses.Opened(anna.version_id, timezone.now()))

    response = client.post(path_of(anna), {**fields, "form": [token if keeps_form else form]})

    assert response.status_code in (200, 303, 400, 422)


def test_a_body_that_is_no_form_is_never_a_crash(anna: Invitation, client: Client) -> None:
    for body, kind in (
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"--x\r\nrubbish", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"&".join(b"a=1" for _ in range(5000)), "application/x-www-form-urlencoded"),
    ):
        assert client.post(path_of(anna), body, content_type=kind).status_code in (200, 400, 413, 422)


# --- its style ---


def test_the_style_sheet_carries_the_organizations_colour_and_is_kept_for_a_year(
    anna: Invitation, client: Client
) -> None:
    address = re.search(r'<link rel="stylesheet" href="([^"]+)"', client.get(path_of(anna)).content.decode())
    assert address is not None

    sheet = client.get(address[1])

    assert sheet["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "--brand:#0b7285" in sheet.content.decode()


@pytest.mark.parametrize("colour", ["zzzzzz", "fff", "0b7285;}body{", "%2e%2e"])
def test_no_other_text_than_a_colour_gets_into_the_style_sheet(client: Client, db: None, colour: str) -> None:
    assert client.get(f"/respond/0/{colour}.css").status_code == 404
