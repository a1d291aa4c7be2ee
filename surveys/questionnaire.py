"""A document in, a questionnaire out, or every fault with its place; and back to the same bytes."""

import hashlib
import json
from collections.abc import Mapping
from typing import NoReturn

from surveys import kinds, languages, reading_conditions, references
from surveys.conditions import Condition
from surveys.conditions import to_data as condition_data
from surveys.document import FORMAT, Choice, Ending, Page, Question, Questionnaire
from surveys.faults import MOST_FAULTS, Fault, Problem, gettext_noop
from surveys.reading import NOT_AN_OBJECT, Reader, shown
from surveys.upgrades import upgraded
from surveys.wording import NOTHING, Wording
from surveys.words import THANKS

LARGEST = 1_000_000
MOST_LANGUAGES = 40
MOST_PAGES = 50
MOST_QUESTIONS = 200
MOST_ENDINGS = 10
LONGEST_TITLE = 300
LONGEST_TEXT = 3000
LONGEST_SUBMIT = 40

NOT_JSON = Problem("not_json", gettext_noop("This is not JSON: %(reason)s"))
TOO_LARGE = Problem("too_large", gettext_noop("The document has more than %(most)s characters."))
NOT_A_LANGUAGE = Problem("not_a_language", gettext_noop("“%(value)s” is not a language code such as “en” or “de”."))
TWICE = Problem("language_twice", gettext_noop("This language stands here twice."))
BASE_NOT_LISTED = Problem("base_not_listed", gettext_noop("The base language must be one of the languages."))
UNKNOWN_KIND = Problem("unknown_kind", gettext_noop("“%(value)s” is not a kind of question. Kinds are: %(known)s."))
NOTHING_TO_REQUIRE = Problem("nothing_to_require", gettext_noop("Nobody can be required to answer a statement."))
TOO_MANY_QUESTIONS = Problem("too_many", gettext_noop("These are %(count)s questions; at most %(most)s are possible."))


