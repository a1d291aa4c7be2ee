import pytest

from surveys import kinds, path, questionnaire, rendering, translations
from surveys.answers import Attributes
from surveys.starters import STARTERS, Starter
from tests.surveys.asking import chose, score


@pytest.mark.parametrize("starter", STARTERS.values(), ids=list(STARTERS))
def test_every_starter_is_whole_in_english_and_german(starter: Starter) -> None:
    asked = starter.questionnaire()

    assert asked.languages == ("en", "de")
    assert translations.untranslated(asked, "en") == translations.untranslated(asked, "de") == ()
    assert questionnaire.read(questionnaire.to_json(asked)) == asked


def test_after_a_purchase_the_score_comes_first_and_only_it_is_required() -> None:
    asked = STARTERS["post_purchase"].questionnaire()

    assert kinds.first(asked) == asked.question("nps")
    assert path.walk(asked, {}).required == ("nps",)


@pytest.mark.parametrize("low", [{"nps": score(6)}, {"nps": score(10), "delivery": score(2)}])
def test_after_a_purchase_unhappy_customers_are_asked_what_went_wrong(low: dict[str, object]) -> None:
    asked = STARTERS["post_purchase"].questionnaire()

    assert path.walk(asked, low).on("what_went_wrong")  # type: ignore[arg-type]  # scores all of them
    assert not path.walk(asked, {"nps": score(9), "delivery": score(3)}).on("what_went_wrong")


def test_after_support_the_unresolved_are_asked_what_was_hard() -> None:
    asked = STARTERS["support"].questionnaire()

    assert path.walk(asked, {"effort": score(7), "solved": chose("no")}).on("what_was_hard")
    assert path.walk(asked, {"effort": score(2), "solved": chose("yes")}).on("what_was_hard")
    assert not path.walk(asked, {"effort": score(6), "solved": chose("yes")}).on("what_was_hard")


def test_after_a_delivery_those_who_waited_are_asked_what_went_wrong() -> None:
    asked = STARTERS["delivery"].questionnaire()

    assert path.walk(asked, {"delivery": score(5), "arrival": chose("later")}).on("what_went_wrong")
    assert path.walk(asked, {"delivery": score(3)}).on("what_went_wrong")
    assert not path.walk(asked, {"delivery": score(4), "arrival": chose("earlier")}).on("what_went_wrong")


def test_about_a_product_the_first_question_names_it() -> None:
    asked = STARTERS["product"].questionnaire()

    said = rendering.sheet(asked, None, "de", attributes=Attributes({}, {"product": "Leselampe"})).blocks[0].text

    assert str(said) == "Leselampe: Wie zufrieden sind Sie damit?"
    assert path.walk(asked, {"as_described": chose("mostly")}).on("what_differs")
    assert not path.walk(asked, {"as_described": chose("yes")}).on("what_differs")


@pytest.mark.parametrize("starter", STARTERS.values(), ids=list(STARTERS))
def test_everybody_reads_the_same_thanks(starter: Starter) -> None:
    assert len(starter.questionnaire().endings) == 1
