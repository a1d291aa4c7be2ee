"""A show-if in its parts: what each may ask about, by which tests, and what it is compared with; nested groups stay."""

from collections.abc import Sequence
from typing import Any, Literal

from surveys import kinds
from surveys.kinds.scored import ScoredKind
from surveys.scales import Band

Data = dict[str, Any]
Control = Literal["", "bands", "points", "point", "choices", "choice", "word", "words", "number"]

SOURCES = ("customer", "interaction")
ATTRIBUTE_TESTS = ("is", "is_not", "one_of", "at_least", "at_most", "contains", "known", "unknown")
USUAL = {"customer": "language", "interaction": "product"}  # what nearly every shop sends
OPPOSITES = {"unanswered": "answered", "unknown": "known"}
LISTS = ("bands", "points", "choices")


def parts(condition: Data | None) -> list[Data]:
    if not condition:
        return []
    for group in ("all", "any"):
        if group in condition:
            return list(condition[group])
    return [condition]


def glue(condition: Data | None) -> str:
    return "any" if condition and "any" in condition else "all"


def joined(rows: Sequence[Data], how: str) -> Data | None:
    if not rows:
        return None
    if how == "any":
        return {"any": list(rows)}
    # One part that is a group of its own would lose its brackets.
    return rows[0] if len(rows) == 1 and not {"all", "any"} & set(rows[0]) else {"all": list(rows)}


def source_of(part: Data) -> str | None:
    """None of a group, and of whatever else a row cannot show."""
    found = next((name for name in ("answer", *SOURCES) if name in part), None)
    return found if found is not None and len(part) == 2 and isinstance(part[found], str) else None


def test_of(part: Data, source: str) -> tuple[str, Any]:
    test = next(name for name in part if name != source)
    for opposite, usual_one in OPPOSITES.items():
        if test == usual_one and part[test] is False:
            return opposite, False
    return test, part[test]


def part_of(source: str, name: str, test: str, operand: Any) -> Data:
    if test in OPPOSITES:
        return {source: name, OPPOSITES[test]: False}
    return {source: name, test: True if test in OPPOSITES.values() else operand}


def usual(source: str, name: str, question: Data) -> Data:
    if source != "answer":
        return {source: name, "is": ""}
    kind = kinds.KINDS[question["kind"]]
    if isinstance(kind, ScoredKind):
        return {source: name, "band": [Band.LOW.value]}
    if question.get("choices"):
        return {source: name, "one_of": [question["choices"][0]["key"]]}
    return {source: name, "answered": True}


def tests_of(source: str, question: Data) -> tuple[str, ...]:
    if source != "answer":
        return ATTRIBUTE_TESTS
    kind = kinds.KINDS.get(question.get("kind", ""))
    if kind is None or not kind.tests:
        return ()
    compared = [test for test in kind.tests if test not in ("answered", "includes")]
    return (*sorted(compared, key=lambda test: test != "band"), "answered", "unanswered")


def control_of(source: str, question: Data, test: str) -> Control:
    if test in ("answered", "unanswered", "known", "unknown"):
        return ""
    if source != "answer":
        return {"at_least": "number", "at_most": "number", "one_of": "words"}.get(test, "word")  # type: ignore[return-value]  # a literal each
    if isinstance(kinds.KINDS.get(question.get("kind", "")), ScoredKind):
        return {"band": "bands", "one_of": "points"}.get(test, "point")  # type: ignore[return-value]  # a literal each
    if question.get("choices"):
        return "choices" if test == "one_of" else "choice"
    return ""  # a question that is gone, or one of which only its being answered counts


def options_of(question: Data, control: Control, base: str) -> list[tuple[str, str]]:
    kind = kinds.KINDS.get(question.get("kind", ""))
    if isinstance(kind, ScoredKind):
        if control == "bands":
            ranges = [(band, kind.on.scores_of(band)) for band in Band]
            return [(band.value, _span(scores)) for band, scores in ranges]
        return [(str(point), str(point)) for point in kind.on.points] if control in ("point", "points") else []
    if control in ("choice", "choices"):
        return [(choice["key"], (choice.get("label") or {}).get(base) or "…") for choice in question.get("choices", ())]
    return []


def _span(scores: range) -> str:
    return str(scores[0]) if len(scores) == 1 else f"{scores[0]}–{scores[-1]}"


def listed(operand: Any) -> list[Any]:
    if isinstance(operand, bool) or operand is None:
        return []
    return list(operand) if isinstance(operand, list | tuple) else [operand]
