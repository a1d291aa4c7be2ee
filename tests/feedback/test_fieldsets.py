"""Questions are drawn once for all who see the same; what is one customer's own is never kept."""

import pytest
from django.template import loader
from django.utils import translation

from feedback import fieldsets
from surveys import questionnaire, rendering
from surveys.answers import Answers, AnswerValue, Attributes
from surveys.rendering import Block
from tests.feedback import asking

LANGUAGES = {"base_language": "en", "languages": ["en", "de"]}
DOCUMENT = {
    "format": 1,
    **LANGUAGES,
    "pages": [
        {
            "questions": [
                asking.question("recommend", "nps", required=True),
                asking.question("why", "text") | {"text": {"en": "Why, {{customer:first_name|you}}?"}},
                asking.question("more", "text"),
            ]
        }
    ],
    "endings": [{"key": "end", "title": {"en": "Thank you", "de": "Danke"}}],
}


@pytest.fixture(autouse=True)
def nothing_is_kept_yet() -> None:
    fieldsets._kept.cache_clear()


def kept() -> int:
    return fieldsets._kept.cache_info().currsize


def blocks(answers: Answers | None = None, *, name: str = "Anna", language: str = "en") -> dict[str, Block]:
    document = questionnaire.parse(DOCUMENT)
    sheet = rendering.sheet(document, None, language, answers or {}, Attributes({"first_name": name}))
    return {block.key: block for block in sheet.blocks}


def test_a_scale_is_drawn_once_for_all_who_see_the_same() -> None:
    anna, otto = blocks(name="Anna")["recommend"], blocks(name="Otto")["recommend"]

    assert fieldsets.draw(anna, "en") is fieldsets.draw(otto, "en")
    assert kept() == 1


def test_a_chosen_score_is_chosen_for_her_alone() -> None:
    nothing, nine = blocks()["recommend"], blocks({"recommend": AnswerValue(score=9)})["recommend"]

    assert "checked" not in fieldsets.draw(nothing, "en")
    assert 'value="9" checked' in fieldsets.draw(nine, "en")
    assert "checked" not in fieldsets.draw(nothing, "en")


def test_a_name_in_a_question_is_never_kept() -> None:
    assert "Why, Anna?" in fieldsets.draw(blocks(name="Anna")["why"], "en")
    assert "Why, Otto?" in fieldsets.draw(blocks(name="Otto")["why"], "en")
    assert kept() == 0


def test_what_she_typed_is_never_kept() -> None:
    typed = blocks({"more": AnswerValue(text="My number is 0171")})["more"]

    assert "0171" in fieldsets.draw(typed, "en")
    assert "0171" not in fieldsets.draw(blocks()["more"], "en")
    assert kept() == 1


def test_each_language_has_its_own() -> None:
    english, german = blocks()["more"], blocks(language="de")["more"]

    with translation.override("en"):
        assert "(optional)" in fieldsets.draw(english, "en")
    with translation.override("de"):
        assert 'lang="en"' in fieldsets.draw(german, "de")
        assert fieldsets.draw(german, "de") == loader.get_template("respond/_block.html").render(
            {"block": german, "language": "de"}
        )
