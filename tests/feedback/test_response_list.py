"""The list of responses: every condition a chart can ask for, with its address, and its files."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from feedback import answering, responses
from feedback.models import Answer, Response
from feedback.wanted import Wanted
from organizations.models import AuditEntry, Member, Organization, Role
from surveys.answers import AnswerValue
from surveys.models import Question, Survey, Touchpoint
from surveys.scales import Band
from tests import factories, workbooks
from tests.feedback.asking import ENDINGS, question, survey_of

pytestmark = pytest.mark.django_db

Cast = dict[Role, Member]


@pytest.fixture
def now(freeze: Callable[[datetime], None]) -> datetime:
    freeze(factories.NOW)
    return factories.NOW


@pytest.fixture
def acme(now: datetime) -> Organization:
    return factories.organization()


@pytest.fixture
def touchpoint(acme: Organization, cast: Cast) -> Touchpoint:
    return factories.touchpoint(acme)


def said(
    touchpoint: Touchpoint,
    name: str = "Anna Berg",
    *,
    at: datetime = factories.NOW,
    language: str = "en",
    is_complete: bool = True,
    bought: dict[str, Any] | None = None,
    **answers: Any,
) -> Response:
    customer = factories.customer(touchpoint.organization, name)
    invitation = factories.invitation(factories.purchase(customer, days_ago=5, **(bought or {})), touchpoint=touchpoint)
    accepted = {
        key: AnswerValue(score=value)
        if isinstance(value, int)
        else AnswerValue(text=value)
        if isinstance(value, str)
        else AnswerValue(choices=tuple(value))
        for key, value in answers.items()
    }
    answering.submit(
        invitation,
        version_id=invitation.version_id,
        accepted=accepted,
        language=language,
        is_complete=is_complete,
        now=at,
    )
    return Response.objects.get(invitation=invitation)


def asked_of(survey: Survey, key: str) -> Question:
    return survey.questions.get(key=key)


def found(acme: Organization, **conditions: Any) -> list[str]:
    rows = responses.listed(acme, Wanted(**conditions), today=factories.NOW.date())
    return [str(response.customer) for response in rows]


# --- conditions -----------------------------------------------------------------------------------------------------


def test_a_score_a_band_and_a_choice_are_about_the_question_that_is_named(
    acme: Organization, touchpoint: Touchpoint
) -> None:
    nps, wrong = asked_of(touchpoint.survey, "nps"), asked_of(touchpoint.survey, "what_went_wrong")
    said(touchpoint, "Anna Berg", nps=2, what_went_wrong=["late", "price"])
    said(touchpoint, "Berta Kern", nps=9)
    said(touchpoint, "Cleo Dahl", nps=6, what_went_wrong=["damaged"])

    assert found(acme, question=nps.pk, score=2) == ["Anna Berg"]
    assert found(acme, question=nps.pk, band=Band.LOW) == ["Cleo Dahl", "Anna Berg"]
    assert found(acme, question=wrong.pk, choice="late") == ["Anna Berg"]
    assert found(acme, question=wrong.pk) == ["Cleo Dahl", "Anna Berg"]
    assert found(acme, band=Band.HIGH) == ["Berta Kern"]


def test_days_are_the_days_of_the_answers_both_ends_included(acme: Organization, touchpoint: Touchpoint) -> None:
    said(touchpoint, "Anna Berg", at=factories.NOW - timedelta(days=6), nps=9)
    said(touchpoint, "Berta Kern", at=factories.NOW - timedelta(days=7), nps=9)

    assert found(acme, days=7) == ["Anna Berg"]
    assert found(acme, start=date(2026, 3, 3), end=date(2026, 3, 3)) == ["Berta Kern"]
    assert found(acme, start=date(2026, 3, 3)) == ["Berta Kern", "Anna Berg"]


def test_attributes_language_state_and_what_is_left_out_are_conditions_too(
    acme: Organization, cast: Cast, touchpoint: Touchpoint
) -> None:
    said(touchpoint, "Anna Berg", bought={"store": "Köln"}, nps=9)
    said(touchpoint, "Berta Kern", bought={"store": "Bonn"}, language="de", nps=9)
    said(touchpoint, "Cleo Dahl", is_complete=False, nps=9)
    left_out = said(touchpoint, "Dora Ek", nps=0)
    answering.exclude(left_out, why="A test", by=cast[Role.QUALITY_MANAGER], now=factories.NOW)

    assert found(acme, attribute="store", value="Köln") == ["Anna Berg"]
    assert found(acme, language="de") == ["Berta Kern"]
    assert found(acme, state="unfinished") == ["Cleo Dahl"]
    assert found(acme, counted="no") == ["Dora Ek"]
    assert found(acme, counted="yes", state="complete") == ["Berta Kern", "Anna Berg"]


def test_words_are_found_in_comments_whatever_their_accents_and_in_who_she_is(
    acme: Organization, touchpoint: Touchpoint
) -> None:
    said(touchpoint, "Anna Berg", nps=2, reason="The Café was CLOSED, 100% shut")
    said(touchpoint, "Rosa Cafe", nps=9, reason="Fine")

    assert found(acme, words="cafe closed") == ["Anna Berg"]
    assert found(acme, words="cafe") == ["Rosa Cafe", "Anna Berg"]
    assert found(acme, words="100%") == ["Anna Berg"]
    assert found(acme, words="%") == ["Anna Berg"]
    assert found(acme, words="closed shut fine") == []


def test_the_list_is_sorted_by_the_leading_score(acme: Organization, touchpoint: Touchpoint) -> None:
    for name, score in (("Anna Berg", 5), ("Berta Kern", 0), ("Cleo Dahl", 10)):
        said(touchpoint, name, nps=score)

    assert found(acme, sort="lowest") == ["Berta Kern", "Anna Berg", "Cleo Dahl"]
    assert found(acme, sort="highest") == ["Cleo Dahl", "Anna Berg", "Berta Kern"]
    assert found(acme, sort="oldest") == ["Anna Berg", "Berta Kern", "Cleo Dahl"]


def test_an_anonymous_response_is_never_in_the_list(acme: Organization, touchpoint: Touchpoint) -> None:
    anna = said(touchpoint, nps=2)
    Response.objects.filter(pk=anna.pk).update(anonymous=True, invitation=None, customer=None)

    assert found(acme) == []


def test_an_address_says_what_it_was_made_of() -> None:
    asked = Wanted(
        words="late & damaged",
        survey=3,
        question=7,
        band=Band.LOW,
        score=2,
        choice="late",
        attribute="a/b",
        value="=1",
        start=date(2026, 1, 1),
        sort="lowest",
    )
    from django.http import QueryDict

    assert Wanted.of(QueryDict(asked.query).dict()) == asked


@pytest.mark.parametrize(
    "query",
    [
        "question=99999999999999999999",
        "score=2",
        "question=1&score=-4",
        "choice=x",
        "attribute=x",
        "value=x",
        "start=2026-13-45",
        "end=yesterday",
        "state=x",
        "counted=x",
        "language=x&channel=x&version=0",
        "question=9223372036854775807",
        "score=99999&question=1",
    ],
)
def test_rubbish_in_the_address_is_no_fault(
    acme: Organization, cast: Cast, touchpoint: Touchpoint, client: Client, query: str
) -> None:
    said(touchpoint, nps=2)
    client.force_login(cast[Role.OWNER].user)

    assert client.get(f"/o/{acme.slug}/responses/?{query}").status_code == 200
    assert client.get(f"/o/{acme.slug}/responses/export/?{query}").status_code == 200


# --- the page -------------------------------------------------------------------------------------------------------


def test_hits_are_marked_and_what_people_wrote_stays_text(
    acme: Organization, cast: Cast, touchpoint: Touchpoint, client: Client
) -> None:
    said(touchpoint, nps=2, reason="<script>alert(1)</script> Käse <b>")
    client.force_login(cast[Role.CASE_WORKER].user)

    html = client.get(f"/o/{acme.slug}/responses/", {"q": "kase"}).content.decode()

    assert "<mark>Käse</mark>" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


def test_what_a_chart_asked_for_is_said_and_can_be_dropped(
    acme: Organization, cast: Cast, touchpoint: Touchpoint, client: Client
) -> None:
    wrong = asked_of(touchpoint.survey, "what_went_wrong")
    said(touchpoint, nps=2, what_went_wrong=["late"], bought={"store": "Köln"})
    client.force_login(cast[Role.CASE_WORKER].user)

    html = client.get(
        f"/o/{acme.slug}/responses/?question={wrong.pk}&choice=late&attribute=store&value=Köln"
    ).content.decode()

    assert "store: Köln" in html
    assert 'href="?question=' in html
    assert 'href="?attribute=store&amp;value=K%C3%B6ln"' in html
    assert 'name="choice" value="late"' in html


# --- files ----------------------------------------------------------------------------------------------------------


def file_of(client: Client, acme: Organization, **query: Any) -> list[dict[str, str]]:
    answer = client.get(f"/o/{acme.slug}/responses/export/", {"names": "keys", **query})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.fixture
def quentins(client: Client, cast: Cast) -> Client:
    client.force_login(cast[Role.QUALITY_MANAGER].user)
    return client


def test_a_file_has_a_row_for_each_response_and_columns_for_each_question(
    acme: Organization, touchpoint: Touchpoint, quentins: Client
) -> None:
    anna = said(
        touchpoint,
        nps=2,
        reason="Late",
        what_went_wrong=["late", "price"],
        bought={"store": "Köln"},
        is_complete=False,
    )

    (row,) = file_of(quentins, acme)

    assert row["response"] == str(anna.pk)
    assert (row["survey"], row["version"], row["touchpoint"]) == ("Post-purchase", "1", "After a purchase")
    assert (row["answered_on"], row["began_at"], row["completed_at"]) == ("2026-03-10", "2026-03-10 10:00:00", "")
    assert (row["name"], row["language"], row["channel"]) == ("Anna Berg", "en", "email")
    assert row["attribute.store"] == "Köln"
    assert (row["nps"], row["nps:band"], row["reason"]) == ("2", "low", "Late")
    assert (row["what_went_wrong"], row["what_went_wrong.late"], row["what_went_wrong.damaged"]) == (
        "late;price",
        "1",
        "0",
    )
    assert row["left_out"] == "0"


def test_a_file_has_the_rows_that_the_list_shows(
    acme: Organization, cast: Cast, touchpoint: Touchpoint, quentins: Client
) -> None:
    said(touchpoint, "Anna Berg", nps=2)
    said(touchpoint, "Berta Kern", nps=9)
    said(touchpoint, "Cleo Dahl", nps=3)
    left_out = said(touchpoint, "Dora Ek", nps=0)
    answering.exclude(left_out, why="=A test", by=cast[Role.QUALITY_MANAGER], now=factories.NOW)

    assert [row["name"] for row in file_of(quentins, acme, band="low")] == ["Dora Ek", "Cleo Dahl", "Anna Berg"]
    assert [row["name"] for row in file_of(quentins, acme, q="anna")] == ["Anna Berg"]
    assert [(row["left_out"], row["left_out_why"]) for row in file_of(quentins, acme, counted="no")] == [
        ("1", "'=A test")
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", " =", '"=', "'=", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_comment_becomes_a_formula(acme: Organization, touchpoint: Touchpoint, quentins: Client, start: str) -> None:
    said(touchpoint, nps=2, reason=f"{start}HYPERLINK(1)")

    (row,) = file_of(quentins, acme)

    assert row["reason"] == f"'{start}HYPERLINK(1)"


def test_a_carriage_return_before_a_formula_does_not_help_it(
    acme: Organization, touchpoint: Touchpoint, quentins: Client
) -> None:
    anna = said(touchpoint, nps=2, reason="x")
    Answer.objects.filter(response=anna, kind="text").update(text="\r=1")

    (row,) = file_of(quentins, acme)

    assert row["reason"].startswith("'")


def test_a_workbook_holds_the_same_and_survives_hostile_signs(
    acme: Organization, touchpoint: Touchpoint, quentins: Client
) -> None:
    anna = said(touchpoint, nps=2, reason="x")
    hostile = "=1+1 \x01\x0b\uffff ]]> <v>&amp; \U0001f600"
    Answer.objects.filter(response=anna, kind="text").update(text=hostile)

    answer = quentins.get(f"/o/{acme.slug}/responses/export/", {"format": "xlsx", "names": "keys"})
    head, row = workbooks.rows(answer.getvalue())

    told = {title: row.get(column) for column, title in head.items()}
    assert told["nps"] == 2
    assert told["answered_on"] == 46091  # 10 March 2026
    assert str(told["reason"]).startswith("=1+1 ")
    assert str(told["reason"]).endswith("]]> <v>&amp; \U0001f600")


def test_whatever_was_erased_is_not_in_a_file(
    acme: Organization, cast: Cast, touchpoint: Touchpoint, quentins: Client
) -> None:
    anna = said(touchpoint, "Anna Berg", nps=2, reason="Torn")
    said(touchpoint, "Berta Kern", nps=9)
    answering.erase(anna, by=cast[Role.OWNER], now=factories.NOW)

    assert [row["name"] for row in file_of(quentins, acme)] == ["Berta Kern"]


def test_what_is_erased_while_a_file_is_being_written_is_not_in_it(
    acme: Organization, cast: Cast, touchpoint: Touchpoint, quentins: Client
) -> None:
    anna = said(touchpoint, "Anna Berg", nps=2, reason="Torn")
    said(touchpoint, "Berta Kern", nps=9)
    answer = quentins.get(f"/o/{acme.slug}/responses/export/", {"names": "keys"})

    answering.erase(anna, by=cast[Role.OWNER], now=factories.NOW)

    assert "Anna Berg" not in answer.getvalue().decode()


def test_choices_that_a_later_version_dropped_keep_their_columns(
    acme: Organization, cast: Cast, quentins: Client
) -> None:
    from surveys import drafting, publishing, questionnaire

    def document(*keys: str) -> dict[str, Any]:
        choices = [{"key": key, "label": {"en": key.title()}} for key in keys]
        return {"pages": [{"questions": [question("why", "multiple_choice", choices=choices)]}], "endings": ENDINGS}

    survey = survey_of(acme, document("late", "price"), now=factories.NOW)
    touchpoint = factories.touchpoint(acme, survey=survey)
    said(touchpoint, why=["late", "price"])
    quentin = cast[Role.QUALITY_MANAGER]
    draft = drafting.continue_(survey, by=quentin, now=factories.NOW)
    parsed = questionnaire.parse({"format": 1, "base_language": "en", "languages": ["en"], **document("price")})
    drafting.save(draft, parsed, revision=draft.revision, by=quentin, now=factories.NOW)
    draft.refresh_from_db()
    publishing.publish(draft, by=quentin, now=factories.NOW)

    (row,) = file_of(quentins, acme)

    assert (row["why"], row["why:label"], row["why.late"], row["why.price"]) == ("late;price", "Price; Late", "1", "1")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_file_asks_the_database_as_much_for_three_as_for_one(
    acme: Organization,
    touchpoint: Touchpoint,
    quentins: Client,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        said(touchpoint, f"Anna {number}", nps=2, reason="Late")
    quentins.get(f"/o/{acme.slug}/responses/export/").getvalue()

    with django_assert_num_queries(16):
        quentins.get(f"/o/{acme.slug}/responses/export/").getvalue()


def test_who_took_a_file_is_on_record_without_the_words_she_looked_for(
    acme: Organization, cast: Cast, touchpoint: Touchpoint, quentins: Client
) -> None:
    said(touchpoint, nps=2)
    file_of(quentins, acme, q="Anna Berg", band="low")

    entry = AuditEntry.objects.get(what="responses.exported")

    assert entry.by == cast[Role.QUALITY_MANAGER]
    assert entry.detail == {"rows": 1, "format": "csv", "band": "low", "sort": "newest"}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CASE_WORKER])
def test_nobody_below_a_quality_manager_takes_files_of_answers(
    acme: Organization, cast: Cast, touchpoint: Touchpoint, client: Client, role: Role
) -> None:
    client.force_login(cast[role].user)

    assert client.get(f"/o/{acme.slug}/responses/export/").status_code == 403
    assert not AuditEntry.objects.filter(what="responses.exported").exists()
    if role is Role.CASE_WORKER:
        assert "responses/export" not in client.get(f"/o/{acme.slug}/responses/").content.decode()


def test_a_file_holds_nothing_of_another_organization(
    acme: Organization, touchpoint: Touchpoint, quentins: Client
) -> None:
    umbra = factories.organization("Umbra")
    factories.cast(umbra)
    theirs = factories.touchpoint(umbra)
    said(theirs, "Mallory", nps=2)

    assert file_of(quentins, acme) == []
    assert file_of(quentins, acme, survey=theirs.survey_id, question=asked_of(theirs.survey, "nps").pk) == []
