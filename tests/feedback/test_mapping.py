"""What columns mean is a value: written, read back, and refused where it does not fit together."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import mapping
from feedback.import_faults import ADVICE
from feedback.mapping import Column, Mapping, NotAMapping

ORDER, DATE, CUSTOMER = Column("Order", "order"), Column("Day", "date"), Column("Client", "customer")
SHOP = Mapping(
    (ORDER, DATE, CUSTOMER, Column("Goods", "product"), Column("Colour", "attribute", "colour")), date_form="ymd"
)


def test_it_is_read_back_as_it_was_written() -> None:
    SHOP.check()

    assert mapping.of_json(json.loads(json.dumps(SHOP.as_json()))) == SHOP
    assert SHOP.attributes == ("product", "colour")


def test_columns_of_the_next_file_may_stand_in_another_order() -> None:
    fitted = SHOP.fitted(("client", "Colour", "new", "Goods", "Day", "order"))

    assert [column.role for column in fitted.columns] == [
        "customer",
        "attribute",
        "ignored",
        "product",
        "date",
        "order",
    ]


def test_a_column_that_is_missing_in_the_next_file_is_named() -> None:
    with pytest.raises(NotAMapping) as refusal:
        SHOP.fitted(("Order", "Client", "Goods", "Colour"))

    assert (refusal.value.code, refusal.value.column) == ("column_missing", "Day")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"encoding": "klingon"}, "encoding_unknown"),
        ({"encoding": "rot13"}, "encoding_unknown"),
        ({"delimiter": "x"}, "delimiter_unknown"),
        ({"cuts": (0, 5, 5, 9, 12)}, "cuts_unordered"),
        ({"cuts": (0, 5)}, "columns_missing"),
        ({"columns": ()}, "columns_missing"),
        ({"columns": (ORDER, CUSTOMER)}, "no_date"),
        ({"columns": (ORDER, DATE)}, "nobody_to_ask"),
        ({"columns": (ORDER, DATE, DATE, CUSTOMER)}, "two_dates_columns"),
        ({"columns": (ORDER, ORDER, DATE, CUSTOMER)}, "role_twice"),
        ({"columns": (DATE, CUSTOMER, Column("x", "king"))}, "role_unknown"),
        ({"columns": (DATE, CUSTOMER, Column("x", "attribute", " "))}, "name_missing"),
        ({"columns": (DATE, CUSTOMER, Column("x", "attribute", "y" * 59))}, "name_too_long"),
        ({"columns": (DATE, CUSTOMER, Column("x", "attribute", "store"), Column("s", "store"))}, "column_twice"),
        ({"columns": (DATE, CUSTOMER, *(Column(str(n), "ignored") for n in range(60)))}, "too_many_columns"),
        ({"date_form": ""}, "date_form_unknown"),
        ({"pattern": "kunde{customer}"}, "pattern_address"),
        ({"pattern": "{customer}\0@example.com"}, "pattern_address"),
        ({"pattern": "kunde{customer.x}@example.com"}, "pattern_places"),
        ({"pattern": "kunde@example.com"}, "pattern_places"),
        ({"pattern": "{email}{customer}@example.com"}, "pattern_places"),
        ({"pattern": "{customer}@example.com", "columns": (DATE, CUSTOMER, Column("m", "email"))}, "pattern_and_email"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_advice(changes: dict[str, object], code: str) -> None:
    with pytest.raises(NotAMapping) as refusal:
        replace(SHOP, **changes).check()  # type: ignore[arg-type]

    assert refusal.value.code == code
    assert code in ADVICE


WORDS = st.sampled_from(["format", "columns", "cuts", "role", "heading", "encoding"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@given(ANYTHING | st.fixed_dictionaries({"format": st.just(1), "columns": st.lists(ANYTHING, max_size=3)}))
def test_rubbish_is_refused_with_advice_and_never_breaks(value: object) -> None:
    with pytest.raises(NotAMapping) as refusal:
        mapping.of_json(value).check()

    assert refusal.value.code in ADVICE


@pytest.mark.parametrize("heading", ["Day\0", "D" * (mapping.LONGEST_HEADING + 1)])
def test_a_heading_that_cannot_be_kept_is_refused(heading: str) -> None:
    written = SHOP.as_json()
    written["columns"][1]["heading"] = heading

    with pytest.raises(NotAMapping, match="not_a_mapping"):
        mapping.of_json(written)
