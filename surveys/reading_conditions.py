"""Reads a show-if from a document, with the place of each fault."""

from collections.abc import Mapping
from math import isfinite
from typing import cast

from surveys.conditions import AllOf, AnswerTest, AnyOf, AttributeTest, Condition, Not, Operand, Source, tests_in
from surveys.faults import Problem, gettext_noop
from surveys.piping import ATTRIBUTE_NAME
from surveys.reading import NOT_AN_OBJECT, Reader, inside, shown
from surveys.scales import Band

DEEPEST = 5
BANDS = tuple(band.value for band in Band)
MOST_PARTS = 20
MOST_TESTS = 60
MOST_VALUES = 50
LONGEST_VALUE = 200

ANSWER_TESTS = ("is", "is_not", "one_of", "at_least", "at_most", "includes", "band", "answered")
ATTRIBUTE_TESTS = ("is", "is_not", "one_of", "at_least", "at_most", "contains", "known")
SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "answer": ANSWER_TESTS,
    "customer": ATTRIBUTE_TESTS,
    "interaction": ATTRIBUTE_TESTS,
}

NO_CONDITION = Problem(
    "not_a_condition",
    gettext_noop("Write one of “all”, “any”, “not”, or a test such as {“answer”: “nps”, “at_most”: 6}."),
)
ONE_TEST = Problem("not_one_test", gettext_noop("Write exactly one test beside “%(subject)s”: %(known)s."))
TOO_DEEP = Problem("too_deep", gettext_noop("Conditions may be nested %(most)s deep. Split this one."))
TOO_MANY_TESTS = Problem("too_many", gettext_noop("This condition has %(count)s tests; at most %(most)s are possible."))
BAD_ATTRIBUTE = Problem(
    "bad_attribute",
    gettext_noop("An attribute's name begins with a letter and has at most 64 letters, digits, spaces, “.”, “_”, “-”."),
)
BAD_VALUE = Problem("bad_value", gettext_noop("A text of at most 200 characters or a number must stand here."))
BAD_NUMBER = Problem("bad_number", gettext_noop("A number must stand here."))


def condition(reader: Reader, value: object, where: str) -> Condition | None:
    """None where it cannot be read; the fault is noted."""
    found = _part(reader, value, where, 1)
    if found is not None and (count := len(tests_in(found, where))) > MOST_TESTS:
        reader.note(TOO_MANY_TESTS, where, count=count, most=MOST_TESTS)
    return found


def _part(reader: Reader, value: object, where: str, depth: int) -> Condition | None:
    if not isinstance(value, dict):
        reader.note(NOT_AN_OBJECT, where)
        return None
    if depth > DEEPEST:
        reader.note(TOO_DEEP, where, most=DEEPEST)
        return None
    if len(value) == 1 and ("all" in value or "any" in value):
        return _group(reader, value, where, depth)
    if len(value) == 1 and "not" in value:
        part = _part(reader, value["not"], f"{where}.not", depth + 1)
        return None if part is None else Not(part)
    subject = next((name for name in SUBJECTS if name in value), None)
    if subject is None:
        reader.note(NO_CONDITION, where)
        return None
    return _test(reader, value, where, subject)


def _group(reader: Reader, value: dict[str, object], where: str, depth: int) -> Condition | None:
    name, parts = next(iter(value.items()))
    read = [
        _part(reader, part, place, depth + 1) for place, part in reader.items(parts, f"{where}.{name}", most=MOST_PARTS)
    ]
    sound = tuple(part for part in read if part is not None)
    if not sound or len(sound) < len(read):
        return None
    return AllOf(sound) if name == "all" else AnyOf(sound)


def _test(reader: Reader, value: dict[str, object], where: str, subject: str) -> Condition | None:
    tests = [name for name in value if name != subject]
    if len(tests) != 1 or tests[0] not in SUBJECTS[subject]:
        reader.note(ONE_TEST, where, subject=subject, known=", ".join(SUBJECTS[subject]))
        return None
    test, before = tests[0], len(reader.faults)
    name, operand = value[subject], _operand(reader, test, value[tests[0]], inside(where, tests[0]))
    if subject == "answer":
        key = reader.key(name, f"{where}.answer")
        return AnswerTest(key, test, operand) if len(reader.faults) == before else None
    if not (isinstance(name, str) and ATTRIBUTE_NAME.fullmatch(name)):
        reader.note(BAD_ATTRIBUTE, f"{where}.{subject}")
    if len(reader.faults) > before:
        return None
    return AttributeTest(cast(Source, subject), cast(str, name), test, operand)


def _operand(reader: Reader, test: str, value: object, where: str) -> Operand:
    if test in ("answered", "known"):
        return reader.flag(value, where)
    if test == "band":
        named = reader.items(value, where, most=len(BANDS)) if isinstance(value, list) else [(where, value)]
        read = [reader.one_of(band, place, BANDS) for place, band in named]
        return tuple(band for band in BANDS if band in read)
    if test == "one_of":
        values = [_scalar(reader, part, place) for place, part in reader.items(value, where, most=MOST_VALUES)]
        return tuple(dict.fromkeys(values))
    number = _scalar(reader, value, where)
    if test in ("at_least", "at_most") and isinstance(number, str):
        reader.note(BAD_NUMBER, where)
    return number


def _scalar(reader: Reader, value: object, where: str) -> str | int | float:
    if isinstance(value, str):
        return reader.text(value, where, most=LONGEST_VALUE)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return value
    if isinstance(value, float) and isfinite(value) and abs(value) < 10**15:
        # 5.0 and 5 are equal, so they must also be the same bytes.
        return int(value) if value.is_integer() else value
    reader.note(BAD_VALUE, where, value=shown(value))
    return 0
