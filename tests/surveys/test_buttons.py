"""The document after each button of the editor."""

from typing import Any

import pytest

from surveys import buttons, editing
from surveys.editing import Data
from tests.surveys.asking import choice, csat, document, nps, one_of, text


def two_pages() -> Data:
    wrong = [choice("late", "Late"), choice("broken", "Broken"), choice("other", "Something else", other=True)]
    pages: list[list[dict[str, Any]]] = [[nps(), text()], [csat(), one_of("wrong", wrong)]]
    return document(*pages, languages=["en", "de"], endings=[])


def keys(data: Data) -> list[list[str]]:
    return [[question["key"] for question in page["questions"]] for page in data["pages"]]


def choices(data: Data) -> list[str]:
    return [one["key"] for one in data["pages"][1]["questions"][1]["choices"]]


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ("up:pages[0].questions[1]", [["why", "nps"], ["delivery", "wrong"]]),
        ("down:pages[0].questions[1]", [["nps"], ["why", "delivery", "wrong"]]),
        ("up:pages[1]", [["delivery", "wrong"], ["nps", "why"]]),
        ("put:pages[0].questions[0]/pages[1].questions[1]", [["why"], ["delivery", "nps", "wrong"]]),
        ("put:pages[0].questions[0]/pages[0].questions[2]", [["why", "nps"], ["delivery", "wrong"]]),
        ("put:pages[1].questions[1]/pages[0].questions[0]", [["wrong", "nps", "why"], ["delivery"]]),
        ("put:pages[1].questions[1]/pages[0].questions[99]", [["nps", "why", "wrong"], ["delivery"]]),
        ("to-page:pages[0].questions[0]/pages[1]", [["why"], ["delivery", "wrong", "nps"]]),
        ("duplicate:pages[0].questions[0]", [["nps", "new_1", "why"], ["delivery", "wrong"]]),
        ("remove:pages[0].questions[0]", [["why"], ["delivery", "wrong"]]),
        ("remove:pages[0]", [["delivery", "wrong"]]),
        ("add-page:", [["nps", "why"], ["delivery", "wrong"], []]),
    ],
)
def test_questions_and_pages_come_and_go(button: str, order: list[list[str]]) -> None:
    assert keys(buttons.pressed(two_pages(), button)) == order


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ("put:pages[1].questions[1].choices[0]/pages[1].questions[1].choices[2]", ["broken", "late", "other"]),
        ("down:pages[1].questions[1].choices[0]", ["broken", "late", "other"]),
        ("remove:pages[1].questions[1].choices[1]", ["late", "other"]),
        ("add-choice:pages[1].questions[1]", ["late", "broken", "new_1", "other"]),
        ("add-other:pages[1].questions[1]", ["late", "broken", "other"]),
        ("put:pages[1].questions[1].choices[0]/pages[0].questions[0].choices[0]", ["late", "broken", "other"]),
    ],
)
def test_choices_come_and_go_and_something_else_stays_last(button: str, order: list[str]) -> None:
    assert choices(buttons.pressed(two_pages(), button)) == order


def test_something_else_is_worded_in_every_language_of_the_survey() -> None:
    data = buttons.pressed(two_pages(), "remove:pages[1].questions[1].choices[2]")

    data = buttons.pressed(data, "add-other:pages[1].questions[1]")

    added = data["pages"][1]["questions"][1]["choices"][2]
    assert (added["label"], added["other"]) == ({"en": "Something else", "de": "Etwas anderes"}, True)


@pytest.mark.parametrize(
    "button",
    [
        "put:",
        "put:pages[0].questions[0]",
        "put:pages[0].questions[0]/pages[9].questions[0]",
        "put:pages[0]/pages[1]",
        "put:pages[0].questions[0]/pages[1].questions[1].choices[0]",
        "to-page:pages[0].questions[0]/pages[9]",
        "to-page:pages[0].questions[0]/",
        "duplicate:pages[0]",
        "duplicate:pages[1].questions[1].choices[0]",
        "add-row:pages[1].questions[1].choices[0]",
        "add-other:pages[0].questions[0]",
    ],
)
def test_a_button_for_a_place_that_is_not_there_changes_nothing(button: str) -> None:
    assert buttons.pressed(two_pages(), button) == two_pages()


def test_what_is_missing_is_counted_by_language() -> None:
    data = two_pages()

    assert editing.missing(data, "de") == 7
    data["pages"][0]["questions"][0]["text"]["de"] = "Wie wahrscheinlich?"
    assert editing.missing(data, "de") == 6


def test_a_preview_has_dots_where_a_wording_is_still_to_come() -> None:
    data = buttons.pressed(two_pages(), "add:pages[0]/single_choice")
    data = buttons.pressed(data, "add-page:")
    data["pages"][1]["questions"][0]["show_if"] = {"answer": "gone", "is": 1}
    data["endings"] = [{"key": "thanks"}]

    shown = editing.presentable(data)

    assert shown is not None
    assert [str(question.text.get("en")) for question in shown.pages[0].questions][-1] == "…"
    assert len(shown.pages) == 3
