"""What the editor says of a document that is not finished yet."""

import pytest

from surveys import buttons, cards, editing, mending
from surveys.editing import Data
from tests.surveys.asking import csat, document, nps, text

LATER = (
    "“How likely are you to recommend us?” is asked only later. Move it before this, or ask about an earlier question."
)


def said(data: Data) -> list[str]:
    return [mending.in_plain_words(fault, data).message for fault in editing.faults_of(data)]


def survey() -> Data:
    return document(
        [nps(), csat(show_if={"answer": "nps", "band": ["low"]})],
        [text()],
        languages=["en"],
        endings=[{"key": "thanks"}],
    )


@pytest.mark.parametrize(
    ("button", "sentences"),
    [
        (
            "add:pages[0]/single_choice",
            ["Write what it says.", "Write what choice 1 says.", "Write what choice 2 says."],
        ),
        ("add-page:", ["This page has no question yet. Add one, or remove the page."]),
        ("remove:pages[0].questions[0]", ["There is no question with the key “nps”."]),
        (
            "up:pages[0].questions[1]",
            [LATER],
        ),
    ],
)
def test_faults_are_told_as_somebody_says_it_who_sees_cards(button: str, sentences: list[str]) -> None:
    assert said(buttons.pressed(survey(), button)) == sentences


def test_what_refers_to_nothing_is_told_beside_what_is_still_empty() -> None:
    data = buttons.pressed(survey(), "add:pages[1]/statement")

    data = buttons.pressed(data, "remove:pages[0].questions[0]")

    assert said(data) == ["Write what it says.", "There is no question with the key “nps”."]


def test_a_condition_that_compares_with_nothing_says_so() -> None:
    data = survey()
    data["pages"][1]["questions"][0]["show_if"] = {
        "all": [{"customer": "country", "is": ""}, {"answer": "nps", "band": []}]
    }

    assert said(data) == ["Say what the condition compares with.", "Tick at least one value of the condition."]


def test_a_fault_is_told_once_at_its_field_or_its_card() -> None:
    data = buttons.pressed(survey(), "add:pages[1]/statement")

    faults = [mending.in_plain_words(fault, data) for fault in editing.faults_of(data)]
    sheet = cards.sheet(data, shown=["en"], faults=faults)

    assert sheet.faults == ()
    card = sheet.pages[1].questions[1]
    assert (card.text[0].is_needed, card.is_unfolded, card.faults) == (True, True, ())
