"""Words that are filled in for each customer: nothing is executed, and nothing is left open."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import placeholders
from surveys.answers import NOBODY, Attributes
from tests.examples import examples

ANNA = {"name": "Anna", "product": "Headphones", "date": "March 1", "organization": "Acme"}
BERLIN = Attributes({"first_name": "Anna"}, {"store": "Berlin"})


def codes(text: str) -> list[str]:
    return [problem.code for problem, _params in placeholders.faults(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {name|there}", "Hello Anna"),
        ("{ name | there }, {date}: {organization}", "Anna, March 1: Acme"),
        ("{{interaction:store|our shop}} and {product|it}", "Berlin and Headphones"),
        ("nothing to fill in", "nothing to fill in"),
    ],
)
def test_each_word_is_filled_in(text: str, said: str) -> None:
    assert codes(text) == []
    assert placeholders.fill(text, ANNA, BERLIN) == said


def test_what_we_do_not_know_is_said_as_the_author_wants() -> None:
    assert placeholders.fill("Hello {name|there}{product|}{{interaction:store| our shop}}", {}, NOBODY) == (
        "Hello thereour shop"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{nmae|x}", "unknown_placeholder"),
        ("{}", "unknown_placeholder"),
        ("{{shop:name|x}}", "unknown_placeholder"),
        ("{{answer:nps|x}}", "not_answered_yet"),
        ("{name}", "needs_a_fallback"),
        ("{product}", "needs_a_fallback"),
        ("{name|there", "broken_braces"),
        ("name}", "broken_braces"),
        ("{{name}}", "broken_braces"),
    ],
)
def test_a_slip_of_the_author_is_noticed(text: str, code: str) -> None:
    assert code in codes(text)


def test_what_a_customer_is_called_is_never_read_as_a_placeholder() -> None:
    anna = ANNA | {"name": "{date}", "product": "{{customer:first_name|x}}"}

    assert placeholders.fill("{name|} {product|}", anna, BERLIN) == "{date} {{customer:first_name|x}}"


@settings(max_examples=examples(200), deadline=None)
@given(st.text(alphabet="{}|:abname dt%\n", max_size=60))
def test_whatever_is_let_through_leaves_no_brace(text: str) -> None:
    if not codes(text):
        filled = placeholders.fill(text, ANNA, BERLIN)
        assert "{" not in filled
        assert "}" not in filled
