"""Questions answered by choosing, with "other" and a text of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from surveys.answers import AnswerValue, clean
from surveys.conditions import Operand
from surveys.document import Choice, ChoiceDetails, Question
from surveys.faults import Fault, Problem, gettext_noop
from surveys.kinds.kind import Cell, Column, Fields, Kind, field, heading, last, other_field
from surveys.reading import Reader
from surveys.wording import NOTHING, Said

MOST_CHOICES = 100
LONGEST_LABEL = 300
LONGEST_OTHER = 500

UNKNOWN_CHOICE = Problem("unknown_choice", gettext_noop("Choose from the list."))
OTHER_MISSING = Problem("other_text_missing", gettext_noop("Say in a few words what it is."))
OTHER_TOO_LONG = Problem(
    "other_text_too_long", gettext_noop("This is %(length)s characters long; please use at most %(most)s.")
)
DUPLICATE = Problem("duplicate_key", gettext_noop("The key “%(key)s” is used twice in this question."))
TWO_OTHERS = Problem("two_others", gettext_noop("Only one choice can be “other”."))
NO_SUCH_CHOICE = Problem("no_such_choice", gettext_noop("The question has no choice with this key."))


@dataclass(frozen=True)
class Option:
    value: str
    label: Said
    checked: bool
    is_other: bool
    is_exclusive: bool


@dataclass(frozen=True)
class ChoicesControl:
    options: tuple[Option, ...]
    several: bool
    other_field: str
    other_text: str
    other_limit: int
    at_least: int | None
    at_most: int | None


class ChosenKind(Kind):
    takes = "choices"
    figure = "choices"
    needs = ("choices",)
    several: ClassVar[bool]
    choice_flags: ClassVar[tuple[str, ...]] = ("other",)

    def details(self, reader: Reader, part: Mapping[str, object], where: str) -> ChoiceDetails:
        choices: list[Choice] = []
        for place, value in reader.listed(part, "choices", where, most=MOST_CHOICES):
            choice = self._choice(reader, value, place)
            if choice.key and choice.key in {earlier.key for earlier in choices}:
                reader.note(DUPLICATE, f"{place}.key", key=choice.key)
            if choice.is_other and any(earlier.is_other for earlier in choices):
                reader.note(TWO_OTHERS, f"{place}.other")
            choices.append(choice)
        return ChoiceDetails(tuple(choices))

    def _choice(self, reader: Reader, value: object, where: str) -> Choice:
        part = reader.mapping(value, where, required=("key", "label"), optional=self.choice_flags)
        return Choice(
            reader.key(part["key"], f"{where}.key") if "key" in part else "",
            reader.wording(part["label"], f"{where}.label", most=LONGEST_LABEL) if "label" in part else NOTHING,
            is_other="other" in part and reader.flag(part["other"], f"{where}.other"),
            is_exclusive="exclusive" in part and reader.flag(part["exclusive"], f"{where}.exclusive"),
        )

    def details_data(self, question: Question) -> dict[str, object]:
        def data(choice: Choice) -> dict[str, object]:
            flags = {"other": choice.is_other, "exclusive": choice.is_exclusive}
            return {"key": choice.key, "label": choice.label.as_dict()} | {
                name: True for name, on in flags.items() if on
            }

        return {"choices": [data(choice) for choice in question.choices]}

    def bad_operand(self, question: Question, test: str, operand: Operand) -> Problem | None:
        keys = operand if isinstance(operand, tuple) else (operand,)
        known = {choice.key for choice in question.choices}
        return NO_SUCH_CHOICE if test != "answered" and not known.issuperset(keys) else None

    def read(self, question: Question, fields: Fields) -> AnswerValue:
        sent = [clean(str(value))[:LONGEST_LABEL] for value in fields.get(field(question.key)) or ()]
        chosen = [value for value in sent[: MOST_CHOICES * 2] if value]
        text = clean(last(fields, other_field(question.key)))
        other = next((choice.key for choice in question.choices if choice.is_other), None)
        if text and other and (self.several or not chosen):
            chosen.append(other)  # she wrote beside "other" without ticking it
        order = {choice.key: at for at, choice in enumerate(question.choices)}
        choices = sorted(dict.fromkeys(chosen), key=lambda key: order.get(key, len(order)))
        return AnswerValue(choices=tuple(choices), text=text if other in choices else "")

    def fields(self, question: Question, answer: AnswerValue) -> tuple[tuple[str, str], ...]:
        chosen = tuple((field(question.key), choice) for choice in answer.choices)
        return (*chosen, (other_field(question.key), answer.text)) if answer.text else chosen

    def is_possible(self, question: Question, answer: AnswerValue) -> bool:
        known = [choice.key for choice in question.choices if choice.key in answer.choices]
        return (
            len(known) == len(answer.choices)
            and (self.several or len(known) == 1)
            and answer == AnswerValue(choices=answer.choices, text=clean(answer.text))
            and (not answer.text or self._other(question, answer) is not None)
        )

    def impossible(self, question: Question, answer: AnswerValue) -> Fault:
        return UNKNOWN_CHOICE.at(question.key)

    def to_mend(self, question: Question, answer: AnswerValue) -> tuple[Fault, ...]:
        other = self._other(question, answer)
        if other and not answer.text:
            return (OTHER_MISSING.at(question.key),)
        if len(answer.text) > LONGEST_OTHER:
            return (OTHER_TOO_LONG.at(question.key, length=len(answer.text), most=LONGEST_OTHER),)
        return ()

    def _other(self, question: Question, answer: AnswerValue) -> Choice | None:
        return next((choice for choice in question.choices if choice.is_other and choice.key in answer.choices), None)

    def values(self, question: Question) -> tuple[str, ...]:
        return tuple(choice.key for choice in question.choices)

    def spoken(self, question: Question, answer: AnswerValue, language: str, base: str) -> str:
        """Labels in the reader's language; her own words instead of "other"."""
        words = [
            answer.text if choice.is_other and answer.text else choice.label.in_language(language, base).text
            for choice in question.choices
            if choice.key in answer.choices
        ]
        return ", ".join(words)

    def columns(self, question: Question, language: str, base: str) -> tuple[Column, ...]:
        text, key = heading(question, language, base), question.key
        return (
            Column(key, text),
            Column(f"{key}:label", f"{text} (label)"),
            *self._own_columns(question, text, language, base),
            *(
                (Column(f"{key}:other", f"{text} (other)"),)
                if any(choice.is_other for choice in question.choices)
                else ()
            ),
        )

    def _own_columns(self, question: Question, text: str, language: str, base: str) -> tuple[Column, ...]:
        return ()

    def cells(self, question: Question, answer: AnswerValue | None, language: str, base: str) -> tuple[Cell, ...]:
        has_other = any(choice.is_other for choice in question.choices)
        if answer is None or not answer.choices:
            return (None,) * len(self.columns(question, language, base))
        labels = [
            choice.label.in_language(language, base).text for choice in question.choices if choice.key in answer.choices
        ]
        return (
            ";".join(answer.choices),
            "; ".join(labels),
            *self._own_cells(question, answer),
            *((answer.text or None,) if has_other else ()),
        )

    def _own_cells(self, question: Question, answer: AnswerValue) -> tuple[Cell, ...]:
        return ()

    def control(self, question: Question, answer: AnswerValue, language: str, base: str) -> ChoicesControl:
        details = choice_details(question)
        options = tuple(
            Option(
                choice.key,
                choice.label.in_language(language, base),
                choice.key in answer.choices,
                choice.is_other,
                choice.is_exclusive,
            )
            for choice in details.choices
        )
        return ChoicesControl(
            options,
            self.several,
            other_field(question.key),
            answer.text,
            LONGEST_OTHER,
            details.at_least,
            details.at_most,
        )


def choice_details(question: Question) -> ChoiceDetails:
    assert isinstance(question.details, ChoiceDetails)
    return question.details
