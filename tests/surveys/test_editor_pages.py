"""Changing wording and order in the editor, and what bad input gets there."""

import pytest
from django.test import Client

from organizations.models import Member, Organization
from surveys import archiving, documents, drafting, publishing, questionnaire
from surveys.models import Survey
from tests import factories
from tests.factories import NOW
from tests.surveys.editor_form import FIRST, address, draft_data, edited, form, keys, press, published_data, type_into

pytestmark = pytest.mark.django_db


def test_opening_the_editor_stores_nothing(client: Client, survey: Survey) -> None:
    client.get(address(survey, "edit/"))

    assert survey.versions.count() == 1


def test_new_wording_is_saved_as_a_draft(client: Client, survey: Survey) -> None:
    page = edited(client, survey, "Would you buy here again?")

    assert "Saved " in page.content.decode()
    assert draft_data(survey)["pages"][0]["questions"][0]["text"]["en"] == "Would you buy here again?"
    assert factories.published(survey).number == 1


def test_saving_without_a_change_makes_no_draft(client: Client, survey: Survey) -> None:
    press(client, survey, "save")

    assert survey.versions.count() == 1


def test_what_the_form_does_not_show_stays(client: Client, survey: Survey) -> None:
    before = questionnaire.to_data(documents.of(factories.published(survey)))

    edited(client, survey, "Would you buy here again?")

    before["pages"][0]["questions"][0]["text"]["en"] = "Would you buy here again?"  # type: ignore[index]  # plain data
    assert draft_data(survey) == before


def test_a_second_language_stands_beside_and_is_saved(client: Client, survey: Survey) -> None:
    page = press(client, survey, "show:de")

    type_into(page, "pages[0].questions[0].text.de", "Würden Sie wieder kaufen?", "save", client, survey)

    assert draft_data(survey)["pages"][0]["questions"][0]["text"]["de"] == "Würden Sie wieder kaufen?"


def test_a_missing_text_is_told_beside_its_field_and_nothing_typed_is_lost(client: Client, survey: Survey) -> None:
    page = client.get(address(survey, "edit/"))
    page = type_into(page, "endings[0].text.en", "We call you.", "show:", client, survey)
    before = survey.versions.drafts().get().document

    page = type_into(page, FIRST, "", "save", client, survey)

    content = page.content.decode()
    assert 'href="#f-pages-0-questions-0-text-en"' in content
    assert 'aria-describedby="f-pages-0-questions-0-text-en-fault"' in content
    assert form(page).values["endings[0].text.en"] == "We call you."
    draft = survey.versions.drafts().get()
    assert draft.document == before
    assert "1 thing to mend" in content


def test_what_is_unfinished_stays_over_a_reload_and_is_not_published(
    client: Client, survey: Survey, quentin: Member
) -> None:
    page = press(client, survey, "add:pages[0]/single_choice")
    place = page.context["sheet"].pages[0].questions[-1].place
    type_into(page, f"{place}.text.en", "Which colour?", "save", client, survey)

    page = client.get(address(survey, "edit/"))

    assert form(page).values[f"{place}.text.en"] == "Which colour?"
    with pytest.raises(publishing.NotPublishable):
        publishing.publish(survey.versions.drafts().get(), by=quentin, now=NOW)
    assert "to mend" in client.get(address(survey, "publish/")).content.decode()


def test_a_fault_in_a_language_that_is_not_shown_is_told_on_its_card(client: Client, survey: Survey) -> None:
    page = press(client, survey, "show:de")
    page = type_into(page, "pages[0].questions[0].text.de", "{{nonsense}}", "show:", client, survey)

    page = press(client, survey, "save", page)

    assert "Deutsch" in page.content.decode()
    assert [fault.where for card in page.context["sheet"].pages for q in card.questions for fault in q.faults] == [
        "pages[0].questions[0].text.de"
    ]
    assert "Question 1" in page.content.decode()


def test_questions_move_over_the_border_of_a_page(client: Client, survey: Survey) -> None:
    before = keys(questionnaire.to_data(documents.of(factories.published(survey))))
    last = len(before[0]) - 1

    page = press(client, survey, f"down:pages[0].questions[{last}]")
    press(client, survey, "save", page)

    assert keys(draft_data(survey)) == [before[0][:-1], [before[0][-1], *before[1]], *before[2:]]


def test_a_question_is_added_with_its_usual_wording_and_published_under_a_readable_key(
    client: Client, survey: Survey, quentin: Member
) -> None:
    press(client, survey, "add:pages[0]/ces")

    publishing.publish(survey.versions.drafts().get(), by=quentin, now=NOW)

    added = published_data(survey)["pages"][0]["questions"][-1]
    assert (added["key"], added["kind"]) == ("ces", "ces")
    assert set(added["text"]) == {"en", "de"}


