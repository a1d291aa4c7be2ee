import json
from pathlib import Path

import pytest

from surveys import kinds, questionnaire, translations
from surveys.document import FORMAT
from surveys.questionnaire import FaultyQuestionnaire
from surveys.upgrades import UPGRADES, upgraded
from tests.surveys.asking import (
    asking,
    choice,
    csat,
    document,
    faults_in,
    faults_of,
    nps,
    one_of,
    question,
    some_of,
    text,
)

SAMPLES = Path(__file__).parent.parent / "data" / "questionnaires"
DIGESTS = {1: "39e34c9e824f5795c328e6b47ba944a00b3b5d53e3d109fb2279a40275fc246c"}


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_document_stored_in_an_old_format_is_still_read(number: int) -> None:
    stored = (SAMPLES / f"format-{number}.json").read_text(encoding="utf-8")

    read = questionnaire.read(stored)

    assert json.loads(stored)["format"] == number
    assert questionnaire.digest(read) == DIGESTS[number]


def test_every_older_format_has_its_upgrade() -> None:
    assert sorted(UPGRADES) == list(range(1, FORMAT))


def test_upgrades_follow_one_another() -> None:
    steps = {1: lambda old: {**old, "format": 2, "b": True}, 2: lambda old: {**old, "format": 3, "c": old["b"]}}

    assert upgraded({"format": 1}, upgrades=steps, newest=3) == ({"format": 3, "b": True, "c": True}, None)


@pytest.mark.parametrize("found", [0, 2, "1", None, True, 1.5, [], 10**30])
def test_an_unknown_format_is_refused_by_name(found: object) -> None:
    assert faults_in({**document([nps()]), "format": found}) == {"format": "unknown_format"}


def test_the_smallest_document_is_completed_with_our_own_wording() -> None:
    asked = asking([nps()], languages=["en", "de"])

    data = questionnaire.to_data(asked)

    assert data["pages"][0]["questions"][0]["labels"] == {  # type: ignore[index]  # plain JSON
        "0": {"en": "Not at all likely", "de": "Gar nicht wahrscheinlich"},
        "10": {"en": "Extremely likely", "de": "Äußerst wahrscheinlich"},
    }
    assert data["endings"] == [
        {
            "key": "thanks",
            "title": {"en": "Thank you for your answers!", "de": "Vielen Dank für Ihre Antworten!"},
        }
    ]


def test_an_authors_own_labels_are_not_mixed_with_ours() -> None:
    labels = {"0": {"en": "No way"}, "10": {"en": "Yes!"}}

    asked = asking([nps(labels=labels)], languages=["en", "de"])

    assert translations.untranslated(asked, "de") == (
        "pages[0].questions[0].text.de",
        "pages[0].questions[0].labels.0.de",
        "pages[0].questions[0].labels.10.de",
    )


def test_all_faults_are_found_at_once_each_with_its_place() -> None:
    broken = document(
        [
            nps("NPS"),
            {**one_of("wrong", [choice("late", "Late"), choice("late", "Too late")]), "text": {"de": "Was?"}},
            csat(look="faces", colour="red"),
            {"key": "x", "kind": "telepathy", "text": {"en": "?"}},
        ],
        languages=["en", "tlh"],
    )

    assert faults_in(broken) == {
        "languages[1]": "not_a_language",
        "pages[0].questions[0].key": "bad_key",
        "pages[0].questions[1].text.de": "unknown_language",
        "pages[0].questions[1].text.en": "no_base_wording",
        "pages[0].questions[1].choices[1].key": "duplicate_key",
        "pages[0].questions[2].colour": "unknown_name",
        "pages[0].questions[2].look": "not_one_of",
        "pages[0].questions[3].kind": "unknown_kind",
    }


def test_a_fault_says_how_to_mend_it_and_can_be_translated() -> None:
    (fault,) = faults_of(document([nps("1st")]))

    assert fault.message == (
        "“1st” cannot be a key: use 1 to 40 small letters a–z, digits and _, beginning with a letter."
    )
    assert fault.sentence % fault.params == fault.message
    assert str(fault).startswith("pages[0].questions[0].key: ")


