import pytest

from surveys import kinds
from surveys.answers import AnswerValue
from surveys.document import Question
from tests.surveys.asking import (
    Document,
    asking,
    choice,
    chose,
    csat,
    nps,
    one_of,
    question,
    score,
    some_of,
    text,
    wrote,
)


def made(document: Document) -> Question:
    return asking([document]).questions[0]


def read(asked: Question, *values: str, other: str = "") -> AnswerValue:
    fields = {f"q-{asked.key}": list(values), f"q-{asked.key}-other": [other]}
    return kinds.of(asked).read(asked, fields)


def codes(asked: Question, answer: AnswerValue) -> list[str]:
    return [fault.code for fault in kinds.of(asked).faults(asked, answer)]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [("0", score(0)), ("10", score(10)), (" 7 ", score(7)), ("", AnswerValue()), ("\x00", AnswerValue())],
)
def test_a_score_is_read_from_the_form(sent: str, answer: AnswerValue) -> None:
    assert read(made(nps()), sent) == answer
    assert codes(made(nps()), answer) == []


@pytest.mark.parametrize("sent", ["11", "-1", "7.5", "ten", "9" * 5000, "1e3", "٣", "0x9", "None", "5\n6"])
def test_what_is_no_score_is_refused_and_never_an_error(sent: str) -> None:
    asked = made(nps())

    assert codes(asked, read(asked, sent)) == ["not_on_scale"]


def test_zero_is_an_answer() -> None:
    assert not score(0).is_empty


def test_one_choice_is_one() -> None:
    asked = made(one_of())

    assert codes(asked, read(asked, "late")) == []
    assert codes(asked, read(asked, "late", "broken")) == ["unknown_choice"]
    assert codes(asked, read(asked, "lost")) == ["unknown_choice"]


def test_other_wants_a_few_words() -> None:
    asked = made(one_of())

    assert codes(asked, read(asked, "other")) == ["other_text_missing"]
    assert codes(asked, read(asked, "other", other="x" * 501)) == ["other_text_too_long"]
    assert read(asked, "other", other=" the box \r\n was wet ") == chose("other", text="the box \n was wet")


def test_who_writes_beside_other_without_choosing_it_means_it() -> None:
    assert read(made(one_of()), other="the box was wet") == chose("other", text="the box was wet")
    assert read(made(some_of()), "late", other="and wet") == chose("late", "other", text="and wet")
    assert read(made(one_of()), "late", other="changed my mind") == chose("late")


def test_several_choices_come_in_the_order_of_the_page_each_once() -> None:
    assert read(made(some_of()), "broken", "late", "broken") == chose("late", "broken")


def test_a_multiple_choice_has_bounds_and_one_that_stands_alone() -> None:
    choices = [choice("none", "Nothing", exclusive=True), *(choice(key, key) for key in "abcd")]
    asked = made(some_of(choices=choices, at_least=2, at_most=3))

    assert codes(asked, chose("a")) == ["too_few_choices"]
    assert codes(asked, chose("a", "b")) == []
    assert codes(asked, chose("a", "b", "c", "d")) == ["too_many_choices"]
    assert codes(asked, chose("none")) == []
    assert codes(asked, chose("none", "a")) == ["exclusive_not_alone"]


def test_a_text_keeps_its_lines_and_its_script_and_loses_control_characters() -> None:
    asked = made(text())

    assert read(asked, " Zu spät!\r\n\x00\x07\ud83dنعم 👩‍🚀 ") == wrote("Zu spät!\nنعم 👩‍🚀")


def test_a_text_has_a_limit_and_the_fault_says_by_how_much() -> None:
    asked = made(text(length="short", limit=10))

    (fault,) = kinds.of(asked).faults(asked, wrote("x" * 11))

    assert fault.message == "This is 11 characters long; please use at most 10."


def test_a_statement_has_no_answer() -> None:
    asked = made(question("hello", "statement"))

    assert read(asked, "hacked") == AnswerValue()
    assert codes(asked, wrote("hacked")) == ["not_an_answer"]


def test_exports_tell_keys_labels_and_the_other_text() -> None:
    asked = made(some_of())
    kind = kinds.of(asked)

    names = [column.name for column in kind.columns(asked, "en", "en")]
    row = kind.cells(asked, chose("late", "other", text="wet, too"), "en", "en")

    assert dict(zip(names, row, strict=True)) == {
        "wrong": "late;other",
        "wrong:label": "It was late; Something else",
        "wrong.late": 1,
        "wrong.broken": 0,
        "wrong.other": 1,
        "wrong:other": "wet, too",
    }
    assert set(kind.cells(asked, None, "en", "en")) == {None}


def test_exports_tell_scores_with_their_band() -> None:
    asked = made(csat())

    assert kinds.of(asked).cells(asked, score(3), "en", "en") == (3, "middle")
    assert kinds.of(asked).cells(asked, None, "en", "en") == (None, None)


def test_headings_and_titles_show_fallbacks_instead_of_placeholders() -> None:
    asked = asking([question("why", "text", "Why, {{customer:first_name|dear customer}}?")]).questions[0]

    assert kinds.of(asked).columns(asked, "en", "en")[0].heading == "Why, dear customer?"


def test_answers_are_repeated_in_words() -> None:
    asked = made(some_of())

    assert kinds.of(asked).spoken(asked, chose("late", "other", text="wet"), "en", "en") == "It was late, wet"
