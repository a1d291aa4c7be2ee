"""Rules as rows of a form: what was typed becomes rules, and rules become what can be typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import rule_rows, rules
from surveys.rule_rows import FaultyRows, Row
from tests.examples import examples


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (Row("interaction:store", "is", "Berlin"), {"interaction": "store", "is": "Berlin"}),
        (Row("interaction:amount", "is", "50"), {"interaction": "amount", "is": 50}),
        (Row("interaction:zip", "is", "01234"), {"interaction": "zip", "is": "01234"}),
        (Row("interaction:amount", "at_least", "49,90"), {"interaction": "amount", "at_least": 49.9}),
        (Row("interaction:amount", "at_most", "-5"), {"interaction": "amount", "at_most": -5}),
        (Row("interaction:amount", "is", "1e999999999"), {"interaction": "amount", "is": "1e999999999"}),
        (Row("interaction:amount", "at_least", "1e-999999999"), {"interaction": "amount", "at_least": 0.0}),
        (Row("interaction:product", "contains", "50"), {"interaction": "product", "contains": "50"}),
        (Row("customer:language", "one_of", "de, fr,,de"), {"customer": "language", "one_of": ["de", "fr"]}),
        (
            Row("interaction:store", "one_of", 'Rome, "Berlin, Mitte"'),
            {"interaction": "store", "one_of": ["Rome", "Berlin, Mitte"]},
        ),
        (Row("interaction:store", "known", "whatever"), {"interaction": "store", "known": True}),
        (Row("interaction:store", "unknown"), {"interaction": "store", "known": False}),
    ],
)
def test_a_row_says_a_rule(row: Row, rule: dict[str, object]) -> None:
    assert rules.written(rule_rows.rules([row])) == [rule]


def test_a_row_in_which_nothing_was_chosen_is_no_rule_and_faults_find_their_row() -> None:
    rows = [Row(), Row("interaction:store", "is", "Berlin"), Row(), Row("interaction:amount", "at_least", "1.2.3")]
    assert rule_rows.rules(rows[:3]) == rules.read([{"interaction": "store", "is": "Berlin"}])

    with pytest.raises(FaultyRows) as refusal:
        rule_rows.rules(rows)

    assert [[fault.code for fault in row.faults] for row in refusal.value.rows] == [[], [], [], ["bad_number"]]


def test_too_many_rows_are_refused_beside_the_last() -> None:
    rows = rule_rows.sent({f"rule-{number}-subject": "interaction:store" for number in range(40)})

    with pytest.raises(FaultyRows) as refusal:
        rule_rows.rules([Row("interaction:store", "known") for _row in rows])

    assert [fault.code for fault in refusal.value.rows[-1].faults] == ["too_many"]


WORDS = st.text("aA,;\"' -0.1é", min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(max_examples=examples(100))
@given(st.lists(WORDS, min_size=1, max_size=5, unique=True), WORDS)
def test_what_was_saved_once_stays_the_same_when_it_is_saved_again(many: list[str], one: str) -> None:
    typed = [Row("interaction:store", "one_of", rule_rows._joined(many)), Row("interaction:store", "contains", one)]

    saved = rule_rows.rules(typed)

    assert rule_rows.rules(rule_rows.of(saved)) == saved
    assert [str(value) for value in saved[0].operand] == many  # type: ignore[union-attr]  # of one_of it is a tuple


@settings(max_examples=examples(100))
@given(st.text(max_size=40), st.sampled_from(rule_rows.TESTS), st.text(max_size=40))
def test_whatever_is_typed_is_a_rule_or_a_fault(subject: str, test: str, value: str) -> None:
    rows = rule_rows.sent({"rule-0-subject": subject, "rule-0-test": test, "rule-0-value": value})
    try:
        said: tuple[object, ...] = rule_rows.rules(rows)
    except FaultyRows as faulty:
        said = faulty.rows[0].faults

    assert bool(said) == bool(subject)