def test_two_questions_cannot_share_a_key() -> None:
    assert faults_in(document([nps("q")], [text("q")])) == {"pages[1].questions[0].key": "duplicate_key"}


@pytest.mark.parametrize(
    ("show_if", "place", "code"),
    [
        ({"answer": "later", "answered": True}, ".answer", "later_question"),
        ({"answer": "why", "answered": True}, ".answer", "later_question"),
        ({"answer": "nobody", "answered": True}, ".answer", "unknown_question"),
        ({"answer": "hello", "answered": True}, ".answer", "nothing_to_test"),
        ({"answer": "nps", "includes": "late"}, ".includes", "unsuitable_test"),
        ({"answer": "wrong", "band": "low"}, ".band", "unsuitable_test"),
        ({"answer": "nps", "at_least": 11}, ".at_least", "operand_off_scale"),
        ({"answer": "nps", "is": "late"}, ".is", "operand_off_scale"),
        ({"answer": "wrong", "is": "lost"}, ".is", "no_such_choice"),
        ({"answer": "nps", "band": "medium"}, ".band", "not_one_of"),
        ({"answer": "nps", "is": 1, "is_not": 2}, "", "not_one_test"),
        ({"answer": "nps"}, "", "not_one_test"),
        ({"all": []}, ".all", "too_few"),
        ({"any": [{"answer": "nobody", "is": 1}]}, ".any[0].answer", "unknown_question"),
        ({"not": {"not": {"answer": "nps", "is": 12}}}, ".not.not.is", "operand_off_scale"),
        ({}, "", "not_a_condition"),
        ([], "", "not_an_object"),
        ({"customer": "1st", "known": True}, ".customer", "bad_attribute"),
        ({"customer": "country", "known": "yes"}, ".known", "not_a_flag"),
        ({"interaction": "value", "at_least": "many"}, ".at_least", "bad_number"),
        ({"interaction": "value", "is": 10**20}, ".is", "bad_value"),
        ({"interaction": "value", "is": True}, ".is", "bad_value"),
        ({"all": [{"any": [{"answer": "nps", "is": 1}] * 20}] * 4}, "", "too_many"),
        ({"not": {"not": {"not": {"not": {"not": {"answer": "nps", "is": 1}}}}}}, ".not.not.not.not.not", "too_deep"),
    ],
)
def test_a_condition_on_what_is_not_there_is_refused(show_if: object, place: str, code: str) -> None:
    pages = [nps(), one_of(), question("hello", "statement"), text(show_if=show_if), text("later")]

    assert faults_in(document(pages)) == {f"pages[0].questions[3].show_if{place}": code}


def test_a_pages_condition_cannot_ask_about_the_page_itself() -> None:
    broken = document([nps()], [csat()])
    broken["pages"][1]["show_if"] = {"answer": "delivery", "answered": True}

    assert faults_in(broken) == {"pages[1].show_if.answer": "later_question"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Why {{answer:nps|that}}?", None),
        ("Why {{ answer : nps | that }}, {{customer:first_name|}}?", None),
        ("Your order of {{interaction:order value|many goods}}", None),
        ("{braces} alone are just braces", None),
        ("Why {{answer:nps}}?", "broken_pipe"),
        ("Why {{answer:nps|that?", "broken_pipe"),
        ("Why {{magic:nps|that}}?", "broken_pipe"),
        ("Why }}?", "broken_pipe"),
        ("{{answer:nobody|x}}", "unknown_question"),
        ("{{answer:same|x}}", "pipe_from_same_page"),
        ("{{answer:hello|x}}", "nothing_to_test"),
        ("{{customer:<b>|x}}", "broken_pipe"),
    ],
)
def test_a_placeholder_reads_an_earlier_page_or_an_attribute(words: str, code: str | None) -> None:
    pages = [[nps(), question("hello", "statement")], [csat("same"), question("why", "text", words)]]

    expected = {} if code is None else {"pages[1].questions[1].text.en": code}
    assert faults_in(document(*pages)) == expected