def test_a_choice_question_is_published_with_keys_that_read_like_its_words(
    client: Client, survey: Survey, quentin: Member
) -> None:
    page = press(client, survey, "add:pages[0]/single_choice")
    place = page.context["sheet"].pages[0].questions[-1].place
    page = press(client, survey, f"add-choice:{place}", page)
    typed = {
        f"{place}.text.en": "Where did you hear of us?",
        f"{place}.choices[0].label.en": "From friends",
        f"{place}.choices[1].label.en": "Größere Zeitung",
        f"{place}.choices[2].label.en": "Something else",
        f"{place}.choices[2].other": "on",
        f"{place}.required": "on",
    }

    client.post(address(survey, "edit/"), form(page).values | typed | {"do": "save"})
    publishing.publish(survey.versions.drafts().get(), by=quentin, now=NOW)

    added = published_data(survey)["pages"][0]["questions"][-1]
    assert (added["key"], added["required"]) == ("where_did_you_hear_of_us", True)
    assert [choice["key"] for choice in added["choices"]] == ["from_friends", "grossere_zeitung", "something_else"]
    assert added["choices"][2]["other"] is True


def test_a_key_that_was_used_before_is_never_given_again(client: Client, quentin: Member, survey: Survey) -> None:
    page = press(client, survey, "add:pages[0]/ces")
    press(client, survey, "save", page)
    publishing.publish(survey.versions.drafts().get(), by=quentin, now=NOW)
    place = f"pages[0].questions[{len(documents.of(factories.published(survey)).pages[0].questions) - 1}]"
    press(client, survey, "save", press(client, survey, f"remove:{place}"))
    publishing.publish(survey.versions.drafts().get(), by=quentin, now=NOW)

    press(client, survey, "save", press(client, survey, "add:pages[0]/ces"))
    publishing.publish(survey.versions.drafts().get(), by=quentin, now=NOW)

    assert "ces" not in keys(published_data(survey))[0]
    assert "ces_2" in keys(published_data(survey))[0]


def test_a_language_is_added_with_the_kinds_own_words(client: Client, survey: Survey) -> None:
    page = client.get(address(survey, "edit/"))
    values = form(page).values | {"new-language": "fr", "do": "add-language"}
    client.post(address(survey, "edit/"), values)

    data = draft_data(survey)
    assert data["languages"] == ["en", "de", "fr"]
    assert data["pages"][0]["questions"][0]["text"]["fr"]


def test_removing_a_language_removes_its_texts(client: Client, survey: Survey) -> None:
    page = press(client, survey, "show:de")
    page = press(client, survey, "remove-language:de", page)

    press(client, survey, "save", page)

    assert '"de"' not in survey.versions.drafts().get().document


@pytest.mark.parametrize(
    "button",
    [
        "",
        "nonsense",
        "up:",
        "up:pages[99]",
        "remove:pages[0].questions[77]",
        "remove:pages[0].questions[0].choices[3]",
        "add:pages[0]/klingon",
        "add:pages[9]/nps",
        "add-choice:pages[0].questions[0]",
        "remove-language:en",
        "remove-language:xx",
        "show:xx",
        "open:nothing",
        "down:pages[" + "9" * 400 + "]",
    ],
)
def test_a_button_that_does_not_exist_changes_nothing(client: Client, survey: Survey, button: str) -> None:
    before = questionnaire.to_data(documents.of(factories.published(survey)))

    page = press(client, survey, button, **{"pages[0].questions[0].text.en": "Kept?"})

    assert page.status_code == 200
    assert form(page).values[FIRST] == "Kept?"
    assert page.context["sheet"].faults == ()
    before["pages"][0]["questions"][0]["text"]["en"] = "Kept?"  # type: ignore[index]  # plain data
    assert draft_data(survey) == before


@pytest.mark.parametrize("desk", ["", "x", "e30:1abc:forged", "9" * 5000])
def test_a_form_that_is_not_ours_is_refused(client: Client, survey: Survey, desk: str) -> None:
    assert client.post(address(survey, "edit/"), {"desk": desk, "do": "save"}).status_code == 400


def test_a_form_of_another_survey_is_refused(
    client: Client, acme: Organization, quentin: Member, survey: Survey
) -> None:
    other = factories.survey(acme, name="Other", by=quentin)
    values = form(client.get(address(other, "edit/"))).values

    assert client.post(address(survey, "edit/"), values | {"do": "save"}).status_code == 400


@pytest.mark.parametrize("text", ["\0", "\x1b[31m", "‮reversed", "x" * 4000, "{{answer:nothing|there}}", "<script>"])
def test_rubbish_typed_into_a_text_is_cleaned_or_told(client: Client, survey: Survey, text: str) -> None:
    page = edited(client, survey, text)

    assert page.status_code == 200
    assert "<script>" not in page.content.decode().replace("<script src", "")


def test_a_number_that_is_none_is_told_beside_it(client: Client, survey: Survey) -> None:
    page = press(client, survey, "add:pages[0]/multiple_choice")
    place = page.context["sheet"].pages[0].questions[-1].place
    values = form(page).values | {f"{place}.at_least": "many", f"{place}.text.en": "Which?"}
    for at, label in enumerate(("One", "Two")):
        values[f"{place}.choices[{at}].label.en"] = label

    page = client.post(address(survey, "edit/"), values | {"do": "save"}, follow=True)

    assert "A whole number from" in page.content.decode()
    assert form(page).values[f"{place}.at_least"] == "many"


