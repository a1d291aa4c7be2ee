"""What a quality manager does with surveys, page by page, and what bad input gets her."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from organizations.models import AuditEntry, Member, Organization, Role
from surveys import archiving, documents, drafting, publishing, questionnaire
from surveys.models import Survey
from tests import factories
from tests.factories import NOW
from tests.surveys.editor_form import address, edited, form

pytestmark = pytest.mark.django_db


# --- the list ----------------------------------------------------------------------------------


def test_a_first_visit_says_what_to_do_next(client: Client, acme: Organization, quentin: Member) -> None:
    page = client.get(f"/o/{acme.slug}/surveys/")

    assert "Choose a template" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_survey_and_for_three(
    client: Client,
    acme: Organization,
    quentin: Member,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        factories.touchpoint(acme, survey=factories.survey(acme, name=f"Survey {number}", by=quentin))

    with django_assert_num_queries(6):
        page = client.get(f"/o/{acme.slug}/surveys/")

    assert page.content.decode().count("hb-row-name") == count


def test_the_list_searches_and_keeps_the_archive_apart(
    client: Client, acme: Organization, quentin: Member, survey: Survey
) -> None:
    archiving.archive(factories.survey(acme, name="Old delivery", by=quentin), by=quentin, now=NOW)
    factories.survey(acme, name="Delivery", by=quentin)

    def found(query: str) -> list[str]:
        return [one.name for one in client.get(f"/o/{acme.slug}/surveys/{query}").context["page_obj"]]

    assert found("") == ["Delivery", "Post-purchase"]
    assert found("?q=DELIV") == ["Delivery"]
    assert found("?show=archived") == ["Old delivery"]
    assert found("?show=all&sort=-name") == ["Post-purchase", "Old delivery", "Delivery"]


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=" + "9" * 500, "sort=;drop", "show=nothing", "q=" + "%F0%9F%92%A9" * 90],
)
def test_rubbish_in_the_address_shows_the_list(client: Client, acme: Organization, survey: Survey, query: str) -> None:
    assert client.get(f"/o/{acme.slug}/surveys/?{query}").status_code == 200


def test_the_list_says_which_version_is_live_and_how_much_it_asks(
    client: Client, acme: Organization, quentin: Member, survey: Survey
) -> None:
    drafting.continue_(survey, by=quentin, now=NOW)

    (row,) = client.get(f"/o/{acme.slug}/surveys/").context["page_obj"]

    asked = len(documents.of(factories.published(survey)).questions)
    assert (row.live, row.live_questions, row.has_draft, row.touchpoint_count) == (1, asked, True, 0)


# --- a new one ---------------------------------------------------------------------------------


def test_a_survey_is_made_from_a_template_in_the_chosen_languages(
    client: Client, acme: Organization, quentin: Member
) -> None:
    client.post(
        f"/o/{acme.slug}/surveys/new/",
        {"starter": "relationship", "name": "Spring 2026", "base_language": "de", "more": ["en", "de"]},
    )

    survey = acme.surveys.get()
    wording = documents.of(survey.versions.get())
    assert (survey.name, survey.basis) == ("Spring 2026", "relational")
    assert (wording.base_language, wording.languages) == ("de", ("de", "en"))


def test_without_a_name_it_takes_the_templates_name(client: Client, acme: Organization, quentin: Member) -> None:
    client.post(f"/o/{acme.slug}/surveys/new/", {"starter": "post_purchase", "base_language": "en"})

    assert acme.surveys.get().name == "After a purchase"


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"starter": "nonsense", "base_language": "en"},
        {"starter": "support", "base_language": "xx"},
        {"starter": "support", "base_language": "en", "more": ["en", "klingon"]},
        {"starter": "support", "base_language": "en", "name": "x" * 121},
        {"starter": "support", "base_language": "en", "name": "nul\0"},
    ],
)
def test_a_template_chosen_wrongly_makes_nothing(
    client: Client, acme: Organization, quentin: Member, posted: dict[str, Any]
) -> None:
    page = client.post(f"/o/{acme.slug}/surveys/new/", posted)

    assert page.status_code == 200
    assert page.context["form"].errors
    assert acme.surveys.count() == 0


def upload(client: Client, acme: Organization, content: bytes) -> Any:
    file = SimpleUploadedFile("survey.json", content, content_type="application/json")
    return client.post(
        f"/o/{acme.slug}/surveys/upload/", {"name": "From a file", "basis": "transactional", "document": file}
    )


def test_what_was_downloaded_can_be_brought_back(client: Client, acme: Organization, survey: Survey) -> None:
    file = client.get(address(survey, "versions/1/questionnaire.json"))
    assert file["Content-Disposition"] == f'attachment; filename="survey-{survey.pk}-version-1.json"'

    upload(client, acme, file.content)

    twin = acme.surveys.get(name="From a file")
    assert twin.versions.get().document == factories.published(survey).document


@pytest.mark.parametrize(
    "content",
    [
        b"not json",
        b"\xff\xfe\x00",
        b"[]",
        b"{}",
        b"[" * 50_000,
        json.dumps(
            {"format": 1, "base_language": "en", "pages": [{"questions": [{"key": "NPS!", "kind": "x"}]}]}
        ).encode(),
        json.dumps(
            {
                "format": 1,
                "base_language": "en",
                "pages": [{"questions": [{"key": f"q{n}", "kind": "nps", "text": {"en": "?"}}]} for n in range(3000)],
            }
        ).encode(),
    ],
)
def test_a_faulty_file_is_explained_and_makes_nothing(
    client: Client, acme: Organization, quentin: Member, content: bytes
) -> None:
    page = upload(client, acme, content)

    assert page.status_code == 200
    assert page.context["faults"]
    assert acme.surveys.count() == 0


def test_a_file_of_ten_thousand_questions_is_too_large(client: Client, acme: Organization, quentin: Member) -> None:
    questions = [{"key": f"q{n}", "kind": "nps", "text": {"en": "How likely?"}} for n in range(10_000)]
    document = {"format": 1, "base_language": "en", "pages": [{"questions": questions}]}

    page = upload(client, acme, json.dumps(document).encode())

    assert "larger than 256 kB" in page.content.decode()
    assert acme.surveys.count() == 0


# --- one survey --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_surveys_page_takes_the_same_queries_for_one_version_and_for_three(
    client: Client, quentin: Member, survey: Survey, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(2, count + 1):
        data = questionnaire.to_data(documents.of(factories.published(survey)))
        data["submit"] = {"en": f"Send {number}"}
        draft = drafting.continue_(survey, by=quentin, now=NOW)
        drafting.save(draft, questionnaire.parse(data), revision=0, by=quentin, now=NOW)
        publishing.publish(draft, by=quentin, now=NOW)

    with django_assert_num_queries(7):
        page = client.get(address(survey))

    assert len(page.context["rows"]) == count


def test_a_surveys_page_says_in_words_what_the_draft_changes(client: Client, quentin: Member, survey: Survey) -> None:
    edited(client, survey, "Would you buy here again?")

    page = client.get(address(survey)).content.decode()

    assert "now reads “Would you buy here again?”" in page


def test_renaming_copying_archiving_and_bringing_back(client: Client, acme: Organization, survey: Survey) -> None:
    client.post(address(survey, "rename/"), {"name": "After buying"})
    client.post(address(survey, "copy/"), {"name": "For France"})
    client.post(address(survey, "archive/"))
    survey.refresh_from_db()
    assert (survey.name, survey.archived_at is None) == ("After buying", False)
    assert acme.surveys.filter(name="For France").exists()

    client.post(address(survey, "bring-back/"))
    survey.refresh_from_db()
    assert survey.archived_at is None
    said = AuditEntry.objects.filter(organization=acme).values_list("what", flat=True)
    assert {"survey.renamed", "survey.copied", "survey.archived", "survey.brought_back"} <= set(said)


def test_a_survey_that_is_being_sent_says_why_it_is_not_archived(
    client: Client, acme: Organization, survey: Survey
) -> None:
    factories.touchpoint(acme, survey=survey, name="After a delivery")

    page = client.post(address(survey, "archive/"), follow=True)

    assert "still being sent by: After a delivery" in page.content.decode()


@pytest.mark.parametrize("place", ["rename/", "copy/"])
@pytest.mark.parametrize("name", ["", "   ", "\u200f\u200e", "\u200b", "x" * 121, "nul\0"])
def test_a_name_that_is_none_is_refused(
    client: Client, acme: Organization, survey: Survey, place: str, name: str
) -> None:
    page = client.post(address(survey, place), {"name": name})

    assert (page.status_code, bool(page.context["form"].errors)) == (200, True)
    assert list(acme.surveys.values_list("name", flat=True)) == ["Post-purchase"]


@pytest.mark.parametrize("name", ["\u200fשירות\u200e 24", "Repairs 👩\u200d🔧"])
def test_a_name_keeps_its_marks_of_direction_and_joined_emoji(
    client: Client, acme: Organization, survey: Survey, name: str
) -> None:
    client.post(address(survey, "rename/"), {"name": name})

    assert list(acme.surveys.values_list("name", flat=True)) == [name]


@pytest.mark.parametrize("place", ["archive/", "bring-back/"])
def test_reading_changes_nothing(client: Client, survey: Survey, place: str) -> None:
    assert client.get(address(survey, place)).status_code == 405


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999"])
def test_a_survey_or_version_that_is_not_there_is_not_found(client: Client, survey: Survey, number: str) -> None:
    assert client.get(address(survey, f"versions/{number}/questionnaire.json")).status_code == 404
    assert client.get(address(survey, f"preview/{number}/page/")).status_code == 404
    if number != "2":
        assert client.get(f"/o/{survey.organization.slug}/surveys/{number}/").status_code == 404


# --- publishing --------------------------------------------------------------------------------


def test_publishing_shows_the_differences_first_and_then_does_it(client: Client, survey: Survey) -> None:
    edited(client, survey, "Would you buy here again?")

    page = client.get(address(survey, "publish/"))
    assert "now reads “Would you buy here again?”" in page.content.decode()
    assert factories.published(survey).number == 1

    client.post(address(survey, "publish/"), {"revision": form(page).values["revision"]})
    assert factories.published(survey).number == 2


@pytest.mark.parametrize("revision", ["", "x", "0", "-1", "9" * 400])
def test_what_was_not_looked_at_is_not_published(client: Client, survey: Survey, revision: str) -> None:
    edited(client, survey, "Would you buy here again?")

    page = client.post(address(survey, "publish/"), {"revision": revision}, follow=True)

    assert "changed since you looked" in page.content.decode()
    assert factories.published(survey).number == 1


def test_without_a_draft_there_is_nothing_to_publish(client: Client, survey: Survey) -> None:
    page = client.post(address(survey, "publish/"), {"revision": "0"}, follow=True)

    assert "no draft to publish" in page.content.decode()


def test_a_draft_that_would_break_a_trend_says_how_to_mend_it(client: Client, quentin: Member, survey: Survey) -> None:
    data = questionnaire.to_data(documents.of(factories.published(survey)))
    asked = data["pages"][0]["questions"][0]  # type: ignore[index]  # plain data
    data["pages"][0]["questions"][0] = {"key": asked["key"], "kind": "csat", "text": asked["text"]}  # type: ignore[index]
    draft = drafting.continue_(survey, by=quentin, now=NOW)
    drafting.save(draft, questionnaire.parse(data), revision=0, by=quentin, now=NOW)

    page = client.get(address(survey, "publish/"))

    assert "was another kind of question before" in page.content.decode()
    assert "to mend" in page.content.decode()


def test_throwing_the_draft_away_shows_what_is_lost_first(client: Client, survey: Survey) -> None:
    edited(client, survey, "Would you buy here again?")

    assert "Would you buy here again?" in client.get(address(survey, "discard/")).content.decode()
    client.post(address(survey, "discard/"))

    assert not survey.versions.drafts().exists()


# --- the preview -------------------------------------------------------------------------------


def test_the_preview_may_be_framed_by_this_site_alone(client: Client, survey: Survey) -> None:
    outside, inside = client.get(address(survey, "preview/")), client.get(address(survey, "preview/1/page/"))

    assert "frame-src 'self'" in outside["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in outside["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in inside["Content-Security-Policy"]
    assert inside["X-Frame-Options"] == "SAMEORIGIN"


def test_the_preview_speaks_the_chosen_language(client: Client, survey: Survey) -> None:
    page = client.get(address(survey, "preview/1/page/?language=de"))

    assert 'lang="de"' in page.content.decode()


def test_the_preview_walks_to_the_thanks_and_stores_nothing(
    client: Client, survey: Survey, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wording = documents.of(factories.published(survey))
    seen = [("shown", question.key) for question in wording.questions]
    posted = {"page": str(len(wording.pages) - 1), "q-nps": "9", "shown": [key for _name, key in seen]}

    with django_assert_num_queries(4):
        page = client.post(address(survey, "preview/1/page/"), posted)

    assert "Thank you" in page.content.decode()


def test_the_preview_asks_again_for_what_is_required(client: Client, survey: Survey) -> None:
    page = client.post(address(survey, "preview/1/page/"), {"page": "0", "shown": ["nps"]})

    assert "Please answer this question" in page.content.decode()


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"page": "-1"},
        {"page": "9" * 300, "q-nps": "99", "shown": "nope"},
        {"go": "back", "page": "0"},
        {"speak": "xx"},
        {"q-nps": "\0"},
    ],
)
def test_rubbish_in_the_preview_shows_a_page(client: Client, survey: Survey, posted: dict[str, str]) -> None:
    assert client.post(address(survey, "preview/1/page/"), posted).status_code == 200


@pytest.mark.parametrize("query", ["?version=x", "?language=xx", "?width=9", "?version=1&language=de&width=desk"])
def test_rubbish_in_the_previews_address_is_no_fault(client: Client, survey: Survey, query: str) -> None:
    assert client.get(address(survey, f"preview/{query}")).status_code in (200, 404)


# --- who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CASE_WORKER])
def test_who_is_no_quality_manager_sees_no_survey(
    client: Client, acme: Organization, survey: Survey, role: Role
) -> None:
    client.force_login(factories.member(acme, role).user)

    assert client.get(f"/o/{acme.slug}/surveys/").status_code == 403
    assert client.post(address(survey, "archive/")).status_code == 403


def test_another_organizations_survey_is_not_there(client: Client, acme: Organization, quentin: Member) -> None:
    theirs = factories.survey(factories.organization("Globex"))

    for place in ("", "edit/", "preview/", "preview/1/page/", "publish/", "versions/1/questionnaire.json"):
        assert client.get(f"/o/{acme.slug}/surveys/{theirs.pk}/{place}").status_code == 404
