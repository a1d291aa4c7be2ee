from surveys.changes import changes, unsafe_changes
from surveys.document import Questionnaire
from tests.surveys.asking import WRONG, asking, choice, csat, nps, one_of, question, some_of, text


def sentences(old: Questionnaire, new: Questionnaire) -> list[str]:
    return [change.message for change in changes(old, new)]


def refusals(*versions: Questionnaire) -> list[tuple[str, str]]:
    *earlier, new = versions
    return [(fault.where, fault.code) for fault in unsafe_changes(earlier, new)]


def test_the_same_questionnaire_has_no_changes() -> None:
    asked = asking([nps(), some_of()], [text()])

    assert changes(asked, asked) == ()
    assert unsafe_changes([asked], asked) == ()


def test_questions_come_and_go() -> None:
    assert sentences(asking([nps(), text()]), asking([nps(), csat()])) == [
        "New question “How satisfied are you with the delivery?”.",
        "Question “Why?” is no longer asked.",
    ]


def test_new_words_rules_and_languages_are_told() -> None:
    old = asking([nps(), text(required=True)], languages=["en", "de"])
    new = asking(
        [
            {**nps(required=True), "text": {"en": "Would you recommend us?"}},
            {**text(show_if={"answer": "nps", "band": "low"}), "text": {"en": "Why?", "fr": "Pourquoi ?"}},
        ],
        languages=["en", "fr"],
        submit={"en": "Go"},
    )

    assert [(change.code, change.key) for change in changes(old, new)] == [
        ("language_added", ""),
        ("language_removed", ""),
        ("reworded", "nps"),
        ("now_required", "nps"),
        ("options", "nps"),
        ("retranslated", "why"),
        ("now_optional", "why"),
        ("logic", "why"),
        ("endings", ""),
        ("submit", ""),
    ]
    assert "Question “How likely are you to recommend us?” now reads “Would you recommend us?”." in sentences(old, new)


def test_only_what_was_moved_is_said_to_be_moved() -> None:
    old = asking([nps(), csat("a"), csat("b"), csat("c")])
    new = asking([csat("c"), nps(), csat("a"), csat("b")])

    assert [(change.code, change.key) for change in changes(old, new)] == [("moved", "c")]


def test_a_new_page_in_front_moves_nothing() -> None:
    old, new = asking([nps()], [text()]), asking([csat()], [nps()], [text()])

    assert [change.code for change in changes(old, new)] == ["added", "pages"]


def test_another_division_into_pages_is_told() -> None:
    assert [change.code for change in changes(asking([nps(), text()]), asking([nps()], [text()]))] == ["pages"]


def test_choices_come_go_change_their_words_and_their_order() -> None:
    old = asking([one_of(choices=[choice("a", "Late"), choice("b", "Broken"), choice("c", "Dear")])])
    new = asking([one_of(choices=[choice("b", "Broken"), choice("a", "Too late"), choice("d", "Lost")])])

    assert sentences(old, new) == [
        "In “What went wrong?” the choice “Late” now reads “Too late”.",
        "“What went wrong?” has a new choice “Lost”.",
        "“What went wrong?” no longer offers “Dear”.",
        "The choices of “What went wrong?” stand in another order.",
    ]


def test_a_lasting_key_cannot_become_another_kind_of_question() -> None:
    first, second = asking([nps("q")]), asking([csat("q")])

    assert refusals(first, second) == [("pages[0].questions[0].kind", "kind_changed")]


def test_a_key_that_was_gone_for_a_while_still_remembers_its_kind() -> None:
    assert refusals(asking([nps(), csat("q")]), asking([nps()]), asking([nps(), text("q")])) == [
        ("pages[0].questions[1].kind", "kind_changed")
    ]


def test_exchanged_labels_are_refused_since_old_answers_would_change_their_meaning() -> None:
    old = asking([one_of(choices=[choice("a", "Late"), choice("b", "Broken")])])
    new = asking([one_of(choices=[choice("a", "Broken"), choice("b", "Late")])])

    assert refusals(old, new) == [
        ("pages[0].questions[0].choices[0].key", "choice_key_reused"),
        ("pages[0].questions[0].choices[1].key", "choice_key_reused"),
    ]


def test_a_choice_that_comes_back_means_what_it_meant() -> None:
    first = asking([one_of(choices=[choice("a", "Late"), choice("b", "Broken")])])
    without = asking([one_of(choices=[choice("b", "Broken")])])
    other_meaning = asking([one_of(choices=[choice("a", "Lost"), choice("b", "Broken")])])

    assert refusals(first, without, first) == []
    assert refusals(first, without, other_meaning) == [("pages[0].questions[0].choices[0].key", "choice_key_reused")]


def test_a_choice_may_be_worded_better() -> None:
    old, new = (asking([one_of(choices=[choice("a", label)])]) for label in ("Late", "It came late"))

    assert refusals(old, new) == []


def test_other_stays_other() -> None:
    fixed = [*WRONG[:2], choice("other", "Something else")]

    assert refusals(asking([one_of()]), asking([one_of(choices=fixed)])) == [
        ("pages[0].questions[0].choices[2].other", "choice_other_changed")
    ]


def test_a_refusal_says_what_to_do() -> None:
    (fault,) = unsafe_changes([asking([nps("q")])], asking([question("q", "text")]))

    assert fault.message == "“q” was another kind of question before. Give the new question a key of its own."
