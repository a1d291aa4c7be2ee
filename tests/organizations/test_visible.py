"""What nobody can see is no name; whatever can be seen may be one."""

import pytest

from organizations import visible

INVISIBLE = [
    "",
    " ",
    "\u00a0\u2003\u3000",
    "\u200b\u200c\u200d",
    "\u200e\u200f",
    "\u061c",
    "\ufeff",
    "\u2066\u2069",
    "\u00ad",
    "\u0301",
    "\ufe0f",
    "\u3164\u2800",
    "\U000e0067\U000e007f",
]


@pytest.mark.parametrize("text", INVISIBLE)
def test_marks_and_spaces_alone_are_nothing_to_see(text: str) -> None:
    assert not visible.is_visible(text)


@pytest.mark.parametrize(
    "text",
    [
        "7",
        "Ü",
        "שירות",
        "\u200fשירות\u200e 24",
        "می\u200cخواهم",
        "👩\u200d🔧",
        "❤\ufe0f",
        "\U0001fae8",
        "🏴\U000e0067\U000e007f",
        "—",
    ],
)
def test_letters_signs_and_emoji_are_seen_with_all_their_joiners(text: str) -> None:
    assert visible.is_visible(text)
