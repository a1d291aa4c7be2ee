"""Keeping what the editor holds, step by step, and taking steps back."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from organizations.models import AuditEntry, Member
from surveys import archiving, buttons, documents, drafting, publishing, questionnaire, revising
from surveys.editing import Data
from surveys.models import Survey, SurveyVersion
from surveys.revising import Seen
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

TEXT = ("pages", 0, "questions", 0, "text", "en")


def newest(survey: Survey) -> SurveyVersion:
    return survey.versions.latest("number")


def reworded(survey: Survey, text: str) -> Data:
    data = deepcopy(revising.held(newest(survey)))
    part: Any = data
    for name in TEXT[:-1]:
        part = part[name]
    part[TEXT[-1]] = text
    return data


def said(survey: Survey) -> str:
    data: Any = revising.held(newest(survey))
    text = data["pages"][0]["questions"][0]["text"].get("en", "")
    assert isinstance(text, str)
    return text


def seen(survey: Survey) -> Seen:
    version = newest(survey)
    return Seen(version.pk, version.revision)


def keep(survey: Survey, data: Data, by: Member, **more: Any) -> SurveyVersion:
    words: dict[str, Any] = {"what": "typed", "now": NOW} | more
    return revising.keep(survey, data, seen=seen(survey), by=by, **words)


def undo(survey: Survey, by: Member) -> SurveyVersion:
    return revising.undo(survey, seen=seen(survey), by=by, now=NOW)


def redo(survey: Survey, by: Member) -> SurveyVersion:
    return revising.redo(survey, seen=seen(survey), by=by, now=NOW)


def test_editing_the_live_version_makes_the_next_draft(survey: Survey, quentin: Member) -> None:
    live = newest(survey)

    draft = keep(survey, reworded(survey, "New?"), quentin)

    assert (draft.number, draft.published_at, said(survey)) == (2, None, "New?")
    assert survey.published == live


def test_editing_the_live_version_without_a_change_makes_no_draft(survey: Survey, quentin: Member) -> None:
    live = newest(survey)

    assert keep(survey, revising.held(live), quentin) == live
    assert survey.versions.count() == 1


def test_whoever_began_with_an_older_state_is_told(survey: Survey, quentin: Member) -> None:
    began = seen(survey)
    draft = keep(survey, reworded(survey, "Hers?"), quentin)

    with pytest.raises(drafting.Stale) as refusal:
        revising.keep(survey, reworded(survey, "His?"), seen=began, what="typed", by=quentin, now=NOW)

    assert refusal.value.current == draft
    assert said(survey) == "Hers?"


def test_what_is_not_sound_is_kept_beside_the_last_sound_wording(survey: Survey, quentin: Member) -> None:
    keep(survey, reworded(survey, "Sound?"), quentin)

    draft = keep(survey, reworded(survey, ""), quentin)

    assert documents.of(draft).questions[0].text.get("en") == "Sound?"
    assert said(survey) == ""
    assert [fault.code for fault in revising.faults_of(draft)] == ["empty"]


def test_what_is_not_sound_is_not_published_until_it_is_mended(survey: Survey, quentin: Member) -> None:
    draft = keep(survey, reworded(survey, ""), quentin)
    with pytest.raises(publishing.NotPublishable):
        publishing.publish(draft, by=quentin, now=NOW)

    draft = keep(survey, reworded(survey, "Mended?"), quentin)
    publishing.publish(draft, by=quentin, now=NOW)

    assert documents.of(factories.published(survey)).questions[0].text.get("en") == "Mended?"


def test_steps_are_taken_back_and_made_again_one_by_one(survey: Survey, quentin: Member) -> None:
    first = said(survey)
    for text in ("One?", "", "Three?"):
        keep(survey, reworded(survey, text), quentin)

    back = [(undo(survey, quentin), said(survey))[1] for _ in range(4)]
    forth = [(redo(survey, quentin), said(survey))[1] for _ in range(4)]

    assert back == ["", "One?", first, first]
    assert forth == ["One?", "", "Three?", "Three?"]


def test_a_change_after_undo_makes_a_new_way_on(survey: Survey, quentin: Member) -> None:
    keep(survey, reworded(survey, "One?"), quentin)
    keep(survey, reworded(survey, "Two?"), quentin)
    undo(survey, quentin)

    keep(survey, reworded(survey, "Other?"), quentin)

    assert revising.to_redo(newest(survey)) is None
    undo(survey, quentin)
    assert said(survey) == "One?"


def test_typing_on_in_one_place_is_one_step(survey: Survey, quentin: Member) -> None:
    first = said(survey)
    for at, text in enumerate(("W", "Wo", "Would?")):
        keep(survey, reworded(survey, text), quentin, place="nps", now=NOW + timedelta(seconds=at))

    undo(survey, quentin)

    assert said(survey) == first


def test_typing_after_a_pause_is_a_step_of_its_own(survey: Survey, quentin: Member) -> None:
    keep(survey, reworded(survey, "Morning?"), quentin, place="nps")
    keep(survey, reworded(survey, "Evening?"), quentin, place="nps", now=NOW + timedelta(hours=8))

    undo(survey, quentin)

    assert said(survey) == "Morning?"


def test_the_last_fifty_steps_can_be_taken_back(survey: Survey, quentin: Member) -> None:
    for number in range(60):
        keep(survey, reworded(survey, f"Number {number}?"), quentin)

    for _ in range(60):
        undo(survey, quentin)

    assert said(survey) == "Number 9?"


def test_publishing_ends_the_steps(survey: Survey, quentin: Member) -> None:
    keep(survey, reworded(survey, "New?"), quentin)

    publishing.publish(newest(survey), by=quentin, now=NOW)

    undo(survey, quentin)
    assert said(survey) == "New?"


def test_an_archived_survey_is_neither_kept_nor_taken_back(survey: Survey, quentin: Member) -> None:
    data = reworded(survey, "Still?")
    keep(survey, reworded(survey, "One?"), quentin)
    archiving.archive(survey, by=quentin, now=NOW)

    with pytest.raises(drafting.IsArchived):
        keep(survey, data, quentin)
    with pytest.raises(drafting.IsArchived):
        undo(survey, quentin)


def test_the_record_tells_once_of_what_one_person_changed_in_a_row(survey: Survey, quentin: Member) -> None:
    for minutes, text in ((0, "One?"), (1, "Two?"), (2, "Three?"), (60, "Four?")):
        keep(survey, reworded(survey, text), quentin, now=NOW + timedelta(minutes=minutes))

    entries = AuditEntry.objects.filter(organization=survey.organization, what="survey.draft_saved")
    assert [entry.at for entry in entries.order_by("pk")] == [NOW, NOW + timedelta(minutes=60)]


def test_a_document_that_is_too_long_is_refused_unfinished_as_well(survey: Survey, quentin: Member) -> None:
    data = reworded(survey, "")
    data["pages"][0]["questions"] += [
        {"key": f"note_{n}", "kind": "statement", "text": {"en": "ä" * 2900}} for n in range(60)
    ]

    with pytest.raises(drafting.TooLarge):
        keep(survey, data, quentin)


def test_conditions_and_placeholders_follow_the_lasting_keys_at_publication(survey: Survey, quentin: Member) -> None:
    data = buttons.pressed(revising.held(newest(survey)), "add:pages[0]/single_choice")
    place = len(data["pages"][0]["questions"]) - 1
    added = data["pages"][0]["questions"][place]
    added["text"] = {"en": "Where did you buy?"}
    added["choices"] = [{"key": "new_1", "label": {"en": "Online"}}, {"key": "new_2", "label": {"en": "In a shop"}}]
    last = data["pages"][1]["questions"][0]
    last["show_if"] = {"not": {"answer": added["key"], "one_of": ["new_2"]}}
    last["text"]["en"] = f"How was it {{{{answer:{added['key']}|there}}}}?"

    draft = keep(survey, data, quentin)
    publishing.publish(draft, by=quentin, now=NOW)

    asked = questionnaire.to_data(documents.of(factories.published(survey)))
    question: Any = asked["pages"][1]["questions"][0]  # type: ignore[index]  # plain data
    assert question["show_if"] == {"not": {"answer": "where_did_you_buy", "one_of": ["in_a_shop"]}}
    assert question["text"]["en"] == "How was it {{answer:where_did_you_buy|there}}?"