class FaultyQuestionnaire(ValueError):
    """The document cannot be used; `faults` say where and why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults[:MOST_FAULTS]
        super().__init__("; ".join(map(str, self.faults[:3])))


def read(text: str | bytes) -> Questionnaire:
    """From stored or uploaded JSON of any format."""
    if len(text) > LARGEST:
        raise FaultyQuestionnaire((TOO_LARGE.at("", most=LARGEST),))
    try:
        document = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as reason:
        problem = NOT_JSON.at("", reason=shown(str(reason)))
        raise FaultyQuestionnaire((problem,)) from reason
    return parse(document)


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = dict(pairs)
    if len(names) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return names


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def parse(document: object) -> Questionnaire:
    if not isinstance(document, dict):
        raise FaultyQuestionnaire((NOT_AN_OBJECT.at(""),))
    current, fault = upgraded(document)
    if fault is not None:
        raise FaultyQuestionnaire((fault,))
    reader = Reader()
    questionnaire = _questionnaire(reader, current)
    if not reader.faults:
        references.check(reader, questionnaire)
    if reader.faults:
        raise FaultyQuestionnaire(tuple(reader.faults))
    return questionnaire


def _questionnaire(reader: Reader, document: object) -> Questionnaire:
    optional = ("languages", "endings", "submit")
    part = reader.mapping(document, "", required=("format", "base_language", "pages"), optional=optional)
    base = _language(reader, part.get("base_language", "en"), "base_language")
    reader.base_language, reader.languages = base, _languages(reader, part.get("languages", [base]), base)
    pages = tuple(_page(reader, value, place) for place, value in reader.listed(part, "pages", "", most=MOST_PAGES))
    count = sum(len(page.questions) for page in pages)
    if count > MOST_QUESTIONS:
        reader.note(TOO_MANY_QUESTIONS, "pages", count=count, most=MOST_QUESTIONS)
    part.setdefault("endings", [{"key": "thanks"}])
    endings = tuple(
        _ending(reader, value, place) for place, value in reader.listed(part, "endings", "", most=MOST_ENDINGS)
    )
    submit = reader.wording(part["submit"], "submit", most=LONGEST_SUBMIT) if "submit" in part else NOTHING
    return Questionnaire(base, tuple(reader.languages), pages, endings, submit)


def _language(reader: Reader, value: object, where: str) -> str:
    if languages.is_language(value):
        return str(value)
    reader.note(NOT_A_LANGUAGE, where, value=shown(value))
    return "en"


def _languages(reader: Reader, value: object, base: str) -> tuple[str, ...]:
    found: list[str] = []
    for place, code in reader.items(value, "languages", most=MOST_LANGUAGES):
        if code in found:
            reader.note(TWICE, place)
        found.append(_language(reader, code, place))
    if base not in found:
        reader.note(BASE_NOT_LISTED, "languages")
        found.append(base)
    return tuple(dict.fromkeys(found))


def _page(reader: Reader, value: object, where: str) -> Page:
    part = reader.mapping(value, where, required=("questions",), optional=("title", "show_if"))
    return Page(
        tuple(
            _question(reader, question, place)
            for place, question in reader.listed(part, "questions", where, most=MOST_QUESTIONS)
        ),
        reader.wording(part["title"], f"{where}.title", most=LONGEST_TITLE) if "title" in part else NOTHING,
        _show_if(reader, part, where),
    )


def _show_if(reader: Reader, part: Mapping[str, object], where: str) -> Condition | None:
    if "show_if" not in part:
        return None
    return reading_conditions.condition(reader, part["show_if"], f"{where}.show_if")


def _question(reader: Reader, value: object, where: str) -> Question:
    name = value.get("kind") if isinstance(value, dict) else None
    kind = kinds.KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        if isinstance(value, dict) and "kind" in value:
            reader.note(UNKNOWN_KIND, f"{where}.kind", value=shown(name), known=", ".join(kinds.KINDS))
        kind = kinds.KINDS["statement"]
        if isinstance(value, dict):  # what belongs to the kind cannot be judged
            value = {key: part for key, part in value.items() if key in ("key", "kind", "text", "help", "show_if")}
    part = reader.mapping(
        value,
        where,
        required=("key", "kind", "text", *kind.needs),
        optional=("help", "required", "show_if", *kind.knows),
    )
    required = "required" in part and reader.flag(part["required"], f"{where}.required")
    if required and not kind.is_answered:
        reader.note(NOTHING_TO_REQUIRE, f"{where}.required")
    return Question(
        reader.key(part["key"], f"{where}.key") if "key" in part else "",
        kind.name,
        reader.wording(part["text"], f"{where}.text", most=LONGEST_TEXT) if "text" in part else NOTHING,
        kind.details(reader, part, where),
        help=reader.wording(part["help"], f"{where}.help", most=LONGEST_TEXT) if "help" in part else NOTHING,
        required=required,
        show_if=_show_if(reader, part, where),
    )


def _ending(reader: Reader, value: object, where: str) -> Ending:
    part = reader.mapping(value, where, required=("key",), optional=("title", "text", "show_if"))
    given = reader.wording(part["title"], f"{where}.title", most=LONGEST_TITLE) if "title" in part else NOTHING
    title = given.completed(THANKS, reader.languages)
    if "title" not in part and not title.get(reader.base_language):
        reader.note_missing_base(f"{where}.title")
    return Ending(
        reader.key(part["key"], f"{where}.key") if "key" in part else "",
        title,
        reader.wording(part["text"], f"{where}.text", most=LONGEST_TEXT) if "text" in part else NOTHING,
        _show_if(reader, part, where),
    )


def to_data(questionnaire: Questionnaire) -> dict[str, object]:
    """The document again; what is usual is left out, so that equal questionnaires have one form."""
    data: dict[str, object] = {
        "format": FORMAT,
        "base_language": questionnaire.base_language,
        "languages": list(questionnaire.languages),
        "pages": [_page_data(page) for page in questionnaire.pages],
        "endings": [_ending_data(ending) for ending in questionnaire.endings],
    }
    return data | _given(submit=questionnaire.submit)


def _given(*, show_if: Condition | None = None, **wordings: Wording) -> dict[str, object]:
    data: dict[str, object] = {name: wording.as_dict() for name, wording in wordings.items() if wording}
    return data if show_if is None else {**data, "show_if": condition_data(show_if)}


def _page_data(page: Page) -> dict[str, object]:
    questions = [_question_data(question) for question in page.questions]
    return {**_given(title=page.title, show_if=page.show_if), "questions": questions}


def _question_data(question: Question) -> dict[str, object]:
    return {
        "key": question.key,
        "kind": question.kind,
        **_given(text=question.text, help=question.help, show_if=question.show_if),
        **({"required": True} if question.required else {}),
        **kinds.of(question).details_data(question),
    }


def _ending_data(ending: Ending) -> dict[str, object]:
    return {"key": ending.key, **_given(title=ending.title, text=ending.text, show_if=ending.show_if)}


def to_json(questionnaire: Questionnaire) -> str:
    return json.dumps(to_data(questionnaire), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(questionnaire: Questionnaire) -> str:
    return hashlib.sha256(to_json(questionnaire).encode()).hexdigest()


__all__ = [
    "FORMAT", "Choice", "Ending", "FaultyQuestionnaire", "Page", "Question", "Questionnaire",
    "digest", "parse", "read", "to_data", "to_json",
]  # fmt: skip
