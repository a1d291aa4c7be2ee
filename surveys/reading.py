"""Reads the parts of a document one by one and notes every fault with its place, instead of stopping at the first."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from surveys import languages
from surveys.answers import UNCLEAN
from surveys.faults import Fault, Problem, gettext_noop
from surveys.wording import NOTHING, Wording

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
SHOWN_AT_MOST = 60

NOT_AN_OBJECT = Problem("not_an_object", gettext_noop("An object {…} must stand here."))
NOT_A_LIST = Problem("not_a_list", gettext_noop("A list […] must stand here."))
NOT_TEXT = Problem("not_text", gettext_noop("A text must stand here."))
NOT_A_FLAG = Problem("not_a_flag", gettext_noop("true or false must stand here."))
NOT_A_NUMBER = Problem("not_a_number", gettext_noop("A whole number from %(lowest)s to %(highest)s must stand here."))
MISSING = Problem("missing", gettext_noop("“%(name)s” is missing."))
UNKNOWN_NAME = Problem("unknown_name", gettext_noop("“%(name)s” is not known here. Known are: %(known)s."))
NOT_ONE_OF = Problem("not_one_of", gettext_noop("“%(value)s” is not possible here. Possible are: %(known)s."))
BAD_KEY = Problem(
    "bad_key",
    gettext_noop("“%(value)s” cannot be a key: use 1 to 40 small letters a–z, digits and _, beginning with a letter."),
)
EMPTY = Problem("empty", gettext_noop("Write something here."))
TOO_LONG = Problem("too_long", gettext_noop("This is %(length)s characters long; at most %(most)s are possible."))
TOO_MANY = Problem("too_many", gettext_noop("These are %(count)s; at most %(most)s are possible."))
TOO_FEW = Problem("too_few", gettext_noop("At least %(least)s must stand here."))
UNCLEAN_TEXT = Problem("control_characters", gettext_noop("Remove the invisible control characters from this text."))
UNKNOWN_LANGUAGE = Problem(
    "unknown_language", gettext_noop("“%(value)s” is not one of this questionnaire's languages: %(known)s.")
)
NO_BASE_WORDING = Problem(
    "no_base_wording", gettext_noop("The wording in the base language, %(language)s, is missing.")
)


def shown(value: object) -> str:
    """A value as an error message may repeat it: short and clean."""
    text = UNCLEAN.sub("", value if isinstance(value, str) else type(value).__name__)
    return text if len(text) <= SHOWN_AT_MOST else text[:SHOWN_AT_MOST] + "…"


@dataclass
class Reader:
    """Where a part cannot be read, a harmless stand-in is returned and the fault is noted."""

    base_language: str = ""
    languages: Sequence[str] = ()
    faults: list[Fault] = field(default_factory=list)

    def note(self, problem: Problem, where: str, **params: object) -> None:
        self.faults.append(problem.at(where, **params))

    def mapping(
        self, value: object, where: str, *, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> dict[str, object]:
        if not isinstance(value, dict):
            self.note(NOT_AN_OBJECT, where)
            return {}
        known = [*required, *optional]
        for name in value:
            if name not in known:
                self.note(UNKNOWN_NAME, inside(where, shown(name)), name=shown(name), known=", ".join(known))
        for name in required:
            if name not in value:
                self.note(MISSING, inside(where, name), name=name)
        return {name: part for name, part in value.items() if name in known}

    def items(self, value: object, where: str, *, most: int, least: int = 1) -> list[tuple[str, object]]:
        """Each part with its place."""
        if not isinstance(value, list | tuple):
            self.note(NOT_A_LIST, where)
            return []
        if len(value) > most:
            self.note(TOO_MANY, where, count=len(value), most=most)
        if len(value) < least:
            self.note(TOO_FEW, where, least=least)
        return [(f"{where}[{at}]", part) for at, part in enumerate(value[:most])]

    def listed(self, part: Mapping[str, object], name: str, where: str, *, most: int) -> list[tuple[str, object]]:
        """The items of a named list; that it is missing has been said already."""
        return self.items(part[name], inside(where, name), most=most) if name in part else []

    def text(self, value: object, where: str, *, most: int) -> str:
        if not isinstance(value, str):
            self.note(NOT_TEXT, where)
            return ""
        if UNCLEAN.search(value) or "\r" in value:
            self.note(UNCLEAN_TEXT, where)
        elif not value.strip():
            self.note(EMPTY, where)
        elif len(value) > most:
            self.note(TOO_LONG, where, length=len(value), most=most)
        else:
            return value
        return ""

    def key(self, value: object, where: str) -> str:
        if isinstance(value, str) and KEY.fullmatch(value):
            return value
        self.note(BAD_KEY, where, value=shown(value))
        return ""

    def flag(self, value: object, where: str) -> bool:
        if not isinstance(value, bool):
            self.note(NOT_A_FLAG, where)
        return value is True

    def whole(self, value: object, where: str, *, lowest: int, highest: int) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        self.note(NOT_A_NUMBER, where, lowest=lowest, highest=highest)
        return lowest

    def one_of(self, value: object, where: str, known: Collection[str]) -> str:
        if isinstance(value, str) and value in known:
            return value
        self.note(NOT_ONE_OF, where, value=shown(value), known=", ".join(known))
        return next(iter(known))

    def wording(self, value: object, where: str, *, most: int) -> Wording:
        """A text for each language; the base language must have one."""
        if not isinstance(value, dict):
            self.note(NOT_AN_OBJECT, where)
            return NOTHING
        texts: dict[str, str] = {}
        for language, text in value.items():
            if language in self.languages:
                texts[language] = self.text(text, inside(where, language), most=most)
            else:
                known = ", ".join(self.languages)
                self.note(UNKNOWN_LANGUAGE, inside(where, shown(language)), value=shown(language), known=known)
        if self.base_language not in value:
            self.note_missing_base(where)
        return Wording.of(texts)

    def note_missing_base(self, where: str) -> None:
        self.note(NO_BASE_WORDING, inside(where, self.base_language), language=languages.name(self.base_language))


def inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
