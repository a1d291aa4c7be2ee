"""What members see of cases, what they can do there, and who may."""

import csv
import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from actions import casework, closing, replying, rules, triage
from actions.models import Case, CaseState, Cause, Outcome
from feedback.models import Customer, Message, Response
from organizations.models import AuditEntry, Member, Organization, Role
from tests import factories
from tests.actions.unhappy import answers, case_of

pytestmark = pytest.mark.django_db

Cast = dict[Role, Member]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now(freeze: Callable[[datetime], None]) -> datetime:
    freeze(factories.NOW)
    return factories.NOW


@pytest.fixture
def acme(now: datetime) -> Organization:
    return factories.organization()


@pytest.fixture
def carla(cast: Cast, client: Client) -> Member:
    """She is signed in."""
    client.force_login(cast[Role.CASE_WORKER].user)
    return cast[Role.CASE_WORKER]


@pytest.fixture
def case(acme: Organization, cast: Cast, now: datetime) -> Case:
    return case_of(acme, now=now - HOUR, comment="The parcel was torn")


def page(client: Client, acme: Organization, name: str, query: str = "", *ids: int) -> str:
    response = client.get(reverse(f"actions:{name}", args=[acme.slug, *ids]) + query)
    assert response.status_code == 200
    return str(response.content.decode())


def press(client: Client, case: Case, act: str, **fields: Any) -> Any:
    return client.post(reverse(f"actions:case_{act}", args=[case.organization.slug, case.pk]), fields)


def test_the_list_is_found_by_words_state_owner_due_time_band_and_touchpoint(
    acme: Organization, client: Client, carla: Member, now: datetime
) -> None:
    anna = casework.take(case_of(acme, "Anna Berg", now=now - 9 * DAY), by=carla, now=now)
    casework.note(anna, text="Her doorbell is broken", by=carla, now=now)
    berta = case_of(acme, "Berta Kühn", now=now)

    for query in ("?q=anna", "?q=doorbell", f"?q=%23{anna.pk}", "?owner=me", "?due=overdue", "?state=in_work"):
        html = page(client, acme, "cases", query)
        assert "Anna Berg" in html, query
        assert "Berta Kühn" not in html, query
    assert "Anna Berg" not in page(client, acme, "cases", "?owner=nobody")
    assert "Anna Berg" not in page(client, acme, "cases", f"?touchpoint={berta.touchpoint_id}")
    html = page(client, acme, "cases", "?sort=newest&band=low")
    assert html.index("Berta Kühn") < html.index("Anna Berg")
    assert "No case matches" in page(client, acme, "cases", "?band=high")


@pytest.mark.parametrize("name", ["cases", "board"])
@pytest.mark.parametrize(
    "query",
    ["?owner=99999999999999999999", "?survey=x&touchpoint=-1", "?state=gone&sort=x&due=y&band=z&page=x"],
)
def test_rubbish_in_the_address_asks_for_nothing(
    acme: Organization, client: Client, carla: Member, case: Case, name: str, query: str
) -> None:
    page(client, acme, name, query)


def test_overdue_is_said_in_words(acme: Organization, client: Client, carla: Member, case: Case, now: datetime) -> None:
    Case.objects.filter(pk=case.pk).update(due_at=now - HOUR)

    for name in ("cases", "board"):
        assert "overdue</span>" in page(client, acme, name)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("cases", 11), ("board", 13)])