def test_two_editors_see_both_and_nothing_is_lost(client: Client, survey: Survey) -> None:
    mine, hers = client.get(address(survey, "edit/")), client.get(address(survey, "edit/"))
    type_into(hers, "pages[0].questions[1].text.en", "Hers?", "save", client, survey)

    page = type_into(mine, FIRST, "Mine?", "save", client, survey)

    content = page.content.decode()
    assert "Quentin changed this survey at" in content
    assert "now reads “Mine?”" in content
    assert form(page).values[FIRST] == "Mine?"
    assert draft_data(survey)["pages"][0]["questions"][1]["text"]["en"] == "Hers?"

    page = press(client, survey, "save", page)
    assert "Quentin changed this survey at" in page.content.decode()
    assert draft_data(survey)["pages"][0]["questions"][1]["text"]["en"] == "Hers?"

    page = press(client, survey, "overwrite", page)
    assert draft_data(survey)["pages"][0]["questions"][0]["text"]["en"] == "Mine?"

    press(client, survey, "undo", page)
    assert draft_data(survey)["pages"][0]["questions"][1]["text"]["en"] == "Hers?"


def test_what_was_typed_survives_that_somebody_published_meanwhile(
    client: Client, quentin: Member, survey: Survey
) -> None:
    edited(client, survey, "Draft?")
    mine = client.get(address(survey, "edit/"))
    publishing.publish(survey.versions.drafts().get(), by=quentin, now=NOW)

    type_into(mine, FIRST, "Mine?", "save", client, survey)

    assert survey.versions.drafts().get().number == 3
    assert draft_data(survey)["pages"][0]["questions"][0]["text"]["en"] == "Mine?"


def test_what_somebody_changed_and_published_meanwhile_is_told(client: Client, quentin: Member, survey: Survey) -> None:
    edited(client, survey, "Draft?")
    mine = client.get(address(survey, "edit/"))
    edited(client, survey, "Hers?")
    publishing.publish(survey.versions.drafts().get(), by=quentin, now=NOW)

    page = type_into(mine, FIRST, "Mine?", "save", client, survey)
    assert "Quentin published this survey at" in page.content.decode()

    press(client, survey, "overwrite", page)
    assert survey.versions.drafts().get().number == 3
    assert draft_data(survey)["pages"][0]["questions"][0]["text"]["en"] == "Mine?"


@pytest.mark.parametrize("target", ["editor-bar", "editor", None])
def test_more_than_a_questionnaire_holds_is_refused_in_words_and_stays_typed(
    client: Client, survey: Survey, target: str | None
) -> None:
    before = client.get(address(survey, "edit/"))
    texts = [name for name in form(before).values if name.endswith(".en")]
    much = dict.fromkeys(texts, "What is far too much. " * (documents.LARGEST // 22 // len(texts) + 1))
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}

    answer = client.post(address(survey, "edit/"), form(before).values | much | {"do": "typed"}, headers=headers)

    page = answer.content.decode()
    assert "at most 256 kB are possible" in page
    assert "Not saved" in page
    # A pause in typing exchanges the bar alone: the fields stay as they are.
    assert ("<html" in page) == (target != "editor-bar")
    assert survey.versions.count() == 1


def test_an_archived_survey_is_not_edited(client: Client, quentin: Member, survey: Survey) -> None:
    archiving.archive(survey, by=quentin, now=NOW)

    page = client.get(address(survey, "edit/"), follow=True)

    assert "Bring it back before you change it" in page.content.decode()


def test_a_very_long_questionnaire_opens_one_question_at_a_time(
    client: Client, acme: Organization, quentin: Member
) -> None:
    questions = [
        {
            "key": f"q{number}",
            "kind": "single_choice",
            "text": {"en": f"Question {number}?"},
            "choices": [{"key": f"c{at}", "label": {"en": f"Choice {at}"}} for at in range(30)],
        }
        for number in range(100)
    ]
    document = {"format": 1, "base_language": "en", "pages": [{"questions": questions}]}
    wording = questionnaire.parse(document)
    long = drafting.create(acme, name="Long", basis="transactional", questionnaire=wording, by=quentin, now=NOW)

    page = client.get(address(long, "edit/"))
    assert len(form(page).values) < 1000
    page = press(client, long, "open:q57", page)
    type_into(page, "pages[0].questions[57].text.en", "Number 57?", "save", client, long)

    assert documents.of(long.versions.get()).question("q57").text.get("en") == "Number 57?"


@pytest.mark.parametrize("verb", ["up", "down", "remove", "add", "add-choice"])
@pytest.mark.parametrize(
    "place",
    ["", "pages", "pages[0]", "pages[9]", "pages[0].questions[0]", "pages[0].questions[0].choices[0]", "pages[0]/tea"],
)
def test_a_button_for_a_place_of_another_sort_never_breaks_the_page(
    verb: str, place: str, client: Client, survey: Survey
) -> None:
    page = client.get(address(survey, "edit/"))

    answer = client.post(address(survey, "edit/"), {**form(page).values, "do": f"{verb}:{place}"}, follow=True)

    assert answer.status_code == 200
