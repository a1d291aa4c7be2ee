"""When something is shown: all, any or not, over answers, bands and attributes of the customer and the interaction."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from surveys.answers import NO_ANSWER, NOBODY, Answers, AnswerValue, Attributes, Scalar
from surveys.scales import Scale

Source = Literal["customer", "interaction"]
Operand = str | int | float | bool | tuple[str | int | float, ...]


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    part: "Condition"


@dataclass(frozen=True)
class AnswerTest:
    """`test` is one of is, is_not, one_of, at_least, at_most, includes, band, answered."""

    key: str
    test: str
    operand: Operand


@dataclass(frozen=True)
class AttributeTest:
    """`test` is one of is, is_not, one_of, at_least, at_most, contains, known."""

    source: Source
    name: str
    test: str
    operand: Operand


Condition = AllOf | AnyOf | Not | AnswerTest | AttributeTest


@dataclass(frozen=True)
class Facts:
    """What conditions are judged by. A hidden question has no answer here, whatever was sent for it."""

    answers: Answers = field(default_factory=dict)
    attributes: Attributes = NOBODY
    scales: Mapping[str, Scale] = field(default_factory=dict)


def holds(condition: Condition, facts: Facts) -> bool:
    match condition:
        case AllOf(parts):
            return all(holds(part, facts) for part in parts)
        case AnyOf(parts):
            return any(holds(part, facts) for part in parts)
        case Not(part):
            return not holds(part, facts)
        case AnswerTest(key, test, operand):
            return answer_passes(facts.answers.get(key, NO_ANSWER), test, operand, facts.scales.get(key))
        case AttributeTest(source, name, test, operand):
            return attribute_passes(facts.attributes.get(source, name), test, operand)


def reduce(condition: Condition, facts: Facts, undecided: Set[str]) -> Condition | bool:
    """The condition with everything worked in but the answers to the `undecided` questions."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            settles = isinstance(condition, AnyOf)  # one True settles an any, one False an all
            left = [reduce(part, facts, undecided) for part in parts]
            if settles in left:
                return settles
            open_parts = tuple(part for part in left if not isinstance(part, bool))
            if len(open_parts) < 2:
                return open_parts[0] if open_parts else not settles
            return type(condition)(open_parts)
        case Not(part):
            reduced = reduce(part, facts, undecided)
            return not reduced if isinstance(reduced, bool) else Not(reduced)
        case AnswerTest(key) if key in undecided:
            return condition
        case _:
            return holds(condition, facts)


def answer_passes(answer: AnswerValue, test: str, operand: Operand, scale: Scale | None) -> bool:
    """A question without an answer passes no test but `answered: false`."""
    if test == "answered":
        return answer.is_empty is not operand
    if answer.is_empty:
        return False
    if answer.choices:
        return _choices_pass(answer.choices, test, operand)
    value = answer.score if answer.number is None else answer.number
    if value is None:
        return False
    if test == "band":
        return scale is not None and scale.holds(value) and scale.band_of(int(value)) in _many(operand)
    return _compares(value, test, operand)


def _choices_pass(chosen: tuple[str, ...], test: str, operand: Operand) -> bool:
    if test == "is_not":
        return operand not in chosen
    return test in ("is", "includes", "one_of") and any(choice in _many(operand) for choice in chosen)


def attribute_passes(value: Scalar, test: str, operand: Operand) -> bool:
    """An attribute that is not known passes no test but `known: false`."""
    known = value is not None and str(value).strip() != ""
    if test == "known":
        return known is operand
    if value is None or not known:
        return False
    if test == "contains":
        return _folded(operand) in _folded(value)
    if test in ("is", "is_not", "one_of"):
        same = any(_is_same(value, candidate) for candidate in _many(operand))
        return same is not (test == "is_not")
    number = as_number(value)
    return number is not None and _compares(number, test, operand)


def _compares(value: int | Decimal, test: str, operand: Operand) -> bool:
    bounds = [number for number in map(as_number, _many(operand)) if number is not None]
    match test:
        case "is" | "one_of":
            return value in bounds
        case "is_not":
            return value not in bounds
        case "at_least":
            return any(value >= bound for bound in bounds)
        case "at_most":
            return any(value <= bound for bound in bounds)
    return False


def _is_same(value: Scalar, candidate: object) -> bool:
    """A number in the document is compared as a number ("5.0" is 5), a word as a word ("01234" is not "1234")."""
    if isinstance(candidate, int | float):
        return as_number(value) == as_number(candidate)
    return _folded(value) == _folded(candidate)


def _folded(value: object) -> str:
    return " ".join(str(value).casefold().split())


def _many(operand: Operand) -> tuple[str | int | float, ...]:
    return operand if isinstance(operand, tuple) else (operand,)


def as_number(value: object) -> Decimal | None:
    """Shops send numbers as text: "1200.50" is a number, "1,200" and "NaN" are not."""
    text = str(value).strip()
    if isinstance(value, bool) or len(text) > 40:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def to_data(condition: Condition) -> dict[str, object]:
    match condition:
        case AllOf(parts):
            return {"all": [to_data(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [to_data(part) for part in parts]}
        case Not(part):
            return {"not": to_data(part)}
        case AnswerTest(key, test, operand):
            return {"answer": key, test: _operand_data(operand)}
        case AttributeTest(source, name, test, operand):
            return {source: name, test: _operand_data(operand)}


def _operand_data(operand: Operand) -> object:
    return list(operand) if isinstance(operand, tuple) else operand


def tests_in(condition: Condition, where: str) -> list[tuple[str, AnswerTest | AttributeTest]]:
    """Every single test with its place in the document."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            name = "all" if isinstance(condition, AllOf) else "any"
            return [found for at, part in enumerate(parts) for found in tests_in(part, f"{where}.{name}[{at}]")]
        case Not(part):
            return tests_in(part, f"{where}.not")
        case _:
            return [(where, condition)]