def test_list_and_board_ask_the_database_as_much_for_three_as_for_one(
    acme: Organization,
    client: Client,
    carla: Member,
    now: datetime,
    rows: int,
    name: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        casework.take(case_of(acme, f"Anna {number}", now=now, comment="Torn"), by=carla, now=now)

    with django_assert_num_queries(queries):
        page(client, acme, name)


@pytest.mark.parametrize("notes", [1, 3])
def test_a_page_of_one_case_asks_as_much_for_a_long_log_as_for_a_short_one(
    acme: Organization,
    client: Client,
    carla: Member,
    case: Case,
    now: datetime,
    notes: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    page(client, acme, "case", "", case.pk)
    for number in range(notes):
        casework.note(case, text=f"Call {number}", by=carla, now=now)

    with django_assert_num_queries(15):
        page(client, acme, "case", "", case.pk)


def test_the_board_has_a_column_for_each_state_and_moves_by_its_form(
    acme: Organization, client: Client, carla: Member, case: Case
) -> None:
    html = page(client, acme, "board")
    assert [html.index(f'data-column="{state}"') for state in CaseState.values] == sorted(
        html.index(f'data-column="{state}"') for state in CaseState.values
    )

    answer = client.post(
        reverse("actions:case_move", args=[acme.slug, case.pk]) + "?owner=nobody",
        {"state": "waiting", "from": "board", "seen": case.revision},
    )

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        reverse("actions:board", args=[acme.slug]) + "?owner=nobody",
    )
    case.refresh_from_db()
    assert (case.state, case.owner) == (CaseState.WAITING, carla)


def test_a_move_that_somebody_else_forestalled_is_refused_on_the_board(
    acme: Organization, cast: Cast, client: Client, carla: Member, case: Case, now: datetime
) -> None:
    seen = case.revision
    casework.take(case, by=cast[Role.QUALITY_MANAGER], now=now)

    answer = client.post(
        reverse("actions:case_move", args=[acme.slug, case.pk]),
        {"state": "waiting", "from": "board", "seen": seen},
        follow=True,
    )

    assert "Quentin has changed this case" in answer.content.decode()
    case.refresh_from_db()
    assert case.state == CaseState.IN_WORK


def test_a_full_column_leads_to_the_list(
    acme: Organization, client: Client, carla: Member, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.cases.PER_COLUMN", 2)
    for number in range(3):
        case_of(acme, f"Anna {number}", now=now)

    assert "1 more in the list" in page(client, acme, "board")


def test_the_page_of_a_case_shows_what_she_said_and_what_was_done(
    acme: Organization, client: Client, carla: Member, case: Case, now: datetime
) -> None:
    casework.note(case, text="I called <her>", by=carla, now=now)

    html = page(client, acme, "case", "", case.pk)

    for shown in ("Anna Berg", "The parcel was torn", "I called &lt;her&gt;", "History of this customer", "Headphones"):
        assert shown in html
    assert reverse("feedback:response", args=[acme.slug, case.response_id]) in html


def test_everything_that_can_be_done_is_a_button_on_the_page(
    acme: Organization, cast: Cast, client: Client, carla: Member, case: Case, now: datetime
) -> None:
    html = page(client, acme, "case", "", case.pk)
    for act in ("take", "assign", "move", "note", "reply", "due", "close"):
        assert f'action="{reverse(f"actions:case_{act}", args=[acme.slug, case.pk])}' in html, act

    key = uuid.uuid4()
    assert press(client, case, "take", seen=0).status_code == 302
    assert press(client, case, "note", text="I called her").status_code == 302
    assert press(client, case, "due", due_at="2026-03-20T10:30").status_code == 302
    assert press(client, case, "reply", subject="Sorry", text="We are sorry.", key=key).status_code == 302
    assert press(client, case, "assign", to=cast[Role.OWNER].pk).status_code == 302
    assert press(client, case, "close", outcome="put_right", cause="delivery").status_code == 302
    assert press(client, case, "reopen", why="It broke again").status_code == 302

    case.refresh_from_db()
    assert (case.state, case.owner) == (CaseState.IN_WORK, cast[Role.OWNER])
    assert Message.objects.get(uuid=key).letter.text == "We are sorry."
    html = page(client, acme, "case", "", case.pk)
    for said in ("I called her", "We are sorry.", "put right", "It broke again", "gave the case to Olga"):
        assert said in html


def test_a_due_time_far_from_ours_on_the_clock_is_the_same_moment(
    acme: Organization, client: Client, carla: Member, case: Case, now: datetime
) -> None:
    moment = (now + DAY).astimezone(timezone(-timedelta(hours=23, minutes=59)))

    assert press(client, case, "due", due_at=moment.isoformat()).status_code == 302
    case.refresh_from_db()
    assert case.due_at == now + DAY


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("note", {"text": " "}, "Write something first."),
        ("due", {"due_at": "soon"}, "Choose a time from now on"),
        ("due", {"due_at": "9999-12-31T23:59"}, "Choose a time from now on"),
        ("reply", {"subject": "", "text": "All I typed"}, "Say in a few words what the mail is about."),
        ("reply", {"subject": "Sorry", "text": "", "key": "x"}, "Write something to her."),
        ("close", {"outcome": "", "text": "All I typed"}, "Say how it ended."),
        ("close", {"outcome": "explained", "text": "All I typed"}, "Say what lay behind it"),
        ("close", {"outcome": "explained", "cause": "other", "text": "All I typed"}, "Say in a few words what it was."),
        ("move", {"state": "closed"}, "A case is closed on its own page"),
        ("reopen", {"why": "Why"}, "This case is open already."),
    ],
)
def test_a_refusal_stands_on_the_page_with_what_was_typed(
    client: Client, carla: Member, case: Case, act: str, fields: dict[str, str], said: str
) -> None:
    answer = press(client, case, act, **fields)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    if fields.get("text", "").startswith("All"):
        assert "All I typed" in html
    case.refresh_from_db()
    assert case.state == CaseState.NEW


