"""A show-if as rows of a form: read, changed, and kept where the rows cannot show it."""

from typing import Any

import pytest

from surveys import asked_if, buttons, editing, questionnaire, show_if
from surveys.editing import Data
from tests.surveys.asking import choice, csat, document, nps, one_of, some_of, text

PLACE = "pages[1].questions[0].show_if"
GROUP: Data = {"all": [{"answer": "nps", "at_most": 6}, {"not": {"customer": "country", "is": "DE"}}]}


def asking(condition: Data | None) -> Data:
    last = text("last", **({} if condition is None else {"show_if": condition}))
    wrong = [choice("late", "Late"), choice("broken", "Broken")]
    return document([nps(), csat(), one_of("one", wrong), some_of("some", wrong)], [last], languages=["en"], endings=[])


def rows(condition: Data) -> tuple[asked_if.Row, ...]:
    return asked_if.sheet(asking(condition), "pages[1].questions[0]", condition).rows


def sent(condition: Data, **typed: str) -> dict[str, str]:
    """The form as a browser sends it, with what was changed in it."""
    form = {f"{PLACE}.rows": "1", f"{PLACE}.glue": show_if.glue(condition)}
    for row in rows(condition):
        if not row.is_plain:
            continue
        form |= {f"{row.place}.subject": row.subject, f"{row.place}.test": row.test}
        if row.name:
            form[f"{row.place}.name"] = row.name
        if row.control in show_if.LISTS:
            form |= {f"{row.place}.value.{option.value}": "on" for option in row.options if option.is_chosen}
        elif row.control:
            form[f"{row.place}.value"] = row.value
    return form | {f"{PLACE}{name}": value for name, value in typed.items()}


def read(condition: Data, form: dict[str, str]) -> Data | None:
    changed = editing.typed(asking(condition), form, ["en"])
    found: Data | None = changed["pages"][1]["questions"][0].get("show_if")
    return found


@pytest.mark.parametrize(
    "condition",
    [
        {"answer": "nps", "band": ["low"]},
        {"answer": "nps", "band": "low"},
        {"answer": "nps", "is": 7},
        {"answer": "nps", "one_of": [0, 10]},
        {"answer": "nps", "answered": False},
        {"answer": "one", "is": "late"},
        {"answer": "one", "is_not": "late"},
        {"answer": "some", "includes": "late"},
        {"answer": "some", "one_of": ["late", "broken"]},
        {"customer": "country", "is": "DE"},
        {"customer": "zip", "is": "01234"},
        {"customer": "country", "one_of": ["DE", "AT", 5]},
        {"interaction": "amount", "at_least": 99},
        {"interaction": "amount", "at_least": 99.5},
        {"interaction": "product", "contains": "lamp"},
        {"customer": "vip", "known": True},
        {"customer": "vip", "known": False},
        {"any": [{"answer": "nps", "is": 7}]},
        {"any": [{"answer": "nps", "is": 7}, GROUP]},
        {"all": [GROUP]},
        GROUP,
        {"not": {"answer": "nps", "is": 7}},
    ],
)
def test_a_form_that_is_sent_back_untouched_changes_nothing(condition: Data) -> None:
    assert read(condition, sent(condition)) == condition


def test_what_rows_cannot_show_is_a_sentence_and_stays() -> None:
    condition: Data = {"any": [{"answer": "nps", "is": 7}, GROUP]}

    assert [row.is_plain for row in rows(condition)] == [True, False]
    changed = read(condition, sent(condition, **{"[0].value": "3"}))

    assert changed == {"any": [{"answer": "nps", "is": 3}, GROUP]}


@pytest.mark.parametrize(
    ("typed", "condition"),
    [
        ({"[0].test": "at_most"}, {"answer": "nps", "at_most": 0}),
        ({"[0].test": "unanswered"}, {"answer": "nps", "answered": False}),
        ({"[0].subject": "answer:delivery"}, {"answer": "delivery", "band": ["low"]}),
        ({"[0].subject": "answer:one"}, {"answer": "one", "one_of": ["late"]}),
        ({"[0].subject": "answer:gone"}, {"answer": "nps", "band": ["low"]}),
        ({"[0].subject": "customer"}, {"customer": "language", "is": ""}),
        ({"[0].subject": "nonsense"}, {"answer": "nps", "band": ["low"]}),
        ({"[0].test": "nonsense"}, {"answer": "nps", "band": ["low"]}),
        ({"[0].value.middle": "on"}, {"answer": "nps", "band": ["low", "middle"]}),
        ({"[0].value.nonsense": "on"}, {"answer": "nps", "band": ["low"]}),
        ({".glue": "any"}, {"any": [{"answer": "nps", "band": ["low"]}]}),
    ],
)
def test_a_row_is_changed(typed: dict[str, str], condition: Data) -> None:
    before: Data = {"answer": "nps", "band": ["low"]}

    assert read(before, sent(before, **typed)) == condition


@pytest.mark.parametrize(
    ("typed", "value"),
    [("99", 99), ("-3", -3), ("099", "099"), ("many", "many"), ("1.5", "1.5"), ("x" * 999, "x" * 200)],
)
def test_a_number_is_a_number_and_a_word_a_word(typed: str, value: object) -> None:
    before: Data = {"customer": "orders", "is": 5}

    assert read(before, sent(before, **{"[0].value": typed})) == {"customer": "orders", "is": value}


def test_only_earlier_questions_can_be_chosen() -> None:
    data, condition = asking(None), {"customer": "vip", "known": True}

    assert [one.value for one in asked_if.sheet(data, "pages[0].questions[1]", condition).subjects] == ["answer:nps"]
    assert asked_if.sheet(data, "pages[0]", condition).subjects == ()
    assert len(asked_if.sheet(data, "pages[1]", condition).subjects) == 4


def test_a_new_row_is_about_the_question_before_and_sound_at_once() -> None:
    data = buttons.pressed(asking(None), "add-row:pages[0].questions[1]")
    data = buttons.pressed(data, "add-row:pages[0].questions[1]")

    assert data["pages"][0]["questions"][1]["show_if"] == {"all": [{"answer": "nps", "band": ["low"]}] * 2}
    assert questionnaire.parse(data | {"endings": [{"key": "thanks"}]})


def test_the_last_row_that_is_removed_takes_the_condition_with_it() -> None:
    data = buttons.pressed(asking({"answer": "nps", "is": 7}), "drop-row:pages[1].questions[0]/0")

    assert "show_if" not in data["pages"][1]["questions"][0]


@pytest.mark.parametrize(
    "rest", ["", "/", "pages[1].questions[0]/7", "pages[1].questions[0]/x", "pages[7]/0", "pages[0]"]
)
def test_a_row_that_is_not_there_is_not_removed(rest: str) -> None:
    data = asking({"answer": "nps", "is": 7})

    assert buttons.pressed(data, f"drop-row:{rest}") == data


def test_a_condition_about_a_question_that_is_gone_is_shown_and_told() -> None:
    condition: Data = {"answer": "gone", "band": ["low"]}

    row = rows(condition)[0]

    assert (row.subject, row.control, row.tests) == ("answer:gone", "", ("band",))
    assert read(condition, sent(condition)) == condition


def test_a_page_has_a_condition_of_its_own() -> None:
    data: Any = buttons.pressed(asking(None), "add-row:pages[1]")

    assert data["pages"][1]["show_if"] == {"answer": "some", "one_of": ["late"]}
