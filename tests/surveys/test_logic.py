"""Conditions as sentences."""

from typing import Any

import pytest

from surveys import logic

DATA: dict[str, Any] = {
    "base_language": "en",
    "pages": [
        {
            "questions": [
                {"key": "nps", "kind": "nps", "text": {"en": "How likely?"}},
                {
                    "key": "source",
                    "kind": "single_choice",
                    "text": {"en": "Where from?"},
                    "choices": [
                        {"key": "press", "label": {"en": "The press"}},
                        {"key": "radio", "label": {"en": "Radio"}},
                    ],
                },
            ]
        }
    ],
}


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"answer": "nps", "band": "low"}, "“How likely?” is 0 to 6"),
        ({"answer": "nps", "band": ["low", "high"]}, "“How likely?” is 0 to 6 or 9 to 10"),
        ({"answer": "nps", "at_most": 3}, "“How likely?” is at most 3"),
        ({"answer": "nps", "answered": False}, "“How likely?” is not answered"),
        ({"answer": "source", "one_of": ["press", "radio"]}, "“Where from?” is “The press” or “Radio”"),
        ({"answer": "source", "is_not": "press"}, "“Where from?” is not “The press”"),
        ({"answer": "gone", "is": 1}, "“gone” is 1"),
        ({"customer": "country", "is": "DE"}, "the customer's “country” is DE"),
        ({"interaction": "product", "contains": "lamp"}, "the purchase's “product” contains lamp"),
        ({"not": {"answer": "nps", "is": 7}}, "not “How likely?” is 7"),
        (
            {
                "any": [
                    {"answer": "nps", "is": 0},
                    {"all": [{"customer": "vip", "known": True}, {"answer": "nps", "is": 1}]},
                ]
            },
            "“How likely?” is 0 or (the customer's “vip” is known and “How likely?” is 1)",
        ),
    ],
)
def test_a_condition_reads_as_a_sentence(condition: dict[str, Any], sentence: str) -> None:
    assert logic.in_words(condition, DATA) == sentence