def test_two_members_with_the_same_page_open_lose_nothing(
    cast: Cast, client: Client, carla: Member, case: Case, now: datetime
) -> None:
    seen = case.revision
    casework.take(case, by=cast[Role.QUALITY_MANAGER], now=now)

    answer = press(client, case, "close", outcome="explained", cause="price", text="All I typed", seen=seen)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Quentin has changed this case since you opened the page" in html
    assert "All I typed" in html
    assert 'value="explained" selected' in html


def test_a_case_goes_to_nobody_of_another_organization(client: Client, carla: Member, case: Case) -> None:
    mallory = factories.member(factories.organization("Mallory Media"), name="mallory")

    for stranger in (mallory.pk, "x", "9" * 30):
        assert press(client, case, "assign", to=stranger).status_code == 404
    case.refresh_from_db()
    assert case.owner is None


def test_whoever_cannot_be_written_to_has_no_form_and_the_reason_stands_there(
    acme: Organization, client: Client, carla: Member, case: Case
) -> None:
    assert case.customer is not None
    Customer.objects.filter(pk=case.customer.pk).update(email="", address_key="")

    html = page(client, acme, "case", "", case.pk)

    assert "We know no e-mail address of this customer." in html
    assert 'name="subject"' not in html


def test_a_reply_that_failed_is_seen_on_the_case(
    acme: Organization, client: Client, carla: Member, case: Case, now: datetime
) -> None:
    message = replying.reply(case, subject="Sorry", text="We are sorry.", key=uuid.uuid4(), by=carla, now=now)
    Message.objects.filter(pk=message.pk).update(state="failed", cause="no_such_mailbox")

    assert "She has probably not read this." in page(client, acme, "case", "", case.pk)


def test_of_an_anonymous_response_no_score_is_shown(
    acme: Organization, client: Client, carla: Member, now: datetime
) -> None:
    response = answers(acme, now=now, nps=4, comment="The parcel was torn")
    Response.objects.filter(pk=response.pk).update(anonymous=True, invitation=None, customer=None)
    triage.sweep(now=now)

    for name in ("cases", "board"):
        assert 'hb-score-low">4<' not in page(client, acme, name)
    html = page(client, acme, "case", "", Case.objects.get().pk)
    assert 'hb-score-low">4<' not in html
    assert "The survey is anonymous" in html
    assert 'name="subject"' not in html
    for band in ("low", "middle", "high"):
        assert f"Case {Case.objects.get().pk}" not in page(client, acme, "cases", f"?state=all&band={band}")


def test_viewers_see_counts_and_never_a_case(
    acme: Organization, cast: Cast, client: Client, case: Case, now: datetime
) -> None:
    client.force_login(cast[Role.VIEWER].user)

    answer = client.get(reverse("actions:cases", args=[acme.slug]), follow=True)

    html = answer.content.decode()
    assert answer.redirect_chain == [(reverse("actions:case_figures", args=[acme.slug]), 302)]
    assert "Anna" not in html
    assert "torn" not in html
    assert f"/cases/{case.pk}/" not in html
    assert answer.context["waiting"].open == 1
    assert "1 of 5 cases needed" in html


def test_the_figures_name_share_and_median(acme: Organization, client: Client, carla: Member, now: datetime) -> None:
    for number in range(5):
        one = case_of(acme, f"Anna {number}", now=now - 3 * DAY)
        closing.close(one, outcome=Outcome.EXPLAINED, cause=Cause.DELIVERY, by=carla, now=now - DAY)

    html = page(client, acme, "case_figures", "?days=30")

    assert "100\u202f%" in html
    assert "2.0 days" in html
    assert "delivery: late, lost or damaged" in html
    assert "now 2 working days" in html
    page(client, acme, "case_figures", "?days=7000")


def test_a_file_holds_the_rows_of_the_screen_and_runs_no_formula(
    acme: Organization, cast: Cast, client: Client, now: datetime
) -> None:
    client.force_login(cast[Role.QUALITY_MANAGER].user)
    case = case_of(acme, "=cmd() Berg", now=now)
    case_of(acme, "Berta Kühn", now=now)
    casework.take(case, by=cast[Role.CASE_WORKER], now=now)
    url = reverse("actions:cases_export", args=[acme.slug])

    text = client.get(f"{url}?owner={cast[Role.CASE_WORKER].pk}").getvalue().decode("utf-8-sig")
    book = zipfile.ZipFile(io.BytesIO(client.get(f"{url}?format=xlsx").getvalue()))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Case"], row["Owner"], row["Customer"], row["Score"]) for row in rows] == [
        (str(case.pk), "Carla", "'=cmd() Berg", "2")
    ]
    assert "=cmd() Berg</t>" in sheet
    assert "Berta Kühn</t>" in sheet
    assert "<f>" not in sheet
    entry = AuditEntry.objects.filter(what="cases.exported").first()
    assert entry is not None
    assert "words" not in entry.detail


