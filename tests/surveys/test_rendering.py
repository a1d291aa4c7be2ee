from surveys import kinds, path, rendering
from surveys.answers import Attributes
from surveys.kinds.chosen import ChoicesControl
from surveys.kinds.scored import ScaleControl
from surveys.kinds.text import TextControl
from tests.surveys.asking import asking, chose, csat, nps, question, score, some_of, text, wrote

LOW = {"answer": "nps", "band": "low"}


def test_a_page_shows_its_questions_with_what_was_answered() -> None:
    asked = asking([nps(required=True), csat(look="smileys"), some_of(), text()])
    answers = {"nps": score(9), "wrong": chose("other", text="wet"), "why": wrote("fast")}

    recommend, delivery, wrong, why = rendering.sheet(asked, None, "en", answers).blocks

    assert (recommend.template, recommend.field, recommend.required) == ("surveys/kinds/nps.html", "q-nps", True)
    assert isinstance(recommend.control, ScaleControl)
    assert [point.value for point in recommend.control.points if point.checked] == [9]
    assert (str(recommend.control.low), str(recommend.control.high)) == ("Not at all likely", "Extremely likely")
    assert isinstance(delivery.control, ScaleControl)
    assert delivery.control.look == "smileys"
    assert str(delivery.control.points[1].label) == "Dissatisfied"
    assert isinstance(wrong.control, ChoicesControl)
    assert [option.value for option in wrong.control.options if option.checked] == ["other"]
    assert (wrong.control.other_field, wrong.control.other_text) == ("q-wrong-other", "wet")
    assert isinstance(why.control, TextControl)
    assert (why.control.text, why.control.limit) == ("fast", 4000)


def test_faults_stand_beside_their_question() -> None:
    asked = asking([nps(required=True), csat()])

    blocks = rendering.sheet(asked, 0, "en", faults=path.judge(asked, {}).faults).blocks

    assert [[fault.code for fault in block.faults] for block in blocks] == [["required"], []]


def test_what_the_script_gets_tells_nothing_about_the_customer() -> None:
    show_if = {"all": [LOW, {"customer": "country", "is": "DE"}, {"not": {"answer": "delivery", "at_least": 4}}]}
    asked = asking([nps()], [csat(), text(show_if=show_if)])
    known = Attributes({"country": "DE"})

    block = rendering.sheet(asked, 1, "en", {"nps": score(2)}, known).blocks[1]

    assert block.show_if == {"not": {"answer": "delivery", "one_of": ["4", "5"]}}
    assert block.on_path


def test_what_cannot_come_up_on_this_page_is_not_sent_at_all() -> None:
    asked = asking([nps()], [csat(), text(show_if=LOW)])

    assert [block.key for block in rendering.sheet(asked, 1, "en", {"nps": score(9)}).blocks] == ["delivery"]
    assert [block.key for block in rendering.sheet(asked, 1, "en", {"nps": score(2)}).blocks] == ["delivery", "why"]


def test_a_block_that_may_come_up_waits_hidden() -> None:
    asked = asking([nps(), text(show_if=LOW)])

    why = rendering.sheet(asked, 0, "en").blocks[1]

    assert not why.on_path
    assert why.show_if == {"answer": "nps", "one_of": ["0", "1", "2", "3", "4", "5", "6"]}


def test_answers_of_other_pages_travel_along() -> None:
    asked = asking([nps(), some_of()], [csat()], [text()])
    answers = {
        "nps": score(9),
        "wrong": chose("late", "other", text="wet"),
        "delivery": score(4),
        "why": wrote("later"),
    }

    sheet = rendering.sheet(asked, 1, "en", answers)

    assert sheet.carried == (
        ("q-nps", "9"),
        ("q-wrong", "late"),
        ("q-wrong", "other"),
        ("q-wrong-other", "wet"),
        ("q-why", "later"),
        ("shown", "nps"),
        ("shown", "wrong"),
    )
    fields: dict[str, list[str]] = {}
    for name, value in sheet.carried:
        fields.setdefault(name, []).append(value)
    assert kinds.read_all(asked, fields) == {key: answers[key] for key in ("nps", "wrong", "why")}


