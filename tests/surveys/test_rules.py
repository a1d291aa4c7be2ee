"""Which interactions a touchpoint means: read with the place of each fault, and judged by what is known."""

import pytest

from surveys import rules
from surveys.answers import Attributes

BERLIN = {"interaction": "store", "is": "Berlin"}


def attributes(**of_the_purchase: str | int) -> Attributes:
    return Attributes({"language": "de"}, of_the_purchase)


@pytest.mark.parametrize(
    "data",
    [
        [],
        [BERLIN],
        [{"interaction": "store", "is_not": "Berlin"}],
        [{"interaction": "store", "one_of": ["Berlin", "Rome"]}],
        [{"interaction": "product", "contains": "head"}],
        [{"interaction": "amount", "at_least": 50}, {"interaction": "amount", "at_most": 99.5}],
        [{"customer": "language", "known": True}],
    ],
)
def test_rules_are_read_and_written_the_same(data: list[dict[str, object]]) -> None:
    assert rules.written(rules.read(data)) == data


@pytest.mark.parametrize(
    ("data", "places"),
    [
        ("all", ["rules"]),
        ({}, ["rules"]),
        ([BERLIN] * 11, ["rules"]),
        ([7], ["rules[0]"]),
        ([BERLIN, {"interaction": "store"}], ["rules[1]"]),
        ([{"interaction": "store", "is": "a", "is_not": "b"}], ["rules[0]"]),
        ([{"interaction": "1st", "is": "a"}], ["rules[0].interaction"]),
        ([{"interaction": "store", "is": ""}], ["rules[0].is"]),
        ([{"interaction": "store", "is": "a\0b"}], ["rules[0].is"]),
        ([{"interaction": "amount", "at_least": "many"}], ["rules[0].at_least"]),
        ([{"interaction": "store", "one_of": []}], ["rules[0].one_of"]),
        ([{"interaction": "store", "is": 10**30}], ["rules[0].is"]),
        ([{"all": [BERLIN]}], ["rules[0]"]),
        ([{"not": BERLIN}], ["rules[0]"]),
        ([{"answer": "nps", "at_least": 9}], ["rules[0]"]),
    ],
)
def test_each_fault_has_its_place(data: object, places: list[str]) -> None:
    with pytest.raises(rules.FaultyRules) as refusal:
        rules.read(data)

    assert [fault.where for fault in refusal.value.faults] == places
    assert all(fault.message for fault in refusal.value.faults)


@pytest.mark.parametrize(
    ("data", "known", "meant"),
    [
        ([], attributes(), True),
        ([BERLIN], attributes(store="berlin"), True),
        ([BERLIN], attributes(store="Rome"), False),
        ([BERLIN], attributes(), False),
        ([{"interaction": "store", "is_not": "Berlin"}], attributes(store="Rome"), True),
        # Of a purchase without a store nobody can say that it was not in Berlin.
        ([{"interaction": "store", "is_not": "Berlin"}], attributes(), False),
        ([{"interaction": "amount", "at_least": 50}], attributes(amount="50.00"), True),
        ([{"interaction": "amount", "at_least": 50}], attributes(amount="about 60"), False),
        ([BERLIN, {"interaction": "amount", "at_most": 20}], attributes(store="Berlin", amount=30), False),
        ([{"customer": "language", "one_of": ["de", "fr"]}], attributes(), True),
    ],
)
def test_an_interaction_is_meant_when_all_rules_hold(
    data: list[dict[str, object]], known: Attributes, meant: bool
) -> None:
    assert rules.mean(rules.read(data), known) is meant
