import pytest

from surveys import kinds, languages
from surveys.wording import Wording
from surveys.words import THANKS


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_AT.UTF-8", "de"),
        ("DE-at", "de"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("no", "nb"),
        ("fi", "en"),
        ("", "en"),
        ("-", "en"),
        ("\x00", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_a_customer_reads_her_language_or_the_nearest_that_is_offered(wanted: str, chosen: str) -> None:
    assert languages.choose(wanted, ["en", "de", "pt-BR", "zh-Hant", "nb"], "en") == chosen


def test_an_exact_region_comes_before_the_general_language() -> None:
    assert languages.choose("de-AT", ["de", "de-AT"], "de") == "de-AT"


def test_arabic_hebrew_persian_and_urdu_run_from_right_to_left() -> None:
    assert {code for code, language in languages.KNOWN.items() if language.direction == "rtl"} == {
        "ar",
        "fa",
        "he",
        "ur",
    }
    assert languages.direction("ar-EG") == "rtl"


@pytest.mark.parametrize("language", languages.CUSTOMER)
def test_the_product_brings_its_own_words_in_all_ten_languages(language: str) -> None:
    assert language in THANKS
    for name in ("nps", "csat", "ces", "text"):
        assert kinds.KINDS[name].default_text(language)


def test_a_text_without_translation_is_read_in_the_base_language_and_says_so() -> None:
    wording = Wording.of({"en": "Why?"})

    said = wording.in_language("ar", "en")

    assert (str(said), said.language, said.direction, said.is_foreign) == ("Why?", "en", "ltr", True)
    assert not wording.in_language("en", "en").is_foreign
