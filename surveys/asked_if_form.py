"""What stands in the rows of a form → the show-if; rows that the form does not have stay."""

import re
from collections.abc import Mapping
from typing import Any

from surveys import show_if
from surveys.answers import clean
from surveys.show_if import Control, Data

Asked = Mapping[str, Data]

LONGEST = 200
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})")


def read(form: Mapping[str, str], place: str, condition: Data | None, asked: Asked) -> Data | None:
    """The condition with what stands in the form's rows; rows that the form does not have stay."""
    if f"{place}.rows" not in form:
        return condition
    how = form.get(f"{place}.glue", show_if.glue(condition))
    parts = [_read(form, f"{place}[{at}]", part, asked) for at, part in enumerate(show_if.parts(condition))]
    return show_if.joined(parts, how)


def _read(form: Mapping[str, str], place: str, part: Data, asked: Asked) -> Data:
    source = show_if.source_of(part)
    subject = form.get(f"{place}.subject", "")
    if source is None or not subject:
        return part
    wanted, _, key = subject.partition(":")
    if wanted not in ("answer", *show_if.SOURCES):
        return part
    name = key if wanted == "answer" else clean(form.get(f"{place}.name", ""))[:LONGEST]
    question = asked.get(name, {}) if wanted == "answer" else {}
    if wanted != source or (wanted == "answer" and name != part[source]):
        is_known = wanted != "answer" or bool(question)
        return show_if.usual(wanted, name or show_if.USUAL.get(wanted, ""), question) if is_known else part
    was, operand = show_if.test_of(part, source)
    test = form.get(f"{place}.test", was)
    if test not in (was, *show_if.tests_of(source, question)):
        test = was
    if test == was:
        operand = _operand(form, f"{place}.value", operand, source, question, test)
    else:
        operand = _converted(operand, show_if.control_of(source, question, test), question)
    return show_if.part_of(source, name, test, operand)


def _operand(form: Mapping[str, str], place: str, was: Any, source: str, question: Data, test: str) -> Any:
    control = show_if.control_of(source, question, test)
    if control in show_if.LISTS:
        known = [value for value, _ in show_if.options_of(question, control, "")]
        ticked = [value for value in known if f"{place}.{value}" in form]
        return (
            was
            if ticked == [str(value) for value in show_if.listed(was)]
            else [_value(value, control) for value in ticked]
        )
    if not control or place not in form:
        return was
    text = clean(form[place])[:LONGEST]
    if text == ", ".join(str(value) for value in show_if.listed(was)):
        return was
    if control == "words":
        return [_value(word.strip(), control) for word in text.split(",") if word.strip()]
    return _value(text, control)


def _converted(operand: Any, control: Control, question: Data) -> Any:
    """What was compared with before, as far as the other test knows it."""
    values = [str(value) for value in show_if.listed(operand)]
    options = [value for value, _ in show_if.options_of(question, control, "")]
    if control in show_if.LISTS:
        kept = [value for value in options if value in values] or options[:1]
        return [_value(value, control) for value in kept]
    if control in ("point", "choice"):
        kept = [value for value in values if value in options] or options[:1]
        return _value(kept[0], control) if kept else ""
    words = [_value(value, control) for value in values]
    return words if control == "words" else (words[0] if words else "")


def _value(text: str, control: Control) -> str | int:
    """Numbers as numbers: «5» means 5, «05» is a word."""
    is_number = control in ("point", "points", "number", "word", "words") and NUMBER.fullmatch(text)
    return int(text) if is_number else text