def test_pages_lead_forth_and_back_and_say_how_far() -> None:
    asked = asking([nps()], [csat(show_if=LOW)], [text()])

    first = rendering.sheet(asked, None, "en")
    last = rendering.sheet(asked, 2, "en", {"nps": score(9)})

    assert (first.index, first.is_first, first.may_be_last, first.progress.percent) == (0, True, False, 0)
    assert (last.index, last.previous, last.may_be_last, last.progress.percent) == (2, 0, True, 50)


def test_a_page_off_the_path_gives_way_to_the_next() -> None:
    asked = asking([nps()], [csat(show_if=LOW)], [text()])

    assert rendering.sheet(asked, 1, "en", {"nps": score(9)}).index == 2
    assert rendering.sheet(asked, 99, "en").index == 2
    assert rendering.sheet(asked, -5, "en").index == 0


def test_a_page_says_send_only_when_no_answer_can_lead_on() -> None:
    asked = asking([nps()], [text(show_if=LOW)])

    assert not rendering.sheet(asked, 0, "en", {"nps": score(9)}).may_be_last
    assert rendering.sheet(asked, 1, "en", {"nps": score(2)}).may_be_last


def test_a_questionnaire_that_asks_this_customer_nothing_has_an_empty_page() -> None:
    germans = {"customer": "country", "is": "DE"}
    by_question = asking([nps(show_if=germans)])
    by_page = asking(pages=[{"questions": [nps()], "show_if": germans}])

    assert rendering.sheet(by_question, None, "en").blocks == ()
    assert rendering.sheet(by_page, None, "en").blocks == ()


def test_texts_repeat_what_she_said_before() -> None:
    words = (
        "You said {{answer:nps|nothing}} about {{interaction:product|your order}}, "
        "{{customer:first_name|dear customer}}."
    )
    asked = asking([nps()], [question("hello", "statement", words)])
    anna = Attributes({"first_name": "Anna"}, {"product": "{{answer:nps|x}}"})

    def said(*args: object) -> str:
        return str(rendering.sheet(asked, 1, "en", *args).blocks[0].text)  # type: ignore[arg-type]

    assert said({"nps": score(9)}, anna) == "You said 9 about {answer:nps|x}, Anna."
    assert said() == "You said nothing about your order, dear customer."
    assert said({}, Attributes({"first_name": "\x00 \n"})) == "You said nothing about your order, dear customer."


def test_an_arabic_page_runs_right_to_left_and_marks_what_is_not_translated() -> None:
    asked = asking([csat()], languages=["en", "ar"])

    sheet = rendering.sheet(asked, 0, "ar")

    assert (sheet.language, sheet.direction) == ("ar", "rtl")
    block = sheet.blocks[0]
    assert (block.text.is_foreign, block.text.language, block.text.direction) == (True, "en", "ltr")
    assert isinstance(block.control, ScaleControl)
    assert block.control.low.language == "ar"


def test_the_preview_shows_every_page_and_every_question() -> None:
    asked = asking([nps()], [csat(show_if=LOW)], [text()])

    assert [[block.key for block in sheet.blocks] for sheet in rendering.sheets(asked, "en")] == [
        ["nps"],
        ["delivery"],
        ["why"],
    ]


def test_thanks_are_for_the_ending_she_reached() -> None:
    sorry = {
        "key": "sorry",
        "show_if": LOW,
        "title": {"en": "We are sorry"},
        "text": {"en": "A {{answer:nps|low score}}?"},
    }
    asked = asking([nps()], endings=[sorry, {"key": "rest"}])

    assert str(rendering.thanks(asked, "en", {"nps": score(2)}).text) == "A 2?"
    assert str(rendering.thanks(asked, "en", {"nps": score(9)}).title) == "Thank you for your answers!"
