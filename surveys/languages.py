"""The languages customers are asked in: their own names, their direction, and which one to choose."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    direction: Direction = "ltr"


# Those for which the product brings its own wording: scale labels, buttons, mails.
CUSTOMER = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "tr", "ar")

_NAMES = {
    "ar": "العربية", "bg": "Български", "bs": "Bosanski", "ca": "Català", "cs": "Čeština", "da": "Dansk",
    "de": "Deutsch", "de-AT": "Deutsch (Österreich)", "de-CH": "Deutsch (Schweiz)", "el": "Ελληνικά", "en": "English",
    "en-GB": "English (UK)", "en-US": "English (US)", "es": "Español", "es-MX": "Español (México)", "et": "Eesti",
    "eu": "Euskara", "fa": "فارسی", "fi": "Suomi", "fr": "Français", "fr-CA": "Français (Canada)", "ga": "Gaeilge",
    "gl": "Galego", "he": "עברית", "hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar", "id": "Bahasa Indonesia",
    "is": "Íslenska", "it": "Italiano", "ja": "日本語", "ka": "ქართული", "ko": "한국어", "lb": "Lëtzebuergesch",
    "lt": "Lietuvių", "lv": "Latviešu", "mk": "Македонски", "ms": "Bahasa Melayu", "mt": "Malti", "nb": "Norsk bokmål",
    "nl": "Nederlands", "nl-BE": "Nederlands (België)", "pl": "Polski", "pt": "Português",
    "pt-BR": "Português (Brasil)", "ro": "Română", "ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina",
    "sq": "Shqip", "sr": "Српски", "sv": "Svenska", "th": "ไทย", "tr": "Türkçe", "uk": "Українська", "ur": "اردو",
    "vi": "Tiếng Việt", "zh-Hans": "简体中文", "zh-Hant": "繁體中文",
}  # fmt: skip
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})

KNOWN: Mapping[str, Language] = {
    code: Language(code, name, "rtl" if code in _RIGHT_TO_LEFT else "ltr") for code, name in _NAMES.items()
}


# What browsers and shops call a language that is listed here under another code.
_ALSO_CALLED = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans",
                "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}  # fmt: skip


def is_language(code: object) -> bool:
    return isinstance(code, str) and code in KNOWN


def name(code: str) -> str:
    return KNOWN[code].name if code in KNOWN else code


def direction(code: str) -> Direction:
    return "rtl" if code.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def choose(wanted: str, available: Sequence[str], base: str) -> str:
    """For someone who wants "de-AT": "de-AT", else "de", else any "de-…", else the base."""
    offered = {code.lower(): code for code in available}
    tag = re.sub(r"[_\s]+", "-", wanted.split(".")[0].strip()).lower()
    while tag:
        for candidate in (tag, _ALSO_CALLED.get(tag)):
            if candidate in offered:
                return offered[candidate]
        broader, _, _ = tag.rpartition("-")
        if not broader:
            return next((code for code in available if code.lower().startswith(f"{tag}-")), base)
        tag = broader
    return base