def test_quality_managers_choose_when_cases_open(acme: Organization, cast: Cast, client: Client, now: datetime) -> None:
    quentin, carla = cast[Role.QUALITY_MANAGER], cast[Role.CASE_WORKER]
    client.force_login(quentin.user)
    survey = factories.survey(acme, now=now, name="Post-purchase")
    nps, product = survey.questions.get(key="nps"), survey.questions.get(key="product")
    html = page(client, acme, "case_rules")
    assert "Post-purchase" in html

    answer = client.post(
        reverse("actions:case_rules", args=[acme.slug]),
        {
            "is_on": "on",
            "questions": [nps.pk],
            "due_in": 8,
            "due_unit": "hours",
            "hand_over": "one",
            "first_owner": carla.pk,
        },
    )

    assert answer.status_code == 302
    stored = rules.of(acme)
    assert (stored.due_in, stored.due_unit, stored.first_owner) == (8, "hours", carla)
    assert product.pk in stored.silent_questions
    assert nps.pk not in stored.silent_questions
    assert AuditEntry.objects.filter(what="case_rules.changed", by=quentin).count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"due_in": "0"}, "greater than or equal to 1"),
        ({"due_in": "9999999999"}, "less than or equal to 1000"),
        ({"due_unit": "moons"}, "moons"),
        ({"hand_over": "one", "first_owner": ""}, "Choose the member who gets new cases"),
        ({"questions": ["1\x00"]}, "1"),
    ],
)
def test_rules_that_cannot_be_are_refused_beside_the_fault(
    acme: Organization, cast: Cast, client: Client, wrong: dict[str, Any], said: str
) -> None:
    client.force_login(cast[Role.QUALITY_MANAGER].user)
    good = {"is_on": "on", "due_in": "2", "due_unit": "hours", "hand_over": "nobody", "first_owner": ""}

    answer = client.post(reverse("actions:case_rules", args=[acme.slug]), good | wrong)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert rules.of(acme).pk is None


def test_home_says_what_to_do_now(acme: Organization, client: Client, carla: Member, case: Case, now: datetime) -> None:
    mine = casework.take(case_of(acme, "Berta Kühn", now=now), by=carla, now=now)

    html = page(client, acme, "home")

    assert html.index("My cases") < html.index(f"/cases/{mine.pk}/") < html.index("Without an owner")
    assert html.index("Without an owner", html.index("My cases")) < html.index(f"/cases/{case.pk}/")


def test_response_and_customer_lead_to_the_case(
    acme: Organization, client: Client, carla: Member, case: Case, now: datetime
) -> None:
    url = reverse("actions:case", args=[acme.slug, case.pk])

    assert case.response is not None
    for place, pk in (("feedback:response", case.response_id), ("feedback:customer", case.customer_id)):
        html = client.get(reverse(place, args=[acme.slug, pk])).content.decode()
        assert url in html, place


def test_before_erasing_a_response_the_page_says_what_its_case_loses(
    acme: Organization, cast: Cast, client: Client, case: Case
) -> None:
    client.force_login(cast[Role.QUALITY_MANAGER].user)

    html = client.get(reverse("feedback:response_erase", args=[acme.slug, case.response_id])).content.decode()

    assert f"Case {case.pk} loses its customer" in html
    client.post(reverse("feedback:response_erase", args=[acme.slug, case.response_id]))
    html = page(client, acme, "case", "", case.pk)
    assert "The response was erased." in html
    assert "Anna" not in html
    assert 'hb-score-low">2<' not in html
    assert 'hb-score-low">2<' not in page(client, acme, "cases", "?state=closed")
    assert 'hb-score-low">2<' not in page(client, acme, "board")


def test_an_empty_list_says_what_to_do(acme: Organization, cast: Cast, client: Client) -> None:
    client.force_login(cast[Role.QUALITY_MANAGER].user)
    html = page(client, acme, "cases")

    assert "No cases yet" in html
    assert reverse("actions:case_rules", args=[acme.slug]) in html


def test_when_everything_is_closed_the_list_says_so(
    acme: Organization, client: Client, carla: Member, case: Case, now: datetime
) -> None:
    closing.close(case, outcome=Outcome.EXPLAINED, cause=Cause.PRICE, by=carla, now=now)

    assert "No open case" in page(client, acme, "cases")
    assert "Anna Berg" in page(client, acme, "cases", "?state=closed&sort=closed")
