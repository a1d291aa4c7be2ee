from datetime import date
from decimal import Decimal

import pytest

from surveys import conditions
from surveys.answers import NO_ANSWER, AnswerValue, Attributes, Scalar
from surveys.conditions import AllOf, AnswerTest, AnyOf, Facts, Not, Operand
from surveys.scales import NPS
from tests.surveys.asking import chose, score


@pytest.mark.parametrize(
    ("answer", "test", "operand", "passes"),
    [
        (score(6), "band", ("low",), True),
        (score(7), "band", ("low", "middle"), True),
        (score(9), "band", ("low", "middle"), False),
        (score(6), "is", 6, True),
        (score(6), "is_not", 6, False),
        (score(6), "is_not", 7, True),
        (score(6), "at_least", 6, True),
        (score(6), "at_most", 5, False),
        (score(6), "one_of", (5, 6), True),
        (score(0), "answered", True, True),
        (chose("late"), "is", "late", True),
        (chose("late"), "is_not", "late", False),
        (chose("late", "broken"), "includes", "broken", True),
        (chose("late", "broken"), "one_of", ("lost", "late"), True),
        (chose("late"), "at_least", 1, False),
        (AnswerValue(text="It was fine"), "answered", True, True),
        (AnswerValue(text="9"), "at_least", 9, False),
        (AnswerValue(number=Decimal("2.5")), "at_least", 2, True),
    ],
)
def test_an_answer_is_compared(answer: AnswerValue, test: str, operand: Operand, passes: bool) -> None:
    assert conditions.answer_passes(answer, test, operand, NPS) is passes


@pytest.mark.parametrize("test", ["is", "is_not", "one_of", "at_least", "at_most", "includes", "band"])
def test_an_unanswered_question_passes_no_test_but_that_it_is_unanswered(test: str) -> None:
    assert not conditions.answer_passes(NO_ANSWER, test, 0, NPS)
    assert conditions.answer_passes(NO_ANSWER, "answered", False, NPS)


@pytest.mark.parametrize(
    ("value", "test", "operand", "passes"),
    [
        ("DE", "is", "de", True),
        (" New  York ", "is", "new york", True),
        ("DE", "is_not", "AT", True),
        ("DE", "one_of", ("AT", "DE"), True),
        ("1200.50", "at_least", 1200, True),
        ("1,200", "at_least", 1, False),
        ("NaN", "at_least", 0, False),
        ("1e999", "at_most", 5, False),
        (Decimal("99.99"), "at_most", 100, True),
        (5, "is", 5, True),
        ("5.0", "is", 5, True),
        ("01234", "is", "1234", False),
        (True, "is", "true", True),
        (True, "at_least", 0, False),
        ("Garden hose, 20 m", "contains", "HOSE", True),
        (date(2026, 3, 1), "is", "2026-03-01", True),
        ("gold", "known", True, True),
        ("  ", "known", True, False),
        (None, "known", False, True),
        (0, "known", True, True),
        (None, "is_not", "DE", False),
        (None, "at_most", 5, False),
    ],
)
def test_an_attribute_is_compared(value: Scalar, test: str, operand: Operand, passes: bool) -> None:
    assert conditions.attribute_passes(value, test, operand) is passes


def test_all_any_and_not_nest() -> None:
    unhappy_or_big_spender = AnyOf(
        (
            AnswerTest("nps", "band", ("low",)),
            AllOf(
                (conditions.AttributeTest("interaction", "value", "at_least", 500), Not(AnswerTest("nps", "is", 10)))
            ),
        )
    )

    def asked(number: int, value: int) -> bool:
        facts = Facts({"nps": score(number)}, Attributes(interaction={"value": value}), {"nps": NPS})
        return conditions.holds(unhappy_or_big_spender, facts)

    assert [asked(3, 20), asked(9, 20), asked(9, 500), asked(10, 500)] == [True, False, True, False]


def test_what_is_known_is_worked_in_and_the_rest_is_left() -> None:
    from_germany = conditions.AttributeTest("customer", "country", "is", "DE")
    late = AnswerTest("wrong", "includes", "late")
    facts = Facts(attributes=Attributes(customer={"country": "DE"}))

    assert conditions.reduce(AllOf((from_germany, late)), facts, {"wrong"}) == late
    assert conditions.reduce(AnyOf((from_germany, late)), facts, {"wrong"}) is True
    assert conditions.reduce(AllOf((Not(from_germany), late)), facts, {"wrong"}) is False
    assert conditions.reduce(AllOf((from_germany, from_germany)), facts, {"wrong"}) is True
    assert conditions.reduce(AnyOf((Not(from_germany),)), facts, {"wrong"}) is False
    assert conditions.reduce(Not(late), facts, {"wrong"}) == Not(late)
    assert conditions.reduce(Not(late), facts, set()) is True