def test_labels_have_no_placeholders_since_charts_show_them_too() -> None:
    broken = document([nps()], [one_of(choices=[choice("a", "{{answer:nps|x}}")])])

    assert faults_in(broken) == {"pages[1].questions[0].choices[0].label.en": "no_pipes_here"}


def test_nobody_can_be_required_to_answer_a_statement() -> None:
    broken = document([question("hello", "statement", required=True)])

    assert faults_in(broken) == {"pages[0].questions[0].required": "nothing_to_require"}


def test_the_last_ending_is_for_everybody() -> None:
    low = {"answer": "nps", "band": "low"}
    endings = [{"key": "rest"}, {"key": "sorry", "show_if": low}]

    assert faults_in(document([nps()], endings=endings)) == {
        "endings[0]": "unreachable_ending",
        "endings[1].show_if": "last_ending",
    }


@pytest.mark.parametrize(
    ("words", "code"),
    [("", "empty"), ("  \n", "empty"), ("x" * 3001, "too_long"), ("a\x00b", "control_characters"), (5, "not_text"),
     ("\ud800", "control_characters"), ("\u202egnorw", "control_characters")],
)  # fmt: skip
def test_a_text_is_neither_empty_nor_endless_nor_garbled(words: object, code: str) -> None:
    broken = document([{**nps(), "text": {"en": words}}])

    assert faults_in(broken) == {"pages[0].questions[0].text.en": code}


def test_there_are_limits_to_pages_questions_and_choices() -> None:
    many = [choice(f"c{number}", "One of many") for number in range(101)]
    pages = [[text(f"q{page}_{number}") for number in range(5)] for page in range(51)]

    assert faults_in(document([one_of(choices=many)])) == {"pages[0].questions[0].choices": "too_many"}
    assert faults_in(document(*pages))["pages"] == "too_many"
    assert faults_in(document([])) == {"pages[0].questions": "too_few"}
    assert faults_in(document()) == {"pages": "too_few"}


def test_bounds_of_a_multiple_choice_must_be_possible() -> None:
    assert faults_in(document([some_of(at_least=2, at_most=1)])) == {"pages[0].questions[0].at_most": "bounds_crossed"}
    assert faults_in(document([some_of(at_least=4)])) == {"pages[0].questions[0].at_least": "not_a_number"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("{", "not_json"),
        ('{"format": 1, "format": 1}', "not_json"),
        ('{"format": NaN}', "not_json"),
        ("[" * 100_000, "not_json"),
        ("9" * 10_000, "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (" " * 1_000_001, "too_large"),
        ("[]", "not_an_object"),
    ],
)
def test_a_file_that_is_no_questionnaire_is_refused_with_the_reason(words: str | bytes, code: str) -> None:
    with pytest.raises(FaultyQuestionnaire) as refusal:
        questionnaire.read(words)

    assert [fault.code for fault in refusal.value.faults] == [code]


def test_a_number_has_one_spelling() -> None:
    texts = [
        questionnaire.to_json(asking([text(show_if={"interaction": "value", "at_least": number})]))
        for number in (5, 5.0)
    ]

    assert texts[0] == texts[1]


def test_a_question_is_found_by_its_lasting_key() -> None:
    asked = asking([question("hello", "statement"), nps()], [csat()])

    assert asked.question("delivery").kind == "csat"
    assert (asked.page_of("nps"), asked.page_of("delivery")) == (0, 1)
    assert kinds.first(asked) == asked.question("nps")
    assert not asked.has("nobody")


def test_every_folder_of_kinds_is_a_kind_named_like_it() -> None:
    folders = {path.parent.name for path in Path(kinds.__file__).parent.glob("*/__init__.py")}

    assert set(kinds.KINDS) == folders
    assert {kind.figure for kind in kinds.KINDS.values()} == {"nps", "csat", "ces", "choices", "comments", None}


def test_the_example_for_those_who_write_by_hand_can_be_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "questionnaire.md").read_text(encoding="utf-8")
    example = page.split("```json\n")[1].split("```")[0]

    asked = questionnaire.read(example)

    assert [question.key for question in asked.questions] == ["nps", "wrong", "comment"]
